package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.Numerics;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.engine.EngineStats;
import dev.quire.core.testing.ScoredToken;
import dev.quire.core.testing.SmolLm2;
import dev.quire.core.testing.SmolLm2.Prompt;
import dev.quire.core.testing.TextCollected;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A request's tokens from the real model, and every bit of their log-probabilities, do not depend on what else runs, the step size, preemption or
 * the prefix cache; in reproducible numerics not on the number of threads either.
 */
class SmolLm2InvarianceTest {
    private static final int ALONE = 6;
    private static final int TOKENS = 24;
    private static final int MAX_MODEL_LEN = 96;
    private static final int ROOMY = 1024;

    /** Twice what one sequence of full length needs: those who run push each other out as they grow. */
    private static final int TIGHT = 12;

    /** Whole blocks that the prompts share. */
    private static final int SHARED = 32;

    /** Which types the weights and the cache have, in which numerics, and with how many requests they are tried. */
    enum Types {
        FLOAT32(64, Numerics.FAST),
        AS_SERVED(24, Numerics.FAST),
        REPRODUCIBLE(24, Numerics.REPRODUCIBLE);

        private final int requests;
        private final Numerics numerics;

        Types(int requests, Numerics numerics) {
            this.requests = requests;
            this.numerics = numerics;
        }

        private LlmOptions options(Setting setting) {
            EngineOptions engine = setting.engine(numerics);
            LlmOptions options = this == FLOAT32 ? RealModel.float32(engine) : RealModel.served(engine);
            return numerics == Numerics.REPRODUCIBLE
                    ? options.with(options.device().withThreads(setting.maxNumSeqs == 1 ? 1 : 2))
                    : options;
        }
    }

    private record Setting(String name, int maxNumSeqs, int maxNumBatchedTokens, int blocks, boolean prefixCaching) {
        EngineOptions engine(Numerics numerics) {
            return EngineOptions.builder()
                    .maxModelLen(MAX_MODEL_LEN)
                    .maxNumSeqs(maxNumSeqs)
                    .maxNumBatchedTokens(maxNumBatchedTokens)
                    .blocks(blocks)
                    .prefixCaching(prefixCaching)
                    .numerics(numerics)
                    .build();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyRequestGetsTheTokensThatItGetsAlone(Types types) {
        List<int[]> prompts = prompts(types.requests);
        Setting alone = new Setting("alone", 1, 2048, ROOMY, false);
        List<List<ScoredToken>> expected = new ArrayList<>();
        run(types, alone, prompts.subList(0, ALONE), expected);
        Setting together = new Setting("all at once", types.requests, 2048, ROOMY, false);
        List<List<ScoredToken>> answers = new ArrayList<>();
        run(types, together, prompts, answers);
        assertSame(alone, expected, answers.subList(0, ALONE));

        Setting small = new Setting("16 tokens a step, prefix cache", 16, 16, ROOMY, true);
        List<List<ScoredToken>> cut = new ArrayList<>();
        assertTrue(run(types, small, prompts, cut).prefixHits() > 0, "no prefix was found");
        assertSame(small, answers, cut);

        Setting tight = new Setting("preempting, prefix cache", 16, 2048, TIGHT, true);
        List<List<ScoredToken>> preempted = new ArrayList<>();
        EngineStats stats = run(types, tight, prompts, preempted);
        assertTrue(stats.preemptions() >= types.requests / 8, "preemptions: " + stats.preemptions());
        assertTrue(stats.prefixHits() > 0, "no prefix was found");
        assertSame(tight, answers, preempted);

        Setting bare = new Setting("preempting, no prefix cache", 16, 64, TIGHT, false);
        List<List<ScoredToken>> again = new ArrayList<>();
        EngineStats without = run(types, bare, withoutShared(prompts), again);
        assertTrue(without.preemptions() >= types.requests / 8, "preemptions: " + without.preemptions());
        assertEquals(0, without.prefixHits());
        assertSame(bare, withoutShared(answers), again);
    }

    /** Those that do not begin with the shared blocks: short ones, of which many run and grow. */
    private static <T> List<T> withoutShared(List<T> all) {
        return IntStream.range(0, all.size() / 2)
                .mapToObj(i -> all.get(2 * i + 1))
                .toList();
    }

    private static void assertSame(Setting setting, List<List<ScoredToken>> expected, List<List<ScoredToken>> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), actual.get(i), setting.name() + ", request " + i);
        }
    }

    /** Asks all prompts at once; with one sequence at a time they run one after another. */
    private static EngineStats run(Types types, Setting setting, List<int[]> prompts, List<List<ScoredToken>> answers) {
        try (Llm llm = Llm.load(types.options(setting))) {
            assertEquals(types.numerics, llm.info().numerics());
            assertTrue(llm.info().backend().batchInvariant());
            long started = System.nanoTime();
            List<TextCollected> collected = IntStream.range(0, prompts.size())
                    .mapToObj(i -> RealModel.ask(llm, "request " + i, prompts.get(i), TOKENS))
                    .toList();
            for (TextCollected one : collected) {
                List<ScoredToken> tokens =
                        one.choice(0).tokens.stream().map(ScoredToken::of).toList();
                assertEquals(TOKENS, tokens.size(), () -> one.end().toString());
                answers.add(tokens);
            }
            EngineStats stats = llm.stats();
            System.out.printf(
                    "%s, %s: %d requests, %d steps, %d preemptions, %d tokens from the prefix cache, %d ms%n",
                    types,
                    setting.name(),
                    prompts.size(),
                    stats.steps(),
                    stats.preemptions(),
                    stats.prefixHits(),
                    (System.nanoTime() - started) / 1_000_000);
            return stats;
        }
    }

    /** Every other prompt begins with the same two blocks; the rest is a piece of one of the golden prompts, of its own length. */
    private static List<int[]> prompts(int requests) {
        List<Prompt> golden = SmolLm2.golden().prompts();
        int[] shared = Arrays.copyOf(
                golden.stream()
                        .filter(prompt -> prompt.name().equals("chat-greeting"))
                        .findFirst()
                        .orElseThrow()
                        .ids(),
                SHARED);
        List<Prompt> shorts = golden.stream().filter(Prompt::isShort).toList();
        return Stream.iterate(0, i -> i < requests, i -> i + 1)
                .map(i -> {
                    int[] own = shorts.get(i % shorts.size()).ids();
                    int length = Math.min(own.length, 5 + i % 23);
                    return IntStream.concat(
                                    IntStream.of(shared).limit(i % 2 == 0 ? SHARED : 0),
                                    IntStream.of(own).limit(length))
                            .toArray();
                })
                .toList();
    }
}
