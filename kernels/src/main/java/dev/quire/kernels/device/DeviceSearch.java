package dev.quire.kernels.device;

import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.DeviceInfo;
import java.util.List;

/**
 * What a driver's loader has, or why there is nothing.
 *
 * @param <T> a device that could be opened
 */
public sealed interface DeviceSearch<T extends DeviceSearch.Candidate> {
    /** A device that could be opened. */
    interface Candidate {
        DeviceInfo info();
    }

    /** At least one device, in the order of their indexes. */
    record Found<T extends Candidate>(List<T> devices) implements DeviceSearch<T> {}

    /** No device. */
    record Nothing<T extends Candidate>(Availability.Unavailable why) implements DeviceSearch<T> {}

    /** No device, for a reason and with what would change that. */
    static <T extends Candidate> DeviceSearch<T> nothing(String reason, String fix) {
        return new Nothing<>(new Availability.Unavailable(reason, fix));
    }

    /** What a provider answers for itself. */
    default Availability availability() {
        return switch (this) {
            case Found<T> found -> new Availability.Available();
            case Nothing<T>(var why) -> why;
        };
    }

    /** What a provider lists. */
    default List<DeviceInfo> infos() {
        return switch (this) {
            case Found<T>(var devices) -> devices.stream().map(Candidate::info).toList();
            case Nothing<T> nothing -> List.of();
        };
    }

    /**
     * The device that was listed as {@code wanted}.
     *
     * @param api the driver's interface, for messages
     * @throws BackendException of kind UNSUPPORTED if it is there no more
     */
    default T pick(DeviceInfo wanted, String api) {
        if (!(this instanceof Found<T>(var devices))) {
            throw unsupported(api + " is gone since its devices were listed");
        }
        return devices.stream()
                .filter(candidate -> candidate.info().equals(wanted))
                .findFirst()
                .orElseThrow(() -> unsupported("there is no %s device %d (%s) any more; there are %s"
                        .formatted(api, wanted.index(), wanted.name(), infos())));
    }

    private static BackendException unsupported(String message) {
        return new BackendException(BackendException.Kind.UNSUPPORTED, message);
    }
}
