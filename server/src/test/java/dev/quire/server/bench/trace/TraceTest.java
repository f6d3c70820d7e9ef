package dev.quire.server.bench.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TraceTest {
    private static final int VOCABULARY = 1000;
    private static final int LONGEST = 2048;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(TraceKind.class)
    void theSameSeedMakesTheSameTraceAndAnotherSeedAnother(TraceKind kind) {
        Trace trace = maker(7).make(kind, 40);
        assertSame(trace, maker(7).make(kind, 40));
        assertFalse(Arrays.equals(
                trace.requests().getFirst().prompt(),
                maker(8).make(kind, 40).requests().getFirst().prompt()));
    }

    @ParameterizedTest
    @EnumSource(TraceKind.class)
    void everySequenceFitsAndEveryTokenIsOfTheVocabulary(TraceKind kind) {
        for (int longest : new int[] {16, 100, LONGEST}) {
            Trace trace = new TraceMaker(VOCABULARY, longest, 3).make(kind, 200);
            assertEquals(200, trace.requests().size());
            assertTrue(trace.longest() <= longest, kind + ": " + trace.longest());
            for (TraceRequest request : trace.requests()) {
                assertTrue(Arrays.stream(request.prompt()).allMatch(token -> token > 0 && token < VOCABULARY));
            }
        }
    }

    @Test
    void lengthsHaveTheMeansOfTheirDataSets() {
        Trace chats = new TraceMaker(VOCABULARY, 100_000, 1).make(TraceKind.SHAREGPT, 4000);
        assertEquals(161, chats.promptTokens() / 4000.0, 16);
        assertEquals(338, chats.outputTokens() / 4000.0, 34);
        Trace instructions = new TraceMaker(VOCABULARY, 100_000, 1).make(TraceKind.ALPACA, 4000);
        assertEquals(19, instructions.promptTokens() / 4000.0, 2);
        assertEquals(58, instructions.outputTokens() / 4000.0, 6);
    }

    @Test
    void theLongestSequenceOfADataSetCutsFewOfItsAnswers() {
        Trace chats = maker(1).make(TraceKind.SHAREGPT, 4000);
        assertEquals(338, chats.outputTokens() / 4000.0, 34);
        assertEquals(
                LONGEST / 2,
                chats.requests().stream()
                        .mapToInt(TraceRequest::outputTokens)
                        .max()
                        .orElseThrow());
    }

    @Test
    void kindsDifferInWhatTheyAreFor() {
        List<TraceRequest> shared = maker(1).make(TraceKind.SHARED_PREFIX, 10).requests();
        for (TraceRequest request : shared) {
            assertEquals(-1, Arrays.mismatch(prefix(shared.getFirst()), prefix(request)));
        }
        maker(1).make(TraceKind.PARALLEL, 10).requests().forEach(request -> assertEquals(4, request.n()));
        maker(1).make(TraceKind.LONG_CONTEXT, 10)
                .requests()
                .forEach(request -> assertTrue(request.prompt().length > LONGEST / 4));
    }

    @Test
    void aTraceThatWasWrittenIsReadBack() throws IOException {
        Trace trace = maker(5).make(TraceKind.PARALLEL, 12);
        Path file = folder.resolve("trace.jsonl");
        TraceFile.write(trace, file);
        assertSame(trace, TraceFile.read(file, text -> new int[0]));
    }

    @Test
    void textsBecomeTokens() throws IOException {
        Path file = folder.resolve("trace.jsonl");
        Files.writeString(file, "{\"prompt\": \"abc\", \"max_tokens\": 5}\n\n");
        TraceRequest request =
                TraceFile.read(file, text -> text.chars().toArray()).requests().getFirst();
        assertArrayEquals(new int[] {'a', 'b', 'c'}, request.prompt());
        assertEquals(5, request.outputTokens());
        assertEquals(1, request.n());
    }

    @Test
    void aLineThatIsNoRequestIsNamed() throws IOException {
        for (String line : List.of(
                "{",
                "[]",
                "{\"max_tokens\": 1}",
                "{\"prompt\": [1], \"max_tokens\": 0}",
                "{\"prompt\": [1]}",
                "{\"prompt\": [], \"max_tokens\": 1}",
                "{\"prompt\": [-1], \"max_tokens\": 1}",
                "{\"prompt\": [1], \"max_tokens\": 1, \"temperature\": 2}")) {
            Path file = folder.resolve("trace.jsonl");
            Files.writeString(file, "{\"prompt\": [1], \"max_tokens\": 1}\n" + line + "\n");
            var refused =
                    assertThrows(IllegalArgumentException.class, () -> TraceFile.read(file, text -> new int[0]), line);
            assertTrue(refused.getMessage().contains("trace.jsonl, line 2 "), refused.getMessage());
            assertTrue(refused.getMessage().contains("\"max_tokens\": 16"), refused.getMessage());
        }
    }

    @Test
    void anUnknownNameListsTheTraces() {
        var refused = assertThrows(IllegalArgumentException.class, () -> TraceKind.of("chats"));
        assertTrue(refused.getMessage().contains("sharegpt, alpaca, shared-prefix, parallel, long-context"));
        assertThrows(IllegalArgumentException.class, () -> maker(1).make(TraceKind.ALPACA, 0));
    }

    private static TraceMaker maker(long seed) {
        return new TraceMaker(VOCABULARY, LONGEST, seed);
    }

    private static int[] prefix(TraceRequest request) {
        return Arrays.copyOf(request.prompt(), 512);
    }

    private static void assertSame(Trace expected, Trace actual) {
        assertEquals(expected.requests().size(), actual.requests().size());
        for (int i = 0; i < expected.requests().size(); i++) {
            TraceRequest a = expected.requests().get(i);
            TraceRequest b = actual.requests().get(i);
            assertArrayEquals(a.prompt(), b.prompt());
            assertEquals(a.outputTokens(), b.outputTokens());
            assertEquals(a.n(), b.n());
        }
    }
}
