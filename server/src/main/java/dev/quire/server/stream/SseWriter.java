package dev.quire.server.stream;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/**
 * A stream of {@code data:} events that ends with {@code data: [DONE]}, as OpenAI's clients read it. Used on the response's Vert.x context.
 *
 * <p>A client that does not read fills the connection's write queue. From then on tokens are counted; past the bound the writer
 * {@linkplain #overrun() reports} it, and the caller gives the stream up. The count starts anew whenever the queue has drained.
 */
public final class SseWriter {
    private static final Buffer DONE = Buffer.buffer("data: [DONE]\n\n");

    private final HttpServerResponse response;
    private final int maxUnreadTokens;
    private int unreadTokens;

    /**
     * @param response not begun
     * @param maxUnreadTokens how many tokens may be written while the queue is full
     */
    public SseWriter(HttpServerResponse response, int maxUnreadTokens) {
        this.response = response;
        this.maxUnreadTokens = maxUnreadTokens;
    }

    /** Sends an event that carries {@code tokens} tokens; the head goes out with the first. Does nothing once the client has gone. */
    public void send(JsonObject event, int tokens) {
        send(event.encode(), tokens);
    }

    /**
     * The same with an event that is written out.
     *
     * @param event JSON on one line
     */
    public void send(String event, int tokens) {
        if (response.closed()) {
            return;
        }
        if (!response.headWritten()) {
            response.setChunked(true)
                    .putHeader("Content-Type", "text/event-stream; charset=utf-8")
                    .putHeader("Cache-Control", "no-cache")
                    .putHeader("X-Accel-Buffering", "no");
        }
        unreadTokens = response.writeQueueFull() ? unreadTokens + tokens : 0;
        response.write(Buffer.buffer("data: " + event + "\n\n"));
    }

    /** Whether the client has left more unread than it may. */
    public boolean overrun() {
        return unreadTokens > maxUnreadTokens;
    }

    /** Whether an event has been sent. */
    public boolean begun() {
        return response.headWritten();
    }

    /** Sends {@code [DONE]} and ends the response. */
    public void done() {
        if (!response.closed() && !response.ended()) {
            response.end(DONE);
        }
    }
}
