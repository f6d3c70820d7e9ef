package dev.quire.core.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A real web server on this machine whose faults a test chooses, and that remembers what it was asked. */
final class WebServer implements AutoCloseable {
    /** How the server treats its next answers with a body. */
    enum Fault {
        NONE,
        /** Sends half of what is left, then hangs up. */
        HANG_UP_MIDWAY,
        /** Sends everything from the first byte, whatever was asked for. */
        IGNORE_RANGE,
        /** Changes the last byte. */
        WRONG_BYTES,
        /** Sends half, then nothing, and keeps the connection. */
        FALL_SILENT,
        /** Answers 503. */
        BUSY
    }

    /** What was asked. */
    record Asked(String method, String path, Optional<String> range, Optional<String> authorization) {}

    /** What lies at a path. */
    record Content(int status, Map<String, String> headers, byte[] body) {}

    final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final Map<String, Content> contents = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger faultsLeft = new AtomicInteger();
    private final HttpServer server;
    private volatile Fault fault = Fault.NONE;

    WebServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    WebServer put(String path, byte[] body) {
        return put(path, 200, Map.of(), body);
    }

    WebServer put(String path, int status, Map<String, String> headers, byte[] body) {
        contents.put(path, new Content(status, headers, body));
        return this;
    }

    /** The next {@code times} answers to GET have the fault. */
    WebServer fail(Fault fault, int times) {
        this.fault = fault;
        faultsLeft.set(times);
        return this;
    }

    long count(String method, String path) {
        return asked.stream()
                .filter(a -> a.method().equals(method) && a.path().equals(path))
                .count();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        Optional<String> range =
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"));
        asked.add(new Asked(
                exchange.getRequestMethod(),
                path,
                range,
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))));
        Content content = contents.getOrDefault(path, new Content(404, Map.of(), "nothing here".getBytes()));
        content.headers().forEach(exchange.getResponseHeaders()::set);
        try (exchange) {
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.body().length));
                exchange.sendResponseHeaders(content.status(), -1);
            } else {
                boolean faulty = content.status() == 200 && faultsLeft.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
                send(exchange, content, range, faulty ? fault : Fault.NONE);
            }
        }
    }

    private void send(HttpExchange exchange, Content content, Optional<String> range, Fault now) throws IOException {
        if (now == Fault.BUSY) {
            exchange.sendResponseHeaders(503, -1);
            return;
        }
        byte[] body = content.body().clone();
        if (now == Fault.WRONG_BYTES) {
            body[body.length - 1] ^= 1;
        }
        boolean part = range.isPresent() && content.status() == 200 && now != Fault.IGNORE_RANGE;
        int from = part ? Integer.parseInt(range.get().replaceAll("\\D", "")) : 0;
        if (part) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes %d-%d/%d".formatted(from, body.length - 1, body.length));
        }
        int length = body.length - from;
        exchange.sendResponseHeaders(part ? 206 : content.status(), length == 0 ? -1 : length);
        boolean half = now == Fault.HANG_UP_MIDWAY || now == Fault.FALL_SILENT;
        OutputStream out = exchange.getResponseBody();
        out.write(body, from, half ? length / 2 : length);
        out.flush();
        if (now == Fault.FALL_SILENT) {
            awaitClosing();
        }
    }

    private void awaitClosing() throws IOException {
        try {
            closing.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
