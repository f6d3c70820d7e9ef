package dev.quire.server.bench.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** All that came over one connection: the head of an answer and its body in chunks (RFC 9112, §7.1). */
final class StreamBytes {
    private static final String BLANK = "\r\n\r\n";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private byte[] copied = new byte[0];

    /** Takes what {@code buffer} holds. */
    void add(ByteBuffer buffer) {
        int count = buffer.remaining();
        if (copied.length < count) {
            copied = new byte[count];
        }
        buffer.get(copied, 0, count);
        bytes.write(copied, 0, count);
    }

    /**
     * Reads the events of the answer.
     *
     * @param choices that the request asked for
     * @param end seconds from sending the request to the end
     * @throws IOException if it is none of status 200, or not whole
     */
    StreamTimes times(int choices, double end) throws IOException {
        String answer =
                bytes.toString(StandardCharsets.ISO_8859_1); // one character for each byte: sizes of chunks count bytes
        int head = answer.indexOf(BLANK);
        if (!answer.startsWith("HTTP/1.1 200") || head < 0) {
            throw new IOException(
                    "the server refused a stream: " + answer.substring(0, Math.min(500, answer.length())));
        }
        CompletionEvents events = new CompletionEvents(choices);
        for (String line : body(answer, head + BLANK.length()).split("\n")) {
            events.line(line, end);
        }
        return events.end(end);
    }

    private static int size(String chunk) throws IOException {
        try {
            return Integer.parseInt(chunk, 16);
        } catch (NumberFormatException e) {
            throw new IOException("the stream has a chunk of '%s' bytes".formatted(chunk), e);
        }
    }

    private static String body(String answer, int start) throws IOException {
        StringBuilder body = new StringBuilder();
        for (int at = start; at < answer.length(); ) {
            int line = answer.indexOf("\r\n", at);
            int size = line < 0 ? -1 : size(answer.substring(at, line));
            int next = line + 2 + size + 2;
            if (size < 0 || next > answer.length()) {
                throw new IOException("the stream broke off after %d bytes".formatted(answer.length()));
            }
            body.append(answer, line + 2, line + 2 + size);
            at = next;
        }
        return body.toString();
    }
}
