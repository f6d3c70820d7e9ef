package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code quire bisect} with real backends on the tiny model. */
class BisectCommandTest {
    private static final Path MODEL = Path.of("..", "core", "src", "test", "resources", "models", "tiny-llama");

    private record Ran(int status, String out, String err) {}

    @Test
    void backendsThatAgreeExitWithZero() {
        Ran ran = bisect("--backend", "cpu", "--against", "oracle", "--dtype", "float32", "--tokens", "3");
        assertEquals(0, ran.status(), ran.out() + ran.err());
        assertTrue(
                ran.out().matches("(?s)cpu and oracle agree within tolerance: \\d+ ops, .* decode steps: 3\\.\\R"),
                ran.out());
    }

    @Test
    void aDifferenceExitsWithOneAndNamesOpLayerRowElementAndBothValuesWithTheirBits() {
        Ran ran = bisect("--backend", "cpu", "--against", "oracle", "--tolerance", "0.0001");
        assertEquals(1, ran.status(), ran.out() + ran.err());
        assertTrue(
                ran.out()
                        .matches("(?s)First difference: op \\d+ of \\d+ \\(\\w+\\), layer 0, prompt of \\d+ tokens\\R"
                                + "  layer0\\.\\w+ \\[T, \\d+\\] = \\w+\\(.*\\).*\\R"
                                + "'layer0\\.\\w+' row \\d+ \\(position \\d+\\), element \\d+.*\\R"
                                + "  cpu     \\S+ +0x[0-9a-f]{8}\\R"
                                + "  oracle  \\S+ +0x[0-9a-f]{8}  \\(\\S+, \\d+ ulp apart\\)\\R"
                                + "\\d+ of its \\d+ elements differ\\.\\R"),
                ran.out());
    }

    @Test
    void theKitsInterpretersAreBackendsHere() {
        Ran ran = bisect("--backend", "bits", "--against", "bits", "--numerics", "reproducible", "--tokens", "1");
        assertEquals(0, ran.status(), ran.out() + ran.err());
        assertTrue(ran.out().startsWith("bits and bits agree bit for bit"), ran.out());
    }

    @Test
    void aBackendThatIsNotThereIsRefusedWithWhatThereIs() {
        Ran ran = bisect("--backend", "cpu", "--against", "abacus");
        assertEquals(1, ran.status());
        assertTrue(ran.err().contains("No backend 'abacus' is installed. Available: cpu, bits, oracle."), ran.err());
    }

    private static Ran bisect(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = QuireCommand.line(Map.of());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        List<String> all = new ArrayList<>(List.of("bisect", "--model", MODEL.toString()));
        all.addAll(List.of(args));
        int status = line.execute(all.toArray(String[]::new));
        return new Ran(status, out.toString(), err.toString());
    }
}
