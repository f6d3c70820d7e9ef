package dev.quire.core.source;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Fetches files, each into {@code NAME.part} beside its place until it is whole and its checksum is right. What an interruption left is
 * gone on with, also by a later process. Safe from any thread; two that want the same file wait for one another.
 */
final class Downloader {
    private final Http http;
    private final SourceOptions.Network network;
    private final DownloadProgress progress;

    Downloader(Http http, SourceOptions.Network network, DownloadProgress progress) {
        this.http = http;
        this.network = network;
        this.progress = progress;
    }

    /**
     * A file to fetch.
     *
     * @param name for people
     * @param size if it is known beforehand
     * @param checksum if the server gives one
     */
    record Wanted(
            String name,
            URI from,
            Map<String, String> headers,
            Path to,
            OptionalLong size,
            Optional<Checksum> checksum) {
        Path part() {
            return to.resolveSibling(to.getFileName() + ".part");
        }
    }

    /**
     * Fetches {@code wanted}, unless it is there.
     *
     * @param lock held meanwhile
     * @throws ModelSourceException if it cannot be had; what has come is kept, unless it is wrong
     */
    void fetch(Wanted wanted, Path lock) {
        try (FileGate _ = FileGate.enter(lock)) {
            if (!Files.exists(wanted.to())) {
                Files.createDirectories(wanted.to().getParent());
                fetchWhole(wanted);
            }
        } catch (IOException e) {
            throw failure(wanted, e);
        }
    }

    private void fetchWhole(Wanted wanted) throws IOException {
        Transfer transfer = new Transfer(http, network, progress, wanted);
        int failures = 0;
        while (true) {
            long before = present(wanted);
            try {
                transfer.goOn();
                if (isRight(wanted, before)) {
                    Files.move(wanted.part(), wanted.to(), StandardCopyOption.ATOMIC_MOVE);
                    progress.finished(wanted.name());
                    return;
                }
            } catch (IOException e) {
                failures = present(wanted) > before ? 1 : failures + 1;
                if (failures >= network.attempts() || isFinal(e)) {
                    throw e;
                }
                pause(failures);
            }
        }
    }

    /** Whether the whole part has its checksum; a part that was gone on with and is wrong is dropped, to be fetched anew. */
    private static boolean isRight(Wanted wanted, long resumedAt) throws IOException {
        if (wanted.checksum().isEmpty()) {
            return true;
        }
        String expected = wanted.checksum().get().hex();
        String found = wanted.checksum().get().of(wanted.part());
        if (found.equals(expected)) {
            return true;
        }
        Files.delete(wanted.part());
        if (resumedAt > 0) {
            return false;
        }
        throw new ModelSourceException(
                "%s from %s is damaged: its checksum is %s, not %s. It was deleted; try again, and if that fails look for a proxy that changes downloads."
                        .formatted(wanted.name(), wanted.from(), found, expected));
    }

    private static boolean isFinal(IOException e) {
        return e instanceof InterruptedIOException && Thread.currentThread().isInterrupted();
    }

    private void pause(int failures) throws IOException {
        try {
            Thread.sleep(network.retryDelay().multipliedBy(1L << Math.min(failures - 1, 6)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Http.interrupted(e);
        }
    }

    private static long present(Wanted wanted) throws IOException {
        return Files.exists(wanted.part()) ? Files.size(wanted.part()) : 0;
    }

    private static ModelSourceException failure(Wanted wanted, IOException e) {
        String kept = "";
        if (Files.exists(wanted.part())) {
            long bytes = wanted.part().toFile().length();
            kept = " %d bytes are kept in %s: run it again to go on from there.".formatted(bytes, wanted.part());
        }
        return new ModelSourceException(
                "%s could not be downloaded from %s: %s.%s"
                        .formatted(wanted.name(), wanted.from(), Failures.text(e), kept),
                e);
    }
}
