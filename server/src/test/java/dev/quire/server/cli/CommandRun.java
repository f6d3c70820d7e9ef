package dev.quire.server.cli;

import dev.quire.server.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;

/** A command line that has run, and what it said. */
record CommandRun(int status, String out, String err) {
    /** The arguments that generate one token of the tiny model on a backend, in reproducible numerics. */
    static List<String> oneToken(String backend, String... more) {
        List<String> args =
                new ArrayList<>(List.of("generate", "--model=tiny", "--numerics=reproducible", "--max-tokens=1"));
        args.add("--backend=" + backend);
        args.addAll(List.of(more));
        args.add("Once");
        return args;
    }

    /** In this JVM. */
    static CommandRun of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = QuireCommand.line(Map.of());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        int status = line.execute(args);
        return new CommandRun(status, out.toString(), err.toString());
    }

    /** In a process of its own, whose environment differs from this one's. */
    static CommandRun apart(Map<String, String> environment, List<String> args)
            throws IOException, InterruptedException {
        Process process = start(environment, args);
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
        String out = text(process.getInputStream());
        return new CommandRun(process.waitFor(), out, err.join());
    }

    /** Starts a process; both of its streams must be read. */
    static Process start(Map<String, String> environment, List<String> args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(args);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
