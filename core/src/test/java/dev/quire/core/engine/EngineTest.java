package dev.quire.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.cache.PrefixCaching;
import dev.quire.core.request.FinishReason;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.Refusal;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.SamplingParams.Penalties;
import dev.quire.core.request.TokenEvent;
import dev.quire.core.request.TokenLogprobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EngineTest {
    private static final long SEED = Long.getLong("quire.seed", 20240611);

    @Test
    void anEngineThatWarmedUpGivesTheTokensOfOneThatDidNotAndCountsNothing() throws InterruptedException {
        List<GenerationRequest> requests = randomRequests(new Random(SEED), 10);
        TinyEngine.Limits limits = new TinyEngine.Limits(8, 24, 8, 44, PrefixCaching.ON);
        try (Engine cold = TinyEngine.start(limits);
                Engine warm = TinyEngine.start(limits)) {
            warm.warmUp(limits.maxNumBatchedTokens());
            for (GenerationRequest request : requests) {
                assertEquals(
                        choices(request, Collected.of(cold, request)),
                        choices(request, Collected.of(warm, request)),
                        "seed " + SEED);
                warm.warmUp(limits.maxNumBatchedTokens()); // requests came before, whose blocks stay
            }
            assertTrue(cold.drain(Duration.ofMinutes(10)) && warm.drain(Duration.ofMinutes(10)));
            assertEquals(0, warm.stats().heldBlocks());
            assertEquals(cold.stats().promptTokens(), warm.stats().promptTokens(), "seed " + SEED);
            assertEquals(cold.stats().generatedTokens(), warm.stats().generatedTokens(), "seed " + SEED);
        }
    }

    @Test
    void tokensDoNotDependOnWhoElseRunsNorOnChunksCacheOrPreemption() throws InterruptedException {
        List<GenerationRequest> requests = randomRequests(new Random(SEED), 40);
        List<List<List<Integer>>> alone = new ArrayList<>();
        try (Engine engine = TinyEngine.start(TinyEngine.Limits.ROOMY)) {
            for (GenerationRequest request : requests) {
                alone.add(choices(request, Collected.of(engine, request)));
            }
        }
        for (TinyEngine.Limits limits : List.of(
                TinyEngine.Limits.ROOMY,
                new TinyEngine.Limits(16, 16, 16, 1024, PrefixCaching.OFF),
                new TinyEngine.Limits(8, 24, 8, 44, PrefixCaching.ON),
                new TinyEngine.Limits(8, 24, 8, 44, PrefixCaching.OFF))) {
            try (Engine engine = TinyEngine.start(limits)) {
                List<Collected> together = requests.stream()
                        .map(request -> Collected.of(engine, request))
                        .toList();
                for (int i = 0; i < requests.size(); i++) {
                    assertEquals(
                            alone.get(i),
                            choices(requests.get(i), together.get(i)),
                            "seed " + SEED + ", request " + i + ", " + limits);
                }
                assertTrue(engine.drain(Duration.ofMinutes(10)));
                EngineStats stats = engine.stats();
                assertEquals(0, stats.heldBlocks(), "seed " + SEED);
                assertEquals(0, stats.queued());
                if (limits.blocks() == 44) {
                    assertTrue(stats.preemptions() > 0, "nothing was preempted: the test shows nothing");
                }
            }
        }
    }

    @Test
    void aSeededRequestRepeatsAndItsFirstChoiceIsThatOfALoneOne() {
        SamplingParams two = SamplingParams.builder()
                .temperature(1.5f)
                .seed(7)
                .n(2)
                .maxTokens(12)
                .build();
        SamplingParams one = two.toBuilder().n(1).build();
        try (Engine engine = TinyEngine.start(TinyEngine.Limits.ROOMY)) {
            Collected both = Collected.of(engine, GenerationRequest.of("both", new int[] {5, 6, 7}, two));
            Collected again = Collected.of(engine, GenerationRequest.of("again", new int[] {5, 6, 7}, two));
            Collected single = Collected.of(engine, GenerationRequest.of("single", new int[] {5, 6, 7}, one));
            assertEquals(both.tokens(0), again.tokens(0));
            assertEquals(both.tokens(1), again.tokens(1));
            assertEquals(both.tokens(0), single.tokens(0));
            assertNotEquals(both.tokens(0), both.tokens(1));
        }
    }

    @Test
    void choicesShareOnePromptThatIsComputedOnce() throws InterruptedException {
        int[] prompt = IntStream.range(0, 41).map(i -> 10 + i % 40).toArray();
        SamplingParams four = SamplingParams.builder().seed(1).n(4).maxTokens(6).build();
        try (Engine engine = TinyEngine.start(TinyEngine.Limits.ROOMY)) {
            Collected.of(engine, GenerationRequest.of("four", prompt, four)).end();
            assertTrue(engine.drain(Duration.ofMinutes(10)));
            assertEquals(41, engine.stats().promptTokens());
            assertTrue(engine.stats().blockCopies() >= 3, "three choices write into a shared block");
        }
    }

    @Test
    void logprobsOfPromptAndOutputAgreeWithEachOther() {
        SamplingParams greedy =
                SamplingParams.greedy().toBuilder().maxTokens(8).logprobs(3).build();
        try (Engine engine = TinyEngine.start(new TinyEngine.Limits(8, 16, 8, 128, PrefixCaching.ON))) {
            Collected first = Collected.of(engine, GenerationRequest.of("first", new int[] {9, 8, 7, 6}, greedy));
            List<Integer> tokens = first.tokens(0);
            int[] extended = IntStream.concat(
                            IntStream.of(9, 8, 7, 6), tokens.stream().mapToInt(Integer::intValue))
                    .toArray();
            SamplingParams scoring = SamplingParams.greedy().toBuilder()
                    .maxTokens(1)
                    .promptLogprobs(3)
                    .build();
            Collected second = Collected.of(engine, GenerationRequest.of("second", extended, scoring));
            second.end();
            assertEquals(extended.length, second.promptScores.size());
            assertTrue(second.promptScores.getFirst().isEmpty());
            for (int i = 0; i < tokens.size(); i++) {
                TokenLogprobs generated = first.choices.get(0).get(i).logprobs().orElseThrow();
                TokenLogprobs scored = second.promptScores.get(4 + i).orElseThrow();
                assertEquals(generated.token(), scored.token());
                assertEquals(generated.logprob(), scored.logprob(), 1e-5);
                assertEquals(1, scored.rank());
                assertEquals(generated.topIds()[2], scored.topIds()[2]);
            }
        }
    }

    @Test
    void aStopTokenEndsAChoiceAndMinTokensHoldsItBack() {
        try (Engine engine = TinyEngine.start(TinyEngine.Limits.ROOMY)) {
            int[] prompt = {12, 13, 14};
            SamplingParams plain =
                    SamplingParams.greedy().toBuilder().maxTokens(10).build();
            int third = Collected.of(engine, GenerationRequest.of("plain", prompt, plain))
                    .tokens(0)
                    .get(2);
            SamplingParams.Stopping s = plain.stopping();
            SamplingParams stopping = plain.toBuilder()
                    .stopping(new SamplingParams.Stopping(
                            s.maxTokens(), 0, List.of(), java.util.Set.of(third), s.ignoreEos(), s.includeInOutput()))
                    .build();
            Collected stopped = Collected.of(engine, GenerationRequest.of("stopped", prompt, stopping));
            assertEquals(third, stopped.tokens(0).getLast());
            assertTrue(stopped.tokens(0).size() <= 3);
            assertEquals(
                    stopped.tokens(0).size() - 1,
                    stopped.roles.get(0).indexOf(TokenEvent.Role.STOP),
                    "the last token, and no other, stops");
            assertEquals(FinishReason.STOP, stopped.reasons.get(0));
            SamplingParams late = plain.toBuilder()
                    .stopping(new SamplingParams.Stopping(
                            s.maxTokens(), 6, List.of(), java.util.Set.of(third), s.ignoreEos(), s.includeInOutput()))
                    .build();
            Collected held = Collected.of(engine, GenerationRequest.of("held", prompt, late));
            assertTrue(held.tokens(0).size() > 6);
            assertTrue(held.tokens(0).subList(0, 6).stream().noneMatch(token -> token == third));
        }
    }

    @Test
    void cancellingFreesEveryBlockWhetherTheRequestRunsOrWaits() throws InterruptedException {
        try (Engine engine = TinyEngine.start(new TinyEngine.Limits(2, 16, 8, 64, PrefixCaching.OFF))) {
            List<Collected> all = new ArrayList<>();
            List<Generation> handles = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Collected collected = new Collected();
                SamplingParams endless =
                        SamplingParams.builder().seed(i).maxTokens(100).build();
                handles.add(engine.submit(GenerationRequest.of("r" + i, new int[] {20 + i, 5, 6}, endless), collected));
                all.add(collected);
            }
            handles.forEach(Generation::cancel);
            handles.getFirst().cancel();
            for (Collected collected : all) {
                assertInstanceOf(TokenEvent.Completed.class, collected.end());
            }
            assertTrue(engine.drain(Duration.ofMinutes(10)));
            assertEquals(0, engine.stats().heldBlocks());
            assertEquals(0, engine.stats().queued());
        }
    }

    @Test
    void choicesThatEndTogetherFindTheirTokensInTheSameBooks() {
        SamplingParams four = SamplingParams.builder().seed(1).n(4).maxTokens(6).build();
        List<EngineStats> atEnd = new CopyOnWriteArrayList<>();
        try (Engine engine = TinyEngine.start(TinyEngine.Limits.ROOMY)) {
            Collected collected = new Collected();
            engine.submit(GenerationRequest.of("four", new int[] {5, 6, 7}, four), event -> {
                if (event instanceof TokenEvent.Finished || event instanceof TokenEvent.Completed) {
                    atEnd.add(engine.stats());
                }
                collected.accept(event);
            });
            collected.end();
        }
        assertEquals(5, atEnd.size());
        for (EngineStats books : atEnd) {
            assertSame(atEnd.getFirst(), books);
            assertEquals(24, books.generatedTokens());
            assertEquals(0, books.heldBlocks());
        }
    }

    @Test
    void refusalsNameTheNumbersAndLoseNothing() {
        try (Engine engine = TinyEngine.start(new TinyEngine.Limits(4, 16, 8, 16, PrefixCaching.ON))) {
            assertRefused(
                    engine,
                    new int[200],
                    SamplingParams.greedy(),
                    Refusal.Kind.TOO_LONG,
                    "maximum context length is 160");
            assertRefused(
                    engine,
                    new int[80],
                    SamplingParams.builder().maxTokens(40).build(),
                    Refusal.Kind.TOO_LONG,
                    "KV cache has 16");
            assertRefused(engine, new int[] {99}, SamplingParams.greedy(), Refusal.Kind.INVALID, "token id 99");
            assertRefused(engine, new int[0], SamplingParams.greedy(), Refusal.Kind.INVALID, "empty");
            assertRefused(
                    engine,
                    new int[] {1},
                    SamplingParams.builder().logitBias(Map.of(70, 1f)).build(),
                    Refusal.Kind.INVALID,
                    "logit_bias");
            assertEquals(
                    4,
                    Collected.of(
                                    engine,
                                    GenerationRequest.of(
                                            "ok",
                                            new int[] {8, 9},
                                            SamplingParams.builder()
                                                    .seed(3)
                                                    .maxTokens(4)
                                                    .build()))
                            .usage()
                            .completionTokens());
        }
    }

    private static void assertRefused(
            Engine engine, int[] prompt, SamplingParams params, Refusal.Kind kind, String says) {
        TokenEvent end = Collected.of(engine, GenerationRequest.of("refused", prompt, params))
                .end();
        Refusal refusal = assertInstanceOf(TokenEvent.Refused.class, end).refusal();
        assertEquals(kind, refusal.kind());
        assertTrue(refusal.message().contains(says), refusal.message());
    }

    private static List<List<Integer>> choices(GenerationRequest request, Collected collected) {
        return IntStream.range(0, request.sampling().n())
                .mapToObj(collected::tokens)
                .toList();
    }

    private static List<GenerationRequest> randomRequests(Random random, int count) {
        List<GenerationRequest> requests = new ArrayList<>();
        int[] shared = random.ints(24, 4, TinyEngine.VOCABULARY).toArray();
        for (int i = 0; i < count; i++) {
            int[] own = random.ints(1 + random.nextInt(30), 4, TinyEngine.VOCABULARY)
                    .toArray();
            int[] prompt = random.nextInt(3) == 0
                    ? own
                    : IntStream.concat(IntStream.of(shared), IntStream.of(own)).toArray();
            SamplingParams.Builder params = SamplingParams.builder()
                    .seed(i)
                    .temperature(random.nextBoolean() ? 0 : 1)
                    .n(1 + random.nextInt(3))
                    .maxTokens(1 + random.nextInt(40));
            if (random.nextInt(4) == 0) {
                params.penalties(new Penalties(1.3f, 0.5f, 0.2f));
            }
            if (random.nextInt(4) == 0) {
                params.topK(10).topP(0.9f).minP(0.01f);
            }
            requests.add(GenerationRequest.of("r" + i, prompt, params.build()));
        }
        return requests;
    }
}
