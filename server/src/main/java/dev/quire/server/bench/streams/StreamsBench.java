package dev.quire.server.bench.streams;

import dev.quire.core.llm.Llm;
import dev.quire.server.bench.engine.Replay;
import dev.quire.server.bench.http.StreamClient;
import dev.quire.server.bench.http.StreamClient.Streams;
import dev.quire.server.bench.trace.Trace;
import dev.quire.server.http.ServerVerticle;
import dev.quire.server.options.QuireOptions;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Runs a trace through one engine, without HTTP and text, and as streams of the server over the same engine, in turns. */
public final class StreamsBench implements AutoCloseable {
    private final Llm llm;
    private final Trace trace;
    private final Consumer<String> progress;
    private final Vertx vertx = Vertx.vertx();
    private final StreamClient client;

    /**
     * Starts the server, on a free port of this machine alone.
     *
     * @param llm stays the caller's
     * @param options that it was loaded by
     * @param progress hears what runs next
     */
    public StreamsBench(Llm llm, QuireOptions options, Trace trace, Consumer<String> progress) {
        this.llm = llm;
        this.trace = trace;
        this.progress = progress;
        try {
            ServerVerticle server = new ServerVerticle(options.local(), llm);
            vertx.deployVerticle(server).await();
            InetSocketAddress address =
                    new InetSocketAddress(options.local().http().host(), server.actualPort());
            client = new StreamClient(address, options.model().servedNames().getFirst());
        } catch (Throwable e) { // await throws what failed, checked or not
            vertx.close().await();
            throw e;
        }
    }

    /**
     * Runs the trace once each way to warm up, and then {@code rounds} times.
     *
     * @throws IOException if a stream is refused or breaks off
     * @throws IllegalArgumentException if {@code rounds} is not positive
     * @throws IllegalStateException if the server has generated other counts of tokens than the trace asks for
     */
    public List<StreamsRound> run(int rounds) throws IOException {
        if (rounds < 1) {
            throw new IllegalArgumentException("--rounds is %d; at least 1 is needed".formatted(rounds));
        }
        List<StreamsRound> measured = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
            progress.accept(round == 0 ? "warming up" : "round %d of %d".formatted(round, rounds));
            StreamsRound took = round("round " + round);
            if (round > 0) {
                measured.add(took);
            }
        }
        return measured;
    }

    private StreamsRound round(String salt) throws IOException {
        long start = System.nanoTime();
        new Replay(llm.engine(), "engine, " + salt).atOnce(trace.requests());
        double engine = (System.nanoTime() - start) * 1e-9;
        Streams streams = client.run(trace, "streams, " + salt);
        if (streams.outputTokens() != trace.outputTokens()) {
            throw new IllegalStateException("the streams had %d tokens, but the trace asks for %d"
                    .formatted(streams.outputTokens(), trace.outputTokens()));
        }
        return new StreamsRound(engine, streams.seconds(), streams.clientSeconds());
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
