package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.testing.DeviceBackends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads where a Level Zero device cannot serve, and the status that scripts see; each in a process of its own. */
class LevelZeroCommandTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void aDeviceIsThere() {
        DeviceBackends.assume(DeviceBackends.LEVEL_ZERO);
    }

    @Test
    void aMachineWithoutADriverSaysWhatToInstall() throws IOException, InterruptedException {
        assertFails(
                generate(Map.of("ZE_ENABLE_ALT_DRIVERS", "")),
                "No backend 'levelzero' on this machine: the Level Zero loader finds no driver with a device. Available: cpu",
                "To use it: install the Level Zero driver of your GPU");
    }

    @Test
    void aDeviceIndexThatIsNotThereIsRefusedWithThoseThatAre() throws IOException, InterruptedException {
        assertFails(
                generate(Map.of(), "--device", "99"),
                "Backend 'levelzero' has no device 99. Devices: [0 (Loopback to ");
    }

    @Test
    void aDeviceThatIsFullNamesWhatItWasForAndTheFlagToLower() throws IOException, InterruptedException {
        assertFails(
                generate(Map.of("LOOPBACK_MEMORY", "67108864"), "--kv-cache-memory-bytes", "256MiB"),
                " cannot allocate 256 MiB for the KV cache: out of device memory (0x70000003); lower --kv-cache-memory-bytes");
    }

    /** The driver's compiler is a program on the path, of which another one takes the place; an empty cache has no kernels of earlier runs. */
    @Test
    void aKernelThatDoesNotBuildIsNamedWithItsDeviceAndTheCompilersWords() throws IOException, InterruptedException {
        Path compiler = folder.resolve("llvm-spirv-15");
        Files.writeString(compiler, "#!/bin/sh\necho 'error: opcode 4711 is not known here' >&2\nexit 1\n");
        Files.setPosixFilePermissions(compiler, PosixFilePermissions.fromString("rwx------"));
        Map<String, String> environment =
                Map.of("PATH", folder + ":" + System.getenv("PATH"), "XDG_CACHE_HOME", folder.toString());
        assertFails(
                generate(environment),
                " does not build for Loopback to ",
                "the module does not build (0x70000004)",
                "error: opcode 4711 is not known here");
    }

    private static void assertFails(CommandRun ran, String... parts) {
        assertEquals(QuireCommand.FAILED, ran.status(), ran.err());
        for (String part : parts) {
            assertTrue(ran.err().contains(part), ran.err());
        }
    }

    private static CommandRun generate(Map<String, String> environment, String... more)
            throws IOException, InterruptedException {
        return CommandRun.apart(environment, CommandRun.oneToken(DeviceBackends.LEVEL_ZERO, more));
    }
}
