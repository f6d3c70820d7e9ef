package dev.quire.backends.levelzero;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/** The driver under test, which the build makes where it finds OpenCL's headers, and which the loader is told of by the environment. */
final class Loopback {
    private Loopback() {}

    static Path library() {
        return Path.of(System.getenv().getOrDefault("ZE_ENABLE_ALT_DRIVERS", "libze_loopback.so"));
    }

    /** How many {@code calls} or {@code launches} the driver has had in this process. */
    @SuppressWarnings("restricted")
    static long counted(String what) {
        MemorySegment counter =
                SymbolLookup.libraryLookup(library(), Arena.global()).findOrThrow("loopback_" + what);
        return counter.reinterpret(Long.BYTES).get(ValueLayout.JAVA_LONG, 0);
    }

    static void assume() {
        assumeTrue(Files.exists(library()), "the build made no loopback driver, for want of gcc or OpenCL's headers");
    }
}
