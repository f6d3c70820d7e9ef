package dev.quire.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.server.bench.http.CompletionClient;
import dev.quire.server.bench.http.Load;
import dev.quire.server.bench.http.LoadBench;
import dev.quire.server.bench.trace.Trace;
import dev.quire.server.bench.trace.TraceKind;
import dev.quire.server.bench.trace.TraceMaker;
import dev.quire.server.bench.trace.TraceRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Load on a real server. */
class BenchServeTest {
    @Test
    void everyRequestOfATraceIsAnsweredWithItsWholeLength() throws Exception {
        Trace trace = new TraceMaker(200, 64, 3).make(TraceKind.PARALLEL, 6);
        try (RunningServer server = RunningServer.start();
                CompletionClient client = new CompletionClient(URI.create(server.url() + "/v1"), Optional.empty())) {
            Load load = new LoadBench(client, client.firstModel(), 3, 1).run(trace, 200);
            assertEquals(List.of(), load.failures());
            assertEquals(6, load.answers().size());
            for (int i = 0; i < 6; i++) {
                TraceRequest request = trace.requests().get(i);
                assertEquals(
                        request.n() * request.outputTokens(),
                        load.answers().get(i).outputTokens());
                assertTrue(load.answers().get(i).end() >= load.answers().get(i).firstToken());
            }
        }
    }

    @Test
    void requestsThatAreRefusedAreCountedWithTheReasonAndNoneAnsweredIsAnError() throws Exception {
        TraceRequest fits = new TraceRequest(new int[] {5, 6}, 4, 1);
        TraceRequest unknownToken = new TraceRequest(new int[] {1_000_000}, 4, 1);
        try (RunningServer server = RunningServer.start();
                CompletionClient client = new CompletionClient(URI.create(server.url()), Optional.empty())) {
            LoadBench bench = new LoadBench(client, client.firstModel(), 1, 1);
            Load load = bench.run(new Trace("mixed", List.of(fits, unknownToken)), Double.POSITIVE_INFINITY);
            assertEquals(1, load.answers().size());
            assertTrue(
                    load.failures().getFirst().startsWith("status 400: "),
                    load.failures().toString());
            var failed =
                    assertThrows(IOException.class, () -> bench.run(new Trace("wrong", List.of(unknownToken)), 10));
            assertTrue(failed.getMessage().contains("the first failed: status 400"), failed.getMessage());
        }
    }

    @Test
    void aServerThatWantsAKeyGetsIt() throws Exception {
        try (RunningServer server = RunningServer.with("api-key", "secret");
                CompletionClient with = new CompletionClient(URI.create(server.url()), Optional.of("secret"));
                CompletionClient without = new CompletionClient(URI.create(server.url()), Optional.empty())) {
            assertEquals(RunningServer.MODEL, with.firstModel());
            var refused = assertThrows(IOException.class, without::firstModel);
            assertTrue(refused.getMessage().contains("status 401"), refused.getMessage());
        }
    }

    @Test
    void whereNothingListensTheMessageNamesTheAddress() {
        try (CompletionClient client = new CompletionClient(URI.create("http://localhost:1"), Optional.empty())) {
            var refused = assertThrows(IOException.class, client::firstModel);
            assertTrue(refused.getMessage().contains("nothing answers at http://localhost:1"), refused.getMessage());
        }
    }
}
