package dev.quire.core.llm;

import dev.quire.api.DeviceInfo;
import java.util.List;
import java.util.Locale;

/** Which of a backend's devices. */
public sealed interface DeviceChoice {
    /** The first of them, which is the backend's best. */
    record Best() implements DeviceChoice {}

    /** The one with an index, counted from 0. */
    record Index(int index) implements DeviceChoice {
        public Index {
            if (index < 0) {
                throw new IllegalArgumentException("device is %d; indexes begin at 0".formatted(index));
            }
        }
    }

    /** The only one whose name has {@code part} in it, in letters of either case. */
    record Name(String part) implements DeviceChoice {}

    DeviceChoice BEST = new Best();

    /** Reads {@code auto}, an index, or a part of a name. */
    static DeviceChoice parse(String text) {
        if (text.equals(Backends.AUTO)) {
            return BEST;
        }
        return text.matches("\\d{1,6}") ? new Index(Integer.parseInt(text)) : new Name(text);
    }

    /** Those of {@code devices} that are meant. */
    default List<DeviceInfo> among(List<DeviceInfo> devices) {
        return switch (this) {
            case Best best -> devices.stream().limit(1).toList();
            case Index(int index) ->
                devices.stream().filter(device -> device.index() == index).toList();
            case Name(String part) ->
                devices.stream()
                        .filter(device -> lowerCase(device.name()).contains(lowerCase(part)))
                        .toList();
        };
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
