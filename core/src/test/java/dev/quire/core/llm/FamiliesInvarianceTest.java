package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.engine.EngineOptions;
import dev.quire.core.engine.EngineStats;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.SamplingParams.Stopping;
import dev.quire.core.testing.Family;
import dev.quire.core.testing.TextCollected;
import dev.quire.core.testing.TinyLlama;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * In every family, tokens do not depend on what else runs, on chunks, on preemption or on the prefix cache. A prompt with the first n of its greedy
 * tokens must go on with the others, and many such prompts share prefixes.
 */
class FamiliesInvarianceTest {
    private static final long SEED = 411;
    private static final int REQUESTS = 24;
    private static final int MAX_MODEL_LEN = 60;
    private static final int BLOCK = 16;

    /** Less than twice what the longest sequence needs: those who run push each other out as they grow. */
    private static final int BLOCKS = 7;

    @TempDir
    Path temporary;

    /** Asks for what follows the first {@code given} greedy tokens of a case. */
    private record Continuation(Family.Case golden, int given) {
        int[] prompt() {
            return IntStream.concat(
                            Arrays.stream(golden.ids()),
                            Arrays.stream(golden.greedy()).limit(given))
                    .toArray();
        }

        List<Integer> expected() {
            return Arrays.stream(golden.greedy()).skip(given).boxed().toList();
        }
    }

    @ParameterizedTest
    @MethodSource(Family.ALL)
    void everyRequestGetsTheReferencesTokens(Family family) throws IOException {
        List<Continuation> continuations = continuations(family, new Random(SEED));
        LlmOptions options = TinyLlama.exact(family.servable(temporary), Backends.CPU);
        try (Llm llm = Llm.load(options.with(tight(options.engine())))) {
            List<TextCollected> answers = continuations.stream()
                    .map(continuation -> ask(llm, continuation))
                    .toList();
            for (int i = 0; i < answers.size(); i++) {
                assertEquals(
                        continuations.get(i).expected(),
                        answers.get(i).choice(0).ids(),
                        "seed %d, request %d: %s"
                                .formatted(SEED, i, answers.get(i).end()));
            }
            EngineStats stats = llm.stats();
            assertTrue(stats.preemptions() > 0, "nothing was preempted: " + stats);
            assertTrue(stats.prefixHits() > 0, "no prefix was found: " + stats);
            assertTrue(stats.steps() < stats.generatedTokens(), "nothing ran together: " + stats);
        }
    }

    private static List<Continuation> continuations(Family family, Random random) {
        List<Continuation> continuations = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            Family.Case golden = family.cases().get(i % family.cases().size());
            continuations.add(new Continuation(golden, random.nextInt(golden.greedy().length / 2)));
        }
        Collections.shuffle(continuations, random);
        return continuations;
    }

    private static EngineOptions tight(EngineOptions e) {
        return e.toBuilder()
                .maxModelLen(MAX_MODEL_LEN)
                .maxNumSeqs(6)
                .maxNumBatchedTokens(16)
                .blockSize(BLOCK)
                .blocks(BLOCKS)
                .prefixCaching(true)
                .build();
    }

    private static TextCollected ask(Llm llm, Continuation continuation) {
        SamplingParams sampling = SamplingParams.greedy().toBuilder()
                .stopping(Stopping.after(continuation.expected().size()))
                .build();
        TextCollected collected = new TextCollected();
        llm.submit(GenerationRequest.of("continuation", continuation.prompt(), sampling), collected);
        return collected;
    }
}
