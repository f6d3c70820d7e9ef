package dev.quire.backends.levelzero;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The driver under test, which the build makes where it finds OpenCL's headers, and which the loader is told of by the environment. */
final class Loopback {
    private Loopback() {}

    static Path library() {
        return Path.of(System.getenv().getOrDefault("ZE_ENABLE_ALT_DRIVERS", "libze_loopback.so"));
    }

    static void assume() {
        assumeTrue(Files.exists(library()), "the build made no loopback driver, for want of gcc or OpenCL's headers");
    }
}
