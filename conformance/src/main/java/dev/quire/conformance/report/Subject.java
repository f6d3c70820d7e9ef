package dev.quire.conformance.report;

/**
 * What was tested, and on what.
 *
 * @param backend the provider's name
 * @param index of the device
 * @param device the device's own name
 * @param driver its version; empty for none
 * @param description what the backend says of itself
 * @param jvm name and version
 * @param system operating system, version and architecture
 */
public record Subject(
        String backend, int index, String device, String driver, String description, String jvm, String system) {}
