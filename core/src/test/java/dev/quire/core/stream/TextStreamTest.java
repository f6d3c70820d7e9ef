package dev.quire.core.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.request.FinishReason;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SampledToken;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.SamplingParams.Stopping;
import dev.quire.core.request.TextEvent;
import dev.quire.core.request.Timings;
import dev.quire.core.request.TokenEvent;
import dev.quire.core.request.Usage;
import dev.quire.core.testing.Histories;
import dev.quire.core.testing.TextCollected;
import dev.quire.core.testing.TinyLlama;
import dev.quire.core.text.SpecialText;
import dev.quire.core.text.SpecialTokens;
import dev.quire.core.text.Tokenizer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens become text in order, whole characters at a time, up to the first stop string. */
class TextStreamTest {

    private static Tokenizer tokenizer;

    private final ConcurrentLinkedQueue<Integer> cancelled = new ConcurrentLinkedQueue<>();
    private final TextCollected collected = new TextCollected();

    @BeforeAll
    static void openTokenizer() throws IOException {
        tokenizer = Tokenizer.open(TinyLlama.folder());
    }

    @Test
    void allDeltasJoinedAreTheTextOfAllTokens() {
        Histories.run(300, seed -> {
            RandomGenerator random = new SplittableRandom(seed);
            int n = 1 + (int) (seed % 3);
            TextCollected all = new TextCollected();
            TextStream stream = stream(params(n, Stopping.DEFAULT), all);
            List<int[]> ids = new ArrayList<>();
            for (int choice = 0; choice < n; choice++) {
                ids.add(random.ints(random.nextInt(60), 3, tokenizer.vocabSize())
                        .toArray());
            }
            for (int i = 0; i < 60; i++) {
                for (int choice = 0; choice < n; choice++) {
                    if (i < ids.get(choice).length) {
                        stream.accept(token(choice, ids.get(choice)[i]));
                    }
                }
            }
            IntStream.range(0, n).forEach(choice -> stream.accept(end(choice, FinishReason.LENGTH)));
            stream.accept(completed(999));
            for (int choice = 0; choice < n; choice++) {
                String expected = tokenizer.decode(ids.get(choice), SpecialText.SKIP);
                assertEquals(expected, all.choice(choice).text.toString());
                assertEquals(boxed(ids.get(choice)), all.choice(choice).ids());
                assertEquals(FinishReason.LENGTH, all.reason(choice));
            }
            assertEquals(ids.stream().mapToInt(i -> i.length).sum(), all.usage().completionTokens());
        });
    }

    @Test
    void noDeltaEndsWithinACharacter() {
        int[] ids = tokenizer.encode("🙂 Zürich 東京 🙂🙂", SpecialTokens.TEXT);
        List<String> pieces = new ArrayList<>();
        CompletableFuture<TextEvent> end = new CompletableFuture<>();
        TextStream stream = new TextStream(request(params(1, Stopping.DEFAULT)), tokenizer, c -> {}, event -> {
            if (event instanceof TextEvent.Delta delta) {
                pieces.add(delta.text());
            } else if (event instanceof TextEvent.Completed) {
                end.complete(event);
            }
        });
        Arrays.stream(ids).forEach(id -> stream.accept(token(0, id)));
        stream.accept(end(0, FinishReason.LENGTH));
        stream.accept(completed(ids.length));
        end.orTimeout(10, TimeUnit.MINUTES).join();
        assertTrue(pieces.size() >= ids.length && pieces.contains(""), "characters of several tokens: " + pieces);
        assertEquals("🙂 Zürich 東京 🙂🙂", String.join("", pieces));
        assertTrue(pieces.stream().noneMatch(piece -> piece.contains("�")), pieces.toString());
        assertTrue(
                pieces.stream()
                        .noneMatch(piece ->
                                !piece.isEmpty() && Character.isHighSurrogate(piece.charAt(piece.length() - 1))),
                pieces.toString());
    }

