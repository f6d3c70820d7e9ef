package dev.quire.api;

/**
 * A device that a backend can open.
 *
 * @param index what {@code --device} takes
 * @param name the device's own name
 * @param memoryBytes memory that a backend can use on it
 * @param driver version of its driver, such as 560.35.03; empty where none stands between
 */
public record DeviceInfo(int index, String name, long memoryBytes, String driver) {
    /** A device without a driver. */
    public DeviceInfo(int index, String name, long memoryBytes) {
        this(index, name, memoryBytes, "");
    }
}
