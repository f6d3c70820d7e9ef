package dev.quire.core.source;

import java.net.URI;
import java.nio.file.Path;

/** Resolves a model in a process of its own: arguments are the server, the folder and the model. */
final class ResolveProcess {
    private ResolveProcess() {}

    public static void main(String[] args) {
        SourceOptions options = SourceFixture.options(URI.create(args[0]), Path.of(args[1]), SourceFixture.patient());
        System.out.println(new ModelSource(options, DownloadProgress.silent())
                .resolve(args[2])
                .path());
    }
}
