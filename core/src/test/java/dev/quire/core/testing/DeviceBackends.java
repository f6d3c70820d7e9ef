package dev.quire.core.testing;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.quire.api.Availability;
import dev.quire.api.BackendProvider;
import dev.quire.core.llm.Backends;

/** The backends that run whole programs on a device, each where the machine has one; {@code ci/test} installs drivers for the processor. */
public final class DeviceBackends {
    public static final String OPENCL = "opencl";

    /** In tests its loader finds the loopback driver of {@code backends/levelzero}. */
    public static final String LEVEL_ZERO = "levelzero";

    /** Runs only in a JVM with the flags of an SDK: its tests are tagged with its name, and the build gives those such a JVM where there is an SDK. */
    public static final String TORNADO = "tornado";

    private DeviceBackends() {}

    /** Skips a test where a backend has no device. */
    public static void assume(String backend) {
        BackendProvider provider = Backends.onClassPath().providers().stream()
                .filter(candidate -> candidate.name().equals(backend))
                .findFirst()
                .orElseThrow();
        if (provider.availability() instanceof Availability.Unavailable(String reason, String fix)) {
            abort(reason + "; " + fix);
        }
    }
}
