package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.BackendProvider;
import dev.quire.api.placement.PlacedOp;
import dev.quire.api.placement.Runner;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.conformance.guards.RefusingBackend;
import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.core.testing.Family;
import dev.quire.core.testing.OracleProvider;
import dev.quire.core.testing.TinyLlama;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A backend that has nothing for experts serves mixtures of experts all the same: the CPU runs those ops, and tokens are the reference's. */
class RefusedExpertsTest {
    private static final String PARTIAL = "partial";

    @TempDir
    Path temporary;

    static Stream<Arguments> refusals() {
        List<Family> mixtures = Family.all().stream()
                .filter(family -> List.of("mixtral", "qwen3-moe").contains(family.name()))
                .toList();
        assertEquals(2, mixtures.size());
        return mixtures.stream()
                .flatMap(family -> Stream.of(
                        Arguments.of(family, "all", ExpertOp.class),
                        Arguments.of(family, "the choice", ExpertOp.Route.class),
                        Arguments.of(family, "the layers", ExpertOp.ExpertLinear.class),
                        Arguments.of(family, "the sum", ExpertOp.WeightedSum.class)));
    }

    @ParameterizedTest(name = "{0} with {1} refused")
    @MethodSource("refusals")
    void theTokensAreTheReferences(Family family, String what, Class<? extends Op> refused) throws IOException {
        LlmOptions options = TinyLlama.exact(family.servable(temporary), PARTIAL, family.maxModelLen());
        Backends backends = refusing(refused::isInstance);
        List<PlacedOp> elsewhere = Llm.explain(options, backends).forward().of(Runner.FALLBACK);
        assertFalse(elsewhere.isEmpty());
        for (PlacedOp placed : elsewhere) {
            assertTrue(refused.isInstance(placed.op()), placed.toString());
            assertEquals(Backends.CPU, placed.backend());
            assertEquals(
                    "the test refuses " + placed.op().kind(), placed.reason().orElseThrow());
        }
        try (Llm llm = Llm.load(options, backends)) {
            FamiliesTest.assertGreedy(family, llm);
        }
    }

    private static Backends refusing(Predicate<Op> refuses) {
        List<BackendProvider> providers = new ArrayList<>(Backends.onClassPath().providers());
        providers.add(new OracleProvider(PARTIAL, () -> new RefusingBackend(PARTIAL, new OracleBackend(), refuses)));
        return Backends.of(providers);
    }
}
