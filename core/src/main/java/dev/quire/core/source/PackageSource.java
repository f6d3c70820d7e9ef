package dev.quire.core.source;

import dev.quire.core.source.ModelReference.PythonPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Takes GGUF files out of Python packages: out of one wheel, or put together from the pieces in the packages that a wheel requires. Nothing of
 * a package is run.
 */
final class PackageSource {
    private final SourceOptions options;
    private final DownloadProgress progress;
    private final PackageCache cache;

    PackageSource(SourceOptions options, DownloadProgress progress) {
        this.options = options;
        this.progress = progress;
        this.cache = new PackageCache(options.packages().cache());
    }

    PackageCache cache() {
        return cache;
    }

    /** Fetches {@code reference} in the version asked for, else the latest one. */
    ModelFiles fetch(PythonPackage reference) {
        try (Http http = new Http(options.network())) {
            PackageIndex index = new PackageIndex(http, options.packages());
            Downloader downloader = new Downloader(http, options.network(), progress);
            WheelLink wheel = choose(reference, index);
            try (FileGate _ =
                    FileGate.enter(cache.lock(wheel.name(), wheel.version().text()))) {
                Optional<ModelFiles> present = cache.in(cache.folder(wheel), reference);
                return present.isPresent() ? present.get() : unpack(reference, wheel, index, downloader);
            }
        } catch (IOException e) {
            throw new ModelSourceException("%s cannot be had: %s".formatted(reference, Failures.text(e)), e);
        }
    }

    private ModelFiles unpack(PythonPackage reference, WheelLink wheel, PackageIndex index, Downloader downloader)
            throws IOException {
        Path folder = cache.folder(wheel);
        Files.createDirectories(folder);
        List<Path> fetched = new ArrayList<>();
        Path file = wheel(wheel, folder, index, downloader, fetched);
        Path gguf;
        try (Wheel opened = Wheel.open(file)) {
            List<Wheel.Part> whole = opened.whole();
            if (whole.isEmpty()) {
                gguf = join(reference, wheel, opened, folder, index, downloader, fetched);
            } else {
                Wheel.Part part = one(reference, whole);
                gguf = new GgufAssembly(folder.resolve(part.name()))
                        .add(opened, part)
                        .finish(opened.checksum(part.name()));
            }
        }
        for (Path used : fetched) {
            Files.delete(used);
        }
        return new ModelFiles.GgufFile(gguf);
    }

    /** Puts a file together from the pieces in the packages that {@code main} requires. */
    private Path join(
            PythonPackage reference,
            WheelLink wheel,
            Wheel main,
            Path folder,
            PackageIndex index,
            Downloader downloader,
            List<Path> fetched)
            throws IOException {
        List<Path> wheels = new ArrayList<>();
        for (PythonPackage required : main.requirements()) {
            wheels.add(wheel(choose(required, index), folder, index, downloader, fetched));
        }
        return new GgufPieces(wheel.file(), reference, main, wheels).join(folder);
    }

    private Path wheel(WheelLink wheel, Path folder, PackageIndex index, Downloader downloader, List<Path> fetched) {
        if (wheel.isLocal()) {
            return Path.of(wheel.address());
        }
        Path file = folder.resolve(wheel.file());
        Downloader.Wanted wanted = new Downloader.Wanted(
                wheel.file(), wheel.address(), index.headers(wheel), file, wheel.size(), wheel.sha256());
        downloader.fetch(wanted, cache.lock(wheel.file(), "wheel"));
        fetched.add(file);
        return file;
    }

    private WheelLink choose(PythonPackage reference, PackageIndex index) {
        Optional<WheelLink> local = best(reference, PackageIndex.local(options.packages(), reference.name()));
        if (local.isPresent()) {
            return local.get();
        }
        if (options.network().isOffline()) {
            throw new ModelSourceException(
                    "%s is not in %s, and downloads are off. Switch them on, or name a folder with its wheel as PIP_FIND_LINKS."
                            .formatted(reference, options.packages().cache()));
        }
        List<WheelLink> offered = index.remote(reference.name());
        return best(reference, offered)
                .orElseThrow(() -> new ModelSourceException("No wheel fits %s; versions offered: %s"
                        .formatted(
                                reference,
                                offered.stream()
                                        .map(w -> w.version().text())
                                        .distinct()
                                        .toList())));
    }

    private static Optional<WheelLink> best(PythonPackage reference, List<WheelLink> offered) {
        if (reference.version().isPresent()) {
            PackageVersion wanted = new PackageVersion(reference.version().get());
            return offered.stream()
                    .filter(wheel -> wheel.version().isSame(wanted))
                    .findFirst();
        }
        return offered.stream()
                .filter(wheel -> !wheel.yanked() && wheel.version().isFinal())
                .max(Comparator.comparing(WheelLink::version));
    }

    private static Wheel.Part one(PythonPackage reference, List<Wheel.Part> whole) {
        List<Wheel.Part> named = whole.stream()
                .filter(part ->
                        reference.file().isEmpty() || reference.file().get().equals(part.name()))
                .toList();
        if (named.size() != 1) {
            throw new ModelSourceException(
                    "%s names %d GGUF files of its package; choose one, as in pypi:%s/%s. It has: %s"
                            .formatted(
                                    reference,
                                    named.size(),
                                    reference.name(),
                                    whole.getFirst().name(),
                                    RepositoryFiles.shown(
                                            whole.stream().map(Wheel.Part::name).toList())));
        }
        return named.getFirst();
    }
}
