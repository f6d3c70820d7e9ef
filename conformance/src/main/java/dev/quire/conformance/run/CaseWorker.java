package dev.quire.conformance.run;

import dev.quire.api.json.Json;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.report.ReportJson;
import dev.quire.conformance.report.Verdict;
import dev.quire.conformance.report.VerdictJson;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The main class of the JVM that runs cases: it says what it found, then answers each name with a verdict. */
final class CaseWorker {
    private CaseWorker() {}

    /** Socket, cache folder, then the arguments of the run. */
    public static void main(String[] args) throws IOException {
        Runtime jvm = Runtime.getRuntime();
        ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(() -> jvm.halt(1)));
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(Path.of(args[0])));
                BufferedReader in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
                BufferedWriter out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8))) {
            List<String> arguments = Arrays.asList(args).subList(2, args.length);
            work(Arguments.parse("", arguments).options(), Path.of(args[1]), in, out);
        }
        jvm.halt(0); // a backend's threads may still run
    }

    private static void work(RunOptions options, Path cache, BufferedReader in, BufferedWriter out) throws IOException {
        Optional<BackendChoice> found = find(options, cache, out);
        if (found.isPresent()) {
            try (BackendChoice choice = found.get()) {
                serve(options, choice, in, out);
            }
        }
    }

    /** Opens the backend once, and says what it is; says why it is refused if it cannot be opened. */
    private static Optional<BackendChoice> find(RunOptions options, Path cache, BufferedWriter out) throws IOException {
        try {
            BackendChoice choice = BackendChoice.of(options, cache);
            try {
                say(out, ReportJson.subject(choice.subject(options)));
            } catch (RuntimeException | LinkageError | IOException e) {
                choice.close();
                throw e;
            }
            return Optional.of(choice);
        } catch (RuntimeException | LinkageError e) {
            String why = e instanceof UsageException
                    ? e.getMessage()
                    : "backend '%s' cannot be opened: %s".formatted(options.backend(), described(e));
            say(out, new Json.JsonObject(Map.of("refused", new Json.JsonString(why))));
            return Optional.empty();
        }
    }

    /** Runs the cases that are asked for, until none is. */
    private static void serve(RunOptions options, BackendChoice choice, BufferedReader in, BufferedWriter out)
            throws IOException {
        CaseContext context = new CaseContext(choice::open, options.numerics(), options.profile());
        Map<String, ConformanceCase> cases = new HashMap<>();
        CaseSelection.of(options).forEach(one -> cases.put(one.name(), one));
        String name = in.readLine();
        while (name != null) {
            say(out, new Json.JsonObject(VerdictJson.members(verdict(cases.get(name), context))));
            name = in.readLine();
        }
    }

    /** What a case says, or what it threw: everything that can be caught must not end the run. */
    private static Verdict verdict(ConformanceCase one, CaseContext context) {
        try {
            return one.run(context);
        } catch (Throwable e) {
            e.printStackTrace();
            return Verdict.error(described(e));
        }
    }

    private static String described(Throwable e) {
        StringBuilder text = new StringBuilder(e.toString());
        if (e.getStackTrace().length > 0) {
            text.append(", at ").append(e.getStackTrace()[0]);
        }
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            text.append("; because of ").append(cause);
        }
        return text.toString();
    }

    private static void say(BufferedWriter out, Json answer) throws IOException {
        out.write(answer.line());
        out.write('\n');
        out.flush();
    }
}
