package dev.quire.api;

import java.util.List;
import java.util.Locale;

/** Which of a backend's devices: what {@code --device} says, wherever it is said. */
public sealed interface DeviceChoice {
    /** The text that leaves the choice to the backend. */
    String AUTO = "auto";

    /** The first of them, which is the backend's best. */
    record Best() implements DeviceChoice {
        @Override
        public String text() {
            return AUTO;
        }

        @Override
        public List<DeviceInfo> among(List<DeviceInfo> devices) {
            return devices.stream().limit(1).toList();
        }
    }

    /** The one with an index, counted from 0. */
    record Index(int index) implements DeviceChoice {
        public Index {
            if (index < 0) {
                throw new IllegalArgumentException("device is %d; indexes begin at 0".formatted(index));
            }
        }

        @Override
        public String text() {
            return String.valueOf(index);
        }

        @Override
        public List<DeviceInfo> among(List<DeviceInfo> devices) {
            return devices.stream().filter(device -> device.index() == index).toList();
        }
    }

    /** The only one whose name has {@code part} in it, in letters of either case. */
    record Name(String part) implements DeviceChoice {
        public Name {
            if (part.isBlank()) {
                throw new IllegalArgumentException(
                        "device is '%s'; an index, a part of a name, or %s is needed".formatted(part, AUTO));
            }
        }

        @Override
        public String text() {
            return part;
        }

        @Override
        public List<DeviceInfo> among(List<DeviceInfo> devices) {
            return devices.stream()
                    .filter(device -> lowerCase(device.name()).contains(lowerCase(part)))
                    .toList();
        }
    }

    DeviceChoice BEST = new Best();

    /**
     * Reads {@link #AUTO}, an index, or a part of a name.
     *
     * @throws IllegalArgumentException if there is nothing to read
     */
    static DeviceChoice parse(String text) {
        if (text.equals(AUTO)) {
            return BEST;
        }
        return text.matches("\\d{1,6}") ? new Index(Integer.parseInt(text)) : new Name(text);
    }

    /** What {@link #parse} makes this of. */
    String text();

    /** Those of {@code devices} that are meant. */
    List<DeviceInfo> among(List<DeviceInfo> devices);

    /**
     * The device of {@code provider} that is meant.
     *
     * @throws BackendException of kind UNSUPPORTED if there is none, or more than one, listing those that there are
     */
    default DeviceInfo of(BackendProvider provider) {
        List<DeviceInfo> devices = provider.devices();
        List<DeviceInfo> meant = among(devices);
        if (meant.size() == 1) {
            return meant.getFirst();
        }
        String found = switch (this) {
            case Best best -> "no device at all";
            case Index(int index) -> "no device " + index;
            case Name(String part) ->
                meant.isEmpty()
                        ? "no device with '%s' in its name".formatted(part)
                        : "%d devices with '%s' in their names".formatted(meant.size(), part);
        };
        List<String> listed = devices.stream()
                .map(each -> each.index() + " (" + each.name() + ")")
                .toList();
        throw new BackendException(
                BackendException.Kind.UNSUPPORTED,
                "Backend '%s' has %s. Devices: %s.".formatted(provider.name(), found, listed));
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
