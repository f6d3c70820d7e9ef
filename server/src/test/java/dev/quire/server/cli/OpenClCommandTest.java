package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.llm.Backends;
import dev.quire.core.testing.DeviceBackends;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads where an OpenCL device cannot serve, and the status that scripts see. */
class OpenClCommandTest {
    @TempDir
    Path empty;

    @BeforeAll
    static void aDeviceIsThere() {
        DeviceBackends.assume(DeviceBackends.OPENCL);
    }

    @Test
    void aDeviceIndexThatIsNotThereIsRefusedWithThoseThatAre() {
        CommandRun ran = generate("--device", "99");
        assertEquals(QuireCommand.FAILED, ran.status());
        assertTrue(ran.err().contains("Backend 'opencl' has no device 99. Devices: [0 ("), ran.err());
    }

    @Test
    void aDeviceIsTakenByAPartOfItsNameOrRefusedWithThoseThatAre() {
        String name = Backends.onClassPath()
                .choose(DeviceBackends.OPENCL)
                .devices()
                .getFirst()
                .name();
        CommandRun named = generate("--device", name.substring(0, name.length() - 1));
        assertEquals(0, named.status(), named.err());
        CommandRun ran = generate("--device", "no such thing");
        assertEquals(QuireCommand.FAILED, ran.status());
        assertTrue(
                ran.err().contains("Backend 'opencl' has no device with 'no such thing' in its name. Devices: [0 ("),
                ran.err());
    }

    @Test
    void aCacheThatDoesNotFitNamesWhatThereIsAndTheFlag() {
        CommandRun ran = generate("--kv-cache-memory-bytes", "1024GiB");
        assertEquals(QuireCommand.FAILED, ran.status());
        assertTrue(ran.err().contains("MiB in one piece for the KV cache: it has"), ran.err());
        assertTrue(ran.err().contains("lower --kv-cache-memory-bytes"), ran.err());
    }

    @Test
    void aMachineWithoutDriversSaysSo() throws IOException, InterruptedException {
        CommandRun ran = CommandRun.apart(
                Map.of("OCL_ICD_VENDORS", empty.toString()), CommandRun.oneToken(DeviceBackends.OPENCL));
        assertEquals(QuireCommand.FAILED, ran.status(), ran.err());
        assertTrue(
                ran.err()
                        .contains(
                                "No backend 'opencl' on this machine: the OpenCL loader finds no device. Available: cpu"),
                ran.err());
    }

    @Test
    void aKernelThatDoesNotBuildIsNamedWithItsDeviceAndTheCompilersLog() throws IOException, InterruptedException {
        CommandRun ran = CommandRun.apart(
                Map.of( // PoCL's compiler takes options from there
                        "POCL_EXTRA_BUILD_FLAGS",
                        "-Du16=4711",
                        "POCL_CACHE_DIR",
                        empty.toString(),
                        "XDG_CACHE_HOME",
                        empty.toString()),
                CommandRun.oneToken(DeviceBackends.OPENCL, "--device=Portable Computing Language"));
        assertEquals(QuireCommand.FAILED, ran.status(), ran.err());
        assertTrue(ran.err().contains("kernel 'activate' does not build for "), ran.err());
        assertTrue(ran.err().contains("error: "), ran.err()); // the log's first line
        assertTrue(ran.err().contains("Update the driver, or pass another --device or --backend."), ran.err());
    }

    private static CommandRun generate(String... more) {
        return CommandRun.of(CommandRun.oneToken(DeviceBackends.OPENCL, more).toArray(String[]::new));
    }
}
