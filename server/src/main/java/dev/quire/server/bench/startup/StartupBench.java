package dev.quire.server.bench.startup;

import dev.quire.server.bench.http.CompletionClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Starts this program again and again, with this JVM's own flags, and waits until it serves. */
public final class StartupBench {
    private static final Pattern SERVING = Pattern.compile("Serving .* at (http://\\S+?)(?:,.*)?");
    private static final int STOP_SECONDS = 30;

    private final List<String> options;

    /** @param options of {@code serve}; the port is any free one */
    public StartupBench(List<String> options) {
        this.options = List.copyOf(options);
    }

    /**
     * Starts a server, asks it for one token, and stops it.
     *
     * @throws IOException if it does not serve, with the last lines that it wrote
     */
    public Start run() throws IOException, InterruptedException {
        double version = version();
        List<String> command = command("serve", "--port", "0", "--host", "localhost");
        command.addAll(options);
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        // Not closed: whoever reads the rest holds its lock until the process has ended, and then it holds nothing.
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        try {
            URI address = address(lines);
            double listening = (System.nanoTime() - start) * 1e-9;
            Thread.ofVirtual().start(() -> drain(lines)); // so that the server never waits for a reader
            try (CompletionClient client = new CompletionClient(address, Optional.empty())) {
                client.firstToken();
            }
            return new Start(version, listening, (System.nanoTime() - start) * 1e-9);
        } finally {
            process.destroy();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private static void drain(BufferedReader lines) {
        try {
            lines.transferTo(Writer.nullWriter());
        } catch (IOException e) {
            return; // a process that is stopped may close the pipe before its end is read
        }
    }

    private static double version() throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command("--version"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException("--version ended with status " + status);
        }
        return (System.nanoTime() - start) * 1e-9;
    }

    private static URI address(BufferedReader lines) throws IOException {
        List<String> said = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher serving = SERVING.matcher(line);
            if (serving.matches()) {
                return URI.create(serving.group(1));
            }
            said.add(line);
        }
        throw new IOException("the server did not start: "
                + String.join(" | ", said.subList(Math.max(0, said.size() - 3), said.size())));
    }

    private static List<String> command(String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-agentlib") && !flag.startsWith("-javaagent"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.quire.server.Main"));
        command.addAll(List.of(args));
        return command;
    }
}
