package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code quire bisect} with real backends on the tiny model. */
class BisectCommandTest {
    private static final Path MODEL = Path.of("..", "core", "src", "test", "resources", "models", "tiny-llama");

    @Test
    void backendsThatAgreeExitWithZero() {
        CommandRun ran = bisect("--backend", "cpu", "--against", "oracle", "--dtype", "float32", "--tokens", "3");
        assertEquals(0, ran.status(), ran.out() + ran.err());
        assertTrue(
                ran.out().matches("(?s)cpu and oracle agree within tolerance: \\d+ ops, .* decode steps: 3\\.\\R"),
                ran.out());
    }

    @Test
    void aDifferenceExitsWithOneAndNamesOpLayerRowElementAndBothValuesWithTheirBits() {
        CommandRun ran = bisect("--backend", "cpu", "--against", "oracle", "--tolerance", "0.0001");
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
        CommandRun ran =
                bisect("--backend", "bits", "--against", "bits", "--numerics", "reproducible", "--tokens", "1");
        assertEquals(0, ran.status(), ran.out() + ran.err());
        assertTrue(ran.out().startsWith("bits and bits agree bit for bit"), ran.out());
    }

    @Test
    void aBackendThatIsNotThereIsRefusedWithWhatThereIs() {
        CommandRun ran = bisect("--backend", "cpu", "--against", "abacus");
        assertEquals(1, ran.status());
        assertTrue(ran.err().contains("No backend 'abacus' is installed. Available: cpu"), ran.err());
        assertTrue(ran.err().matches("(?s).*Available: [^.]*, bits, [^.]*oracle\\. .*"), ran.err());
    }

    private static CommandRun bisect(String... args) {
        return CommandRun.of(Stream.concat(Stream.of("bisect", "--model", MODEL.toString()), Stream.of(args))
                .toArray(String[]::new));
    }
}
