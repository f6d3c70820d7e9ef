package dev.quire.conformance.run;

import dev.quire.api.json.Json;
import dev.quire.api.json.JsonFields;
import dev.quire.conformance.report.ReportJson;
import dev.quire.conformance.report.Subject;
import dev.quire.conformance.report.Verdict;
import dev.quire.conformance.report.VerdictJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM that runs cases ({@link CaseWorker}), as its parent sees it. The two talk over a socket, so that what backends print disturbs nothing: a
 * name a line one way, a line of JSON the other. One thread uses it.
 */
final class CaseProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(10);
    private static final Duration END_LIMIT = Duration.ofSeconds(30);
    private static final long OUTPUT_MILLIS = 10_000;

    private final Process process;
    private final LastLines output;
    private final ServerSocketChannel server;
    private final BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();
    private volatile Optional<SocketChannel> channel = Optional.empty();

    private CaseProcess(Process process, ServerSocketChannel server) {
        this.process = process;
        this.server = server;
        this.output = new LastLines(process.inputReader());
        Thread.ofVirtual().name("answers").start(this::read);
        process.onExit().thenRun(() -> close(server));
    }

    /** Starts one. {@code folder} is its own: for its socket, and for what it leaves when it crashes. */
    static CaseProcess start(RunOptions options, Path folder, Path cache) throws IOException {
        Path socket = folder.resolve("socket");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        List<String> arguments = new ArrayList<>(List.of(socket.toString(), cache.toString()));
        arguments.addAll(options.arguments());
        return new CaseProcess(ChildJvm.start(CaseWorker.class, arguments, folder), server);
    }

    /**
     * What it found under test.
     *
     * @throws UsageException if it cannot open what was asked for
     */
    Subject subject() throws LostException, InterruptedException {
        JsonFields greeting = fields(answer("the backend was opened", START_LIMIT));
        if (greeting.has("refused")) {
            throw new UsageException(greeting.text("refused"));
        }
        return ReportJson.subject(greeting);
    }

    /** Runs a case; afterwards, unless it threw, the process is ready for the next. */
    Verdict run(String name, Duration limit) throws LostException, InterruptedException {
        try {
            ByteBuffer line = StandardCharsets.UTF_8.encode(name + "\n");
            while (line.hasRemaining()) {
                channel.orElseThrow().write(line);
            }
        } catch (IOException e) {
            throw lost("the JVM could not be asked (%s)".formatted(e.getMessage()));
        }
        return VerdictJson.read(fields(answer("a result", limit)));
    }

    private static JsonFields fields(String line) {
        return JsonFields.of(Json.parse(line), "answer");
    }

    private String answer(String what, Duration limit) throws LostException, InterruptedException {
        Optional<String> answer = answers.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (answer == null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
            throw new LostException(
                    "hung: no sign of %s within %d s; its JVM was killed".formatted(what, limit.toSeconds()),
                    output.await(OUTPUT_MILLIS));
        }
        if (answer.isEmpty()) {
            throw lost("crashed");
        }
        return answer.get();
    }

    private LostException lost(String how) throws InterruptedException {
        if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().onExit().join();
        }
        return new LostException(
                "%s: its JVM ended %s".formatted(how, ExitStatus.text(process.exitValue())),
                output.await(OUTPUT_MILLIS));
    }

    private void read() {
        try (SocketChannel accepted = server.accept();
                BufferedReader reader = new BufferedReader(Channels.newReader(accepted, StandardCharsets.UTF_8))) {
            channel = Optional.of(accepted);
            String line = reader.readLine();
            while (line != null) {
                answers.add(Optional.of(line));
                line = reader.readLine();
            }
            answers.add(Optional.empty());
        } catch (IOException e) {
            answers.add(Optional.empty()); // the process ended: who waits for the answer says how
        }
    }

    private static void close(ServerSocketChannel server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
        close(server);
    }
}
