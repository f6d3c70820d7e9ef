package dev.quire.conformance.report;

/**
 * The kit that made a report.
 *
 * @param version of the build
 * @param hash SHA-256 over its classes and resources, the SPI's included; hex
 * @param spi version of the SPI
 */
public record Kit(String version, String hash, String spi) {}
