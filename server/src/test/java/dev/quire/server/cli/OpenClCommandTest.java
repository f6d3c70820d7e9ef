package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.quire.api.Availability;
import dev.quire.api.BackendProvider;
import dev.quire.core.llm.Backends;
import dev.quire.server.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads where an OpenCL device cannot serve, and the status that scripts see. */
class OpenClCommandTest {
    private static final List<String> GENERATE = List.of(
            "generate", "--model", "tiny", "--backend", "opencl", "--numerics", "reproducible", "--max-tokens", "1");

    @TempDir
    Path empty;

    @BeforeAll
    static void aDeviceIsThere() {
        BackendProvider openCl = Backends.onClassPath().providers().stream()
                .filter(provider -> provider.name().equals("opencl"))
                .findFirst()
                .orElseThrow();
        if (openCl.availability() instanceof Availability.Unavailable(String reason, String fix)) {
            abort(reason + "; " + fix);
        }
    }

    @Test
    void aDeviceIndexThatIsNotThereIsRefusedWithThoseThatAre() {
        CommandRun ran = generate("--device", "99");
        assertEquals(QuireCommand.FAILED, ran.status());
        assertTrue(ran.err().contains("Backend 'opencl' has no device 99. Devices: [0 ("), ran.err());
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
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(GENERATE);
        command.add("Once");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("OCL_ICD_VENDORS", empty.toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(QuireCommand.FAILED, process.waitFor(), said);
        assertTrue(
                said.contains("No backend 'opencl' on this machine: the OpenCL loader finds no device. Available: cpu"),
                said);
    }

    private static CommandRun generate(String... more) {
        List<String> all = new ArrayList<>(GENERATE);
        all.addAll(List.of(more));
        all.add("Once");
        return CommandRun.of(all.toArray(String[]::new));
    }
}
