package dev.quire.core.source;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Keeps the GGUF files of packages as {@code name/version/file.gguf}; a file that is there is whole. */
final class PackageCache {
    private final Path root;

    PackageCache(Path root) {
        this.root = root;
    }

    Path folder(WheelLink wheel) {
        return root.resolve(wheel.name()).resolve(wheel.version().text());
    }

    Path lock(String name, String version) {
        return root.resolve(".locks").resolve(name + "-" + version + ".lock");
    }

    /** The file, if it is on disk: of the version asked for, else of the latest one there. */
    Optional<ModelFiles> find(ModelReference.PythonPackage reference) {
        return versions(reference.name()).stream()
                .filter(folder -> reference.version().isEmpty()
                        || version(folder)
                                .isSame(new PackageVersion(reference.version().get())))
                .flatMap(folder -> in(folder, reference).stream())
                .findFirst();
    }

    /** The file in {@code folder}: the one that was named, or the only one. */
    Optional<ModelFiles> in(Path folder, ModelReference.PythonPackage reference) {
        if (reference.file().isPresent()) {
            return Optional.of(folder.resolve(reference.file().get()))
                    .filter(Files::isRegularFile)
                    .map(ModelFiles.GgufFile::new);
        }
        List<Path> ggufs = HubCache.ggufs(folder);
        return ggufs.size() == 1 ? Optional.of(new ModelFiles.GgufFile(ggufs.getFirst())) : Optional.empty();
    }

    List<CachedModel> list() {
        List<CachedModel> models = new ArrayList<>();
        for (Path name : HubCache.children(root)) {
            for (Path folder : versions(name.getFileName().toString())) {
                for (Path gguf : HubCache.ggufs(folder)) {
                    ModelReference.PythonPackage reference = new ModelReference.PythonPackage(
                            name.getFileName().toString(),
                            Optional.of(version(folder).text()),
                            Optional.of(gguf.getFileName().toString()));
                    models.add(new CachedModel(
                            reference.toString(), gguf, gguf.toFile().length()));
                }
            }
        }
        return models;
    }

    /** Folders of versions, the latest first. */
    private List<Path> versions(String name) {
        return HubCache.children(root.resolve(name)).stream()
                .filter(Files::isDirectory)
                .sorted(Comparator.comparing(PackageCache::version).reversed())
                .toList();
    }

    private static PackageVersion version(Path folder) {
        return new PackageVersion(folder.getFileName().toString());
    }
}
