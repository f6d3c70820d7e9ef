package dev.quire.conformance.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.DeviceChoice;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.report.Level;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
    private static final List<String> EVERY = List.of(
            "--backend",
            "moody",
            "--device",
            "2",
            "--profile",
            "attention",
            "--numerics",
            "reproducible",
            "--level",
            "C2",
            "--seed",
            "-7",
            "--threads",
            "3",
            "--timeout-per-case",
            "9",
            "--quick",
            "--backend-option",
            "kernels=tiles",
            "--backend-option",
            "memory=buffers",
            "--model",
            "smollm2=model.gguf",
            "--only",
            "Attend/*");

    @Test
    void argumentsSurviveTheWayToTheOtherJvm() {
        RunOptions options = Arguments.parse("quire", EVERY).options();
        assertEquals(options, Arguments.parse("quire", options.arguments()).options());
        assertEquals(EVERY, options.arguments());
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "1", "hang", "AMD Radeon"})
    void aDeviceIsNamedAsForServingAndSurvivesToo(String device) {
        RunOptions options = Arguments.parse("quire", List.of("--backend", "moody", "--device", device))
                .options();
        assertEquals(DeviceChoice.parse(device), options.device());
        assertEquals(options, Arguments.parse("quire", options.arguments()).options());
        String named = " --device " + (device.contains(" ") ? "'" + device + "'" : device);
        assertEquals(!device.equals("auto"), options.scope().command().contains(named));
    }

    @Test
    void aValueMayStandBehindItsNameOrBehindAnEqualsSign() {
        List<String> written = List.of("--backend=moody", "--quick", "--model=smollm2=model.gguf", "--only", "a=b");
        List<String> separated = Arguments.separated(written);
        assertEquals(
                List.of("--backend", "moody", "--quick", "--model", "smollm2=model.gguf", "--only", "a=b"), separated);
    }

    @Test
    void settingsOfABackendMayStandInOneArgument() {
        RunOptions options = Arguments.parse(
                        "quire", List.of("--backend", "moody", "--backend-option", "memory=buffers,kernels=tiles"))
                .options();
        assertEquals(Map.of("kernels", "tiles", "memory", "buffers"), options.settings());
        assertTrue(
                options.scope().command().contains(" --backend-option kernels=tiles --backend-option memory=buffers"));
    }

    @Test
    void theHighestLevelIsThatOfTheMode() {
        assertEquals(Level.C3, RunOptions.of("moody", Numerics.FAST).level());
        assertEquals(Level.C4, RunOptions.of("moody", Numerics.REPRODUCIBLE).level());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--seed 1 | --backend NAME is missing; on the class path: [moody",
                "--backend abacus | no backend 'abacus' on the class path; there: [moody",
                "--backend moody --device 99 | Backend 'moody' has no device 99. Devices: [0 (SOUND), 1 (CRASHES)",
                "--backend moody --device crash | Backend 'moody' has 2 devices with 'crash' in their names. Devices: [0",
                "--backend moody --device calm | Backend 'moody' has no device with 'calm' in its name. Devices: [0",
                "--backend moody --numerics reproducible | backend 'moody' does not offer REPRODUCIBLE; it offers [FAST]",
                "--backend moody --profile modle | --profile 'modle' is unknown; choose one of [attention, model]",
                "--backend moody --level c5 | --level 'c5' is unknown; choose one of [C1, C2, C3, C4]",
                "--backend moody --level c4 | --level C4 is bit-identity, which FAST does not promise; choose C1, C2 or C3",
                "--backend moody --seed x | --seed is 'x'; a whole number is needed",
                "--backend moody --seed | '--seed' needs a value",
                "--backend moody --seed 1 --seed 2 | '--seed' is given twice",
                "--backend moody --backend-option tiles | --backend-option is 'tiles'; give NAME=VALUE, such as kernels=tiles",
                "--backend moody --backend-option k=a,k=b | --backend-option is 'k=a,k=b'; give each name once, not 'k' twice",
                "--backend moody --fast | unknown argument '--fast'; known: --backend",
                "--backend moody --only Attent/* | --only 'Attent/*' matches none of",
                "--backend moody --model smollm2 | --model is 'smollm2'; write NAME=PATH",
                "--backend moody --model smollm2=x | --model 'smollm2': nothing on the class path opens it; there: []",
                "--backend moody --waivers nowhere.json | there is no waiver file 'nowhere.json'",
                "--backend moody --timeout-per-case 0 | --timeout-per-case is PT0S; at least one second is needed",
                "verify | verify takes one report; usage: quire conformance verify report.json",
                "verify nowhere.json | there is no report 'nowhere.json'"
            })
    void aWrongCommandLineIsAnsweredWithTheChoices(String line, String message) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = cli(new ByteArrayOutputStream(), err).run(List.of(line.split(" ")));
        assertTrue(err.toString().startsWith(message), err.toString());
        assertEquals(ConformanceCli.USAGE, status);
    }

    @Test
    void aListNeedsNoBackendAndHasEachCaseOnce() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(
                ConformanceCli.PASSED, cli(out, new ByteArrayOutputStream()).run(List.of("list", "--quick")));
        List<String> lines = out.toString().lines().toList();
        assertEquals(lines.size() - 1 + " cases", lines.getLast());
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("C1  Attend/causal/")), out.toString());
    }

    private static ConformanceCli cli(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return new ConformanceCli("quire conformance", new PrintStream(out), new PrintStream(err));
    }
}
