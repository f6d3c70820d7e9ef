package dev.quire.core.testing;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.quire.api.Availability;
import dev.quire.api.BackendProvider;
import dev.quire.core.llm.Backends;

/** The OpenCL backend, where the machine has a device for it. */
public final class OpenCl {
    public static final String NAME = "opencl";

    private OpenCl() {}

    /** Skips a test where the loader finds no device; {@code ci/test} installs a driver for the processor. */
    public static void assumeDevice() {
        BackendProvider provider = Backends.onClassPath().providers().stream()
                .filter(candidate -> candidate.name().equals(NAME))
                .findFirst()
                .orElseThrow();
        if (provider.availability() instanceof Availability.Unavailable(String reason, String fix)) {
            abort(reason + "; " + fix);
        }
    }
}
