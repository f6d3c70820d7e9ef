package dev.quire.api;

import java.util.List;

/** Entry point of a backend, found by {@link java.util.ServiceLoader}. Its constructor and methods must not fail where the hardware is missing. */
public interface BackendProvider {
    /** What {@code --backend} takes. */
    String name();

    /** Whether {@link #open} can succeed, or why not. */
    Availability availability();

    /** Devices, best first; empty where the backend is unavailable. */
    List<DeviceInfo> devices();

    /**
     * What of this backend is compiled only, as no device has run it yet: a phrase for each part, with why. Lists and reports of conformance name it. Empty
     * where all that may run has run somewhere.
     */
    default List<String> unproven() {
        return List.of();
    }

    /**
     * Opens a device.
     *
     * @throws BackendException if it cannot be opened
     */
    AttentionBackend open(DeviceInfo device, BackendOptions options);

    /**
     * Opens a device several times. By default each time is {@link #open}, and nothing is kept between two of them: only a backend whose opening is dear need
     * have this method.
     */
    default BackendSeries series(DeviceInfo device, BackendOptions options) {
        return new BackendSeries() {
            @Override
            public AttentionBackend open() {
                return BackendProvider.this.open(device, options);
            }

            @Override
            public void close() {
                // Nothing is kept.
            }
        };
    }
}
