package dev.quire.api;

/**
 * A device that a backend can open.
 *
 * @param index what {@code --device} takes
 * @param name the device's own name
 * @param memoryBytes memory that a backend can use on it
 */
public record DeviceInfo(int index, String name, long memoryBytes) {}
