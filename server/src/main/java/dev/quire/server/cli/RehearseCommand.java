package dev.quire.server.cli;

import dev.quire.core.llm.LlmListener;
import dev.quire.core.source.DownloadProgress;
import dev.quire.server.bench.http.CompletionClient;
import dev.quire.server.http.ServerVerticle;
import dev.quire.server.launch.ModelLauncher;
import dev.quire.server.options.QuireOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves once, to itself. Takes no option from the environment, so that what the JVM notes meanwhile depends on the program alone. */
@Command(
        name = "rehearse",
        hidden = true,
        description = {
            "Serves a small model from a folder on a port of its own, asks it for a completion and a message, and ends.",
            "A JVM that writes an archive of its classes sees here which ones a server loads."
        },
        mixinStandardHelpOptions = true)
final class RehearseCommand implements Callable<Integer> {
    /** For each thing that it waits for: a server that hangs must not keep the one behind it from starting. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final Map<String, String> folders = new HashMap<>();

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "Folder of the model.")
    private Path model;

    /** @param environment of which it takes where caches lie, and nothing else */
    RehearseCommand(Map<String, String> environment) {
        folders.putAll(environment);
        folders.keySet().retainAll(List.of("XDG_CACHE_HOME"));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException {
        QuireOptions options = QuireOptions.from(new JsonObject()
                .put("model", model.toString())
                .put("host", "localhost")
                .put("port", 0)
                .put("kv-cache-memory-bytes", "16MiB"));
        ModelLauncher launcher = new ModelLauncher(options, folders, DownloadProgress.silent());
        ServerVerticle server = new ServerVerticle(options, launcher, LlmListener.NONE);
        Vertx vertx = Vertx.vertx();
        try {
            vertx.deployVerticle(server).await(LONGEST.toSeconds(), TimeUnit.SECONDS);
            URI address = URI.create("http://localhost:" + server.actualPort());
            try (CompletionClient client = new CompletionClient(address, Optional.empty(), LONGEST)) {
                client.firstToken();
                int status = client.message("Hello");
                spec.commandLine().getOut().printf("completion and message, the latter with status %d%n", status);
            }
            return 0;
        } finally {
            vertx.close().await(LONGEST.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
