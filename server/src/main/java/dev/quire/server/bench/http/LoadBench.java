package dev.quire.server.bench.http;

import dev.quire.server.bench.trace.Trace;
import dev.quire.server.bench.trace.TraceRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Sends a trace to a server, each request by a virtual thread of its own at its time of arrival. */
public final class LoadBench {
    private final CompletionClient client;
    private final String model;
    private final int maxConcurrency;
    private final long seed;

    /**
     * @param client stays the caller's
     * @param maxConcurrency requests under way at once; others wait at the client, and their times begin when they are sent
     * @param seed of arrivals
     * @throws IllegalArgumentException if no request may be under way
     */
    public LoadBench(CompletionClient client, String model, int maxConcurrency, long seed) {
        if (maxConcurrency < 1) {
            throw new IllegalArgumentException(
                    "--max-concurrency is %d; at least 1 is needed".formatted(maxConcurrency));
        }
        this.client = client;
        this.model = model;
        this.maxConcurrency = maxConcurrency;
        this.seed = seed;
    }

    /**
     * Runs the whole trace.
     *
     * @param rate requests per second; infinite for all at once
     * @throws IOException if not one request was answered, with what was said of the first
     * @throws IllegalArgumentException if the rate is not positive
     */
    public Load run(Trace trace, double rate) throws IOException, InterruptedException {
        if (!(rate > 0)) {
            throw new IllegalArgumentException(
                    "--request-rate has %s; give numbers greater than 0, or inf".formatted(rate));
        }
        double[] arrivals = Arrivals.poisson(trace.requests().size(), rate, seed);
        Semaphore free = new Semaphore(maxConcurrency);
        List<StreamTimes> answers = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<StreamTimes>> all = new ArrayList<>();
            for (int i = 0; i < arrivals.length; i++) {
                TraceRequest request = trace.requests().get(i);
                long due = start + (long) (arrivals[i] * 1e9);
                all.add(threads.submit(() -> {
                    Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
                    free.acquire();
                    try {
                        return client.stream(model, request);
                    } finally {
                        free.release();
                    }
                }));
            }
            for (Future<StreamTimes> each : all) {
                try {
                    answers.add(each.get());
                } catch (ExecutionException e) {
                    failures.add(String.valueOf(e.getCause().getMessage()));
                }
            }
        }
        if (answers.isEmpty()) {
            throw new IOException("no request was answered; the first failed: " + failures.getFirst());
        }
        return new Load(rate, (System.nanoTime() - start) * 1e-9, answers, failures);
    }
}
