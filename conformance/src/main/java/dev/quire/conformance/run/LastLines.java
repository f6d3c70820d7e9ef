package dev.quire.conformance.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines of a stream, read on a thread of its own, so that whoever writes to it never waits. */
final class LastLines {
    private static final int LINES = 20;
    private static final int LONGEST = 300;

    private final Deque<String> lines = new ArrayDeque<>();
    private final Thread thread;

    LastLines(Reader from) {
        thread = Thread.ofVirtual().name("output").start(() -> read(from));
    }

    /** The lines, once the stream has ended or {@code millis} have passed. */
    String await(long millis) throws InterruptedException {
        thread.join(millis);
        synchronized (lines) {
            return String.join("\n", lines);
        }
    }

    private void read(Reader from) {
        try (BufferedReader reader = new BufferedReader(from)) {
            String line = reader.readLine();
            while (line != null) {
                keep(line);
                line = reader.readLine();
            }
        } catch (IOException e) {
            keep("(its output ended: " + e.getMessage() + ")");
        }
    }

    private void keep(String line) {
        synchronized (lines) {
            lines.add(line.substring(0, Math.min(LONGEST, line.length())));
            if (lines.size() > LINES) {
                lines.removeFirst();
            }
        }
    }
}
