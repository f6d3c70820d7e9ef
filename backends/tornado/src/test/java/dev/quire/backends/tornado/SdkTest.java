package dev.quire.backends.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** What docs/backends.md says of each state; these need no SDK. */
class SdkTest {
    private static final Optional<String> API = Optional.of("5.2.0-jdk25");
    private static final Map<String, String> STARTED = Map.of(Sdk.RUNTIME, "TornadoCoreRuntime", Sdk.RECOVERY, "False");

    @Test
    void aBuildWithoutAnSdkSaysSo() {
        assertMissing(
                "this build of Quire has no TornadoVM: TORNADOVM_HOME named no SDK of 5.2 for JDK 25",
                sdk(Map.of(), Optional.empty(), false));
        assertMissing(
                "this build of Quire has no TornadoVM: TORNADOVM_HOME named no SDK of 5.2 for JDK 25",
                sdk(STARTED, API, false));
    }

    @Test
    void aJvmStartedWithoutItsSdkSaysSo() {
        assertMissing("this JVM runs without TornadoVM", sdk(Map.of(), Optional.empty(), true));
    }

    @Test
    void anApiWithoutAnSdkIsNamedHoweverQuireWasBuilt() {
        String expected = "TornadoVM's API is here without an SDK that runs it";
        assertMissing(expected, sdk(Map.of(), API, true));
        assertMissing(expected, sdk(Map.of(), API, false));
    }

    @Test
    void anotherVersionIsNamedByWhoeverFindsIt() {
        assertMissing(
                "TORNADOVM_HOME names TornadoVM 4.0.0-jdk21; Quire needs 5.2 for JDK 25",
                sdk(Map.of(Sdk.FOUND, "4.0.0-jdk21"), Optional.empty(), false));
        assertMissing(
                "TORNADOVM_HOME names TornadoVM 5.1.0-jdk25; Quire needs 5.2 for JDK 25",
                sdk(STARTED, Optional.of("5.1.0-jdk25"), true));
    }

    @Test
    void aJvmThatWouldRunKernelsAsSequentialJavaIsRefused() {
        assertMissing(
                "a kernel that does not compile would run as sequential Java",
                sdk(Map.of(Sdk.RUNTIME, "TornadoCoreRuntime"), API, true));
    }

    @Test
    void nothingIsMissingWhereTheSdkRuns() {
        assertEquals(Optional.empty(), sdk(STARTED, API, true).missing());
    }

    private static Sdk sdk(Map<String, String> given, Optional<String> api, boolean built) {
        Properties properties = new Properties();
        properties.putAll(given);
        return new Sdk(properties, api, built);
    }

    private static void assertMissing(String reason, Sdk sdk) {
        var missing = sdk.missing().orElseThrow();
        assertEquals(reason, missing.reason());
        assertTrue(missing.fix().contains(Sdk.HOME) || missing.fix().contains(Sdk.RECOVERY), missing.fix());
    }
}
