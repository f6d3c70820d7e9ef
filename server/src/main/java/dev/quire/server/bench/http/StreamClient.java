package dev.quire.server.bench.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quire.server.bench.trace.Trace;
import dev.quire.server.bench.trace.TraceRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Reads many streamed completions at once on the calling thread, as cheaply as a client can: bytes are kept as they come, and looked at when the last
 * stream has ended. For measuring a server that shares its processors with its client. Used by one thread at a time.
 */
public final class StreamClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(10);
    private static final int READ_BYTES = 1 << 16;

    private final InetSocketAddress address;
    private final String model;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);

    /** @param model the name to ask for */
    public StreamClient(InetSocketAddress address, String model) {
        this.address = address;
        this.model = model;
    }

    /**
     * What streams took.
     *
     * @param seconds from the first connection to the end of the last stream
     * @param clientSeconds processor time of the client's thread in them
     * @param outputTokens of all answers, as the server counts them
     */
    public record Streams(double seconds, double clientSeconds, long outputTokens) {}

    /**
     * Sends all requests at once and reads their answers to the end.
     *
     * @param salt requests share cached prefixes with those of the same salt only
     * @throws IOException if the server refuses one, breaks off, or says nothing for ten minutes
     */
    public Streams run(Trace trace, String salt) throws IOException {
        List<ByteBuffer> posts = new ArrayList<>();
        for (TraceRequest request : trace.requests()) {
            posts.add(post(request, salt));
        }
        List<StreamBytes> streams = new ArrayList<>();
        long cpu = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        try (Selector selector = Selector.open()) {
            try {
                for (ByteBuffer post : posts) {
                    streams.add(open(selector, post));
                }
                read(selector, streams.size());
            } finally {
                for (SelectionKey key : selector.keys()) {
                    key.channel().close();
                }
            }
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        double client = (threads.getCurrentThreadCpuTime() - cpu) * 1e-9;
        long tokens = 0;
        for (int i = 0; i < streams.size(); i++) {
            int choices = trace.requests().get(i).n();
            tokens += streams.get(i).times(choices, seconds).outputTokens();
        }
        return new Streams(seconds, client, tokens);
    }

    private StreamBytes open(Selector selector, ByteBuffer post) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        StreamBytes stream = new StreamBytes();
        try {
            while (post.hasRemaining()) {
                channel.write(post);
            }
            channel.configureBlocking(false).register(selector, SelectionKey.OP_READ, stream);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return stream;
    }

    private void read(Selector selector, int streams) throws IOException {
        int running = streams;
        while (running > 0) {
            int ready = selector.select(LONGEST_SILENCE.toMillis());
            if (Thread.interrupted()) {
                throw new InterruptedIOException("%d of %d streams have not ended".formatted(running, streams));
            }
            if (ready == 0) {
                throw new IOException("%d of %d streams have not ended, and the server has said nothing for %d minutes"
                        .formatted(running, streams, LONGEST_SILENCE.toMinutes()));
            }
            for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
                SelectionKey key = keys.next();
                keys.remove();
                SocketChannel channel = (SocketChannel) key.channel();
                int count = channel.read(buffer.clear());
                if (count < 0) {
                    channel.close();
                    running--;
                } else {
                    ((StreamBytes) key.attachment()).add(buffer.flip());
                }
            }
        }
    }

    private ByteBuffer post(TraceRequest request, String salt) {
        ObjectNode body =
                CompletionClient.body(model, request).put("cache_salt", salt).put("seed", 1);
        byte[] json = body.toString().getBytes(StandardCharsets.UTF_8);
        String head = """
                POST /v1/completions HTTP/1.1\r
                Host: %s:%d\r
                Content-Type: application/json\r
                Content-Length: %d\r
                Connection: close\r
                \r
                """.formatted(address.getHostString(), address.getPort(), json.length);
        byte[] start = head.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(start.length + json.length)
                .put(start)
                .put(json)
                .flip();
    }
}
