package dev.quire.server.bench.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.server.bench.trace.TraceRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a client makes of streams, and of one that stalls. */
class CompletionClientTest {
    @Test
    void aStreamThatStallsEndsWithHowLongItWasWaitedFor() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> stall(server));
            URI url = URI.create(
                    "http://%s:%d".formatted(server.getInetAddress().getHostAddress(), server.getLocalPort()));
            try (CompletionClient client = new CompletionClient(url, Optional.empty(), Duration.ofSeconds(1))) {
                TraceRequest request = new TraceRequest(new int[] {1}, 2, 1);
                IOException late = assertThrows(IOException.class, () -> client.stream("m", request));
                assertTrue(late.getMessage().contains("did not end within 1000 ms"), late.getMessage());
            }
        }
    }

    /** Begins an answer, and reads until the client goes. */
    private static void stall(ServerSocket server) {
        try (Socket socket = server.accept()) {
            String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {
                continue;
            }
        } catch (IOException e) {
            return; // the client went
        }
    }

    @Test
    void gapsAreThoseWithinAChoiceThoughChoicesComeInTurns() throws IOException {
        CompletionEvents events = new CompletionEvents(2);
        events.line(text(0), 1);
        events.line(text(1), 2);
        events.line(text(0), 4);
        events.line(text(1), 8);
        events.line("data: {\"choices\":[],\"usage\":{\"completion_tokens\":4}}", 8);
        events.line("data: [DONE]", 8);
        StreamTimes times = events.end(9);
        assertEquals(1, times.firstToken());
        assertArrayEquals(
                new double[] {3, 6},
                times.gaps().stream().mapToDouble(gap -> gap).toArray());
        assertEquals(8, times.perOutputToken()); // the second token of each
    }

    private static String text(int choice) {
        return "data: {\"choices\":[{\"index\":%d,\"text\":\"a\"}]}".formatted(choice);
    }
}