    @Test
    void aStopStringEndsItsChoiceAndTheSurplusLeavesTextAndUsage() {
        feed(stopping(0, Stopping.StopText.REMOVED, "runs in"), "The river runs in the garden");
        assertEquals("The river ", collected.choice(0).text.toString());
        assertEquals(FinishReason.STOP, collected.reason(0));
        assertEquals(
                Optional.of(new TextEvent.Stop.Text("runs in")),
                collected.choice(0).finish.orElseThrow().stop());
        List<Integer> expected = new ArrayList<>();
        for (int id : tokenizer.encode("The river runs in the garden", SpecialTokens.TEXT)) {
            String before = tokenizer.decode(expected.stream().mapToInt(i -> i).toArray(), SpecialText.SHOW);
            if (!before.contains("runs in")) {
                expected.add(id);
            }
        }
        assertEquals(expected, collected.choice(0).ids());
        assertEquals(expected.size(), collected.usage().completionTokens());
        assertEquals(List.of(0), List.copyOf(cancelled));
    }

    @Test
    void aStopStringThatIsKeptEndsTheText() {
        feed(stopping(0, Stopping.StopText.KEPT, "runs in"), "The river runs in the garden");
        assertEquals("The river runs in", collected.choice(0).text.toString());
    }

    @Test
    void stopStringsDoNotCountInTheFirstMinTokens() {
        int river = tokenizer.encode("The river", SpecialTokens.TEXT).length;
        feed(stopping(river, Stopping.StopText.REMOVED, "r"), "The river runs");
        assertEquals("The river ", collected.choice(0).text.toString());
    }

    @Test
    void aHeldBackBeginningOfAStopStringComesWithTheEnd() {
        feed(stopping(0, Stopping.StopText.REMOVED, "garden wall"), "The river runs in the garden");
        assertEquals("The river runs in the garden", collected.choice(0).text.toString());
        assertEquals(FinishReason.LENGTH, collected.reason(0));
    }

    @Test
    void otherChoicesGoOnWhenOneIsStopped() {
        int[] ids = tokenizer.encode("The river runs", SpecialTokens.TEXT);
        int[] others = tokenizer.encode("A bench", SpecialTokens.TEXT);
        TextStream stream = stream(params(2, stopping(0, Stopping.StopText.REMOVED, "river")), collected);
        for (int i = 0; i < Math.max(ids.length, others.length); i++) {
            if (i < ids.length) {
                stream.accept(token(0, ids[i]));
            }
            if (i < others.length) {
                stream.accept(token(1, others[i]));
            }
        }
        stream.accept(end(0, FinishReason.ABORT));
        stream.accept(end(1, FinishReason.LENGTH));
        stream.accept(completed(ids.length + others.length));
        assertEquals("The ", collected.choice(0).text.toString());
        assertEquals("A bench", collected.choice(1).text.toString());
        assertEquals(FinishReason.STOP, collected.reason(0));
        assertEquals(FinishReason.LENGTH, collected.reason(1));
        assertEquals(List.of(0), List.copyOf(cancelled));
    }

    @Test
    void theTokenThatEndsAChoiceIsCountedButLeavesNoText() {
        int stop = tokenizer.encode("r", SpecialTokens.TEXT)[0];
        endWith(stop, Stopping.StopText.REMOVED, TokenEvent.Role.STOP);
        assertEquals("The", collected.choice(0).text.toString());
        assertEquals(stop, collected.choice(0).ids().getLast());
        assertEquals(collected.choice(0).ids().size(), collected.usage().completionTokens());
        assertEquals(
                Optional.of(new TextEvent.Stop.Token(stop)),
                collected.choice(0).finish.orElseThrow().stop());
    }

