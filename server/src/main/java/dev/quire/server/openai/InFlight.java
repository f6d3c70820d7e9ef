package dev.quire.server.openai;

import dev.quire.server.contract.ApiException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** The exchanges that are being answered, and whether new ones may begin. Safe from any thread. */
public final class InFlight {
    private final Set<Exchange> exchanges = new HashSet<>();
    private final Promise<Void> drained = Promise.promise();
    private boolean draining;

    /** @throws ApiException of kind UNAVAILABLE once the server is shutting down */
    synchronized void begin(Exchange exchange) {
        if (draining) {
            throw ApiException.of(
                    ApiException.Kind.UNAVAILABLE, "The server is shutting down; send the request to another one.");
        }
        exchanges.add(exchange);
    }

    synchronized void end(Exchange exchange) {
        exchanges.remove(exchange);
        if (draining && exchanges.isEmpty()) {
            drained.tryComplete();
        }
    }

    /** How many there are. */
    public synchronized int count() {
        return exchanges.size();
    }

    /** Whether new ones are refused. */
    public synchronized boolean isDraining() {
        return draining;
    }

    /** Refuses new exchanges, and ends those that have not ended within {@code atMost}; completes when there are none. */
    public Future<Void> drain(Vertx vertx, Duration atMost) {
        Future<Void> ended = refuseNew();
        if (ended.isComplete()) {
            return ended;
        }
        long timer = vertx.setTimer(Math.max(1, atMost.toMillis()), late -> cancelAll());
        return ended.onComplete(end -> vertx.cancelTimer(timer));
    }

    private synchronized Future<Void> refuseNew() {
        draining = true;
        if (exchanges.isEmpty()) {
            drained.tryComplete();
        }
        return drained.future();
    }

    private void cancelAll() {
        Set<Exchange> running;
        synchronized (this) {
            running = Set.copyOf(exchanges);
        }
        running.forEach(Exchange::cancel);
    }
}