    @Test
    void theTokenThatEndsAChoiceIsKeptIfAskedFor() {
        endWith(tokenizer.encode("r", SpecialTokens.TEXT)[0], Stopping.StopText.KEPT, TokenEvent.Role.STOP);
        assertEquals("Ther", collected.choice(0).text.toString());
    }

    @Test
    void aStopTokenThatDoesNotEndTheChoiceIsText() {
        endWith(tokenizer.encode("r", SpecialTokens.TEXT)[0], Stopping.StopText.REMOVED, TokenEvent.Role.TEXT);
        assertEquals("Ther", collected.choice(0).text.toString());
    }

    private void endWith(int stop, Stopping.StopText kept, TokenEvent.Role role) {
        Stopping stopping = new Stopping(OptionalInt.empty(), 0, List.of(), Set.of(stop), Stopping.Eos.STOPS, kept);
        TextStream stream = stream(params(1, stopping), collected);
        int[] ids = tokenizer.encode("The", SpecialTokens.TEXT);
        Arrays.stream(ids).forEach(id -> stream.accept(token(0, id)));
        stream.accept(token(0, stop, role));
        stream.accept(new TokenEvent.Finished(0, FinishReason.STOP, Optional.of(stop)));
        stream.accept(completed(ids.length + 1));
    }

    @Test
    void aListenerThatThrowsHearsNoMoreAndItsRequestIsCancelled() throws Exception {
        AtomicInteger heard = new AtomicInteger();
        CountDownLatch allQueued = new CountDownLatch(1);
        CompletableFuture<Thread> reader = new CompletableFuture<>();
        TextStream stream = new TextStream(request(params(1, Stopping.DEFAULT)), tokenizer, cancelled::add, event -> {
            reader.complete(Thread.currentThread());
            awaitUninterrupted(allQueued);
            heard.incrementAndGet();
            throw new IllegalStateException("the client has gone");
        });
        stream.accept(token(0, 40));
        stream.accept(token(0, 41));
        stream.accept(completed(2));
        allQueued.countDown();
        assertTrue(reader.get(10, TimeUnit.MINUTES).join(Duration.ofMinutes(10)), "the reader never ends");
        assertEquals(1, heard.get());
        assertEquals(List.of(0), List.copyOf(cancelled));
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void feed(Stopping stopping, String text) {
        TextStream stream = stream(params(1, stopping), collected);
        int[] ids = tokenizer.encode(text, SpecialTokens.TEXT);
        Arrays.stream(ids).forEach(id -> stream.accept(token(0, id)));
        stream.accept(end(0, FinishReason.LENGTH));
        stream.accept(completed(ids.length));
    }

    private TextStream stream(SamplingParams params, TextCollected to) {
        return new TextStream(request(params), tokenizer, cancelled::add, to);
    }

    private static GenerationRequest request(SamplingParams params) {
        return GenerationRequest.of("test", new int[] {5}, params);
    }

    private static SamplingParams params(int n, Stopping stopping) {
        return SamplingParams.greedy().toBuilder().n(n).stopping(stopping).build();
    }

    private static Stopping stopping(int minTokens, Stopping.StopText kept, String... strings) {
        return new Stopping(OptionalInt.empty(), minTokens, List.of(strings), Set.of(), Stopping.Eos.STOPS, kept);
    }

    private static TokenEvent token(int choice, int id) {
        return token(choice, id, TokenEvent.Role.TEXT);
    }

    private static TokenEvent token(int choice, int id, TokenEvent.Role role) {
        return new TokenEvent.Token(choice, new SampledToken(id, Optional.empty()), role);
    }

    private static TokenEvent end(int choice, FinishReason reason) {
        return new TokenEvent.Finished(choice, reason, Optional.empty());
    }

    /** What the engine says at the end; it counts surplus tokens too. */
    private static TokenEvent completed(int engineCount) {
        return new TokenEvent.Completed(new Usage(1, engineCount, 0), new Timings(0, 0, 0, 0));
    }

    private static List<Integer> boxed(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }
}
