package dev.quire.kernels.foreign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where NVIDIA's libraries may be: where the dynamic loader looks, in a CUDA toolkit, or among Python's packages.
 *
 * @param folders where their files may lie, or folders {@code lib} that hold them; {@link #LOADER} for those of the loader
 */
public record LibrarySearch(List<Path> folders) {
    /** Stands for wherever the dynamic loader looks. */
    public static final Path LOADER = Path.of("");

    private static final String PACKAGES = "{site,dist}-packages";

    public LibrarySearch {
        folders = List.copyOf(folders);
    }

    /** The usual folders of this machine. */
    public static LibrarySearch usual() {
        List<Path> folders =
                new ArrayList<>(List.of(LOADER, Path.of("/usr/local/cuda/lib64"), Path.of("/opt/cuda/lib64")));
        Path home = Path.of(System.getProperty("user.home"));
        for (Path root : List.of(home.resolve(".local/lib"), Path.of("/usr/local/lib"), Path.of("/usr/lib"))) {
            for (Path python : matching(root, "python3*")) {
                for (Path packages : matching(python, PACKAGES)) {
                    folders.addAll(matching(packages.resolve("nvidia"), "*"));
                }
            }
        }
        return new LibrarySearch(folders);
    }

    /** The first of some files, in the order that they are given, that some folder has and the loader takes. */
    public Optional<NativeLibrary> first(List<String> files) {
        return files.stream()
                .flatMap(file -> folders.stream().map(folder -> load(folder, file)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<NativeLibrary> load(Path folder, String file) {
        if (folder.equals(LOADER)) {
            return NativeLibrary.first(List.of(file));
        }
        return NativeLibrary.first(Stream.of(folder, folder.resolve("lib"))
                .map(place -> place.resolve(file))
                .filter(Files::exists)
                .map(Path::toString)
                .toList());
    }

    /** Loads every file of a pattern, for libraries that others ask the loader for by name: it finds in any folder what is loaded. */
    public void preload(String pattern) {
        for (Path folder : folders) {
            if (!folder.equals(LOADER)) {
                Stream.of(folder, folder.resolve("lib"))
                        .flatMap(place -> matching(place, pattern).stream())
                        .forEach(file -> NativeLibrary.first(List.of(file.toString())));
            }
        }
    }

    /** The folders, for messages. */
    public String text() {
        return folders.stream()
                .map(folder -> folder.equals(LOADER) ? "the loader's folders" : folder.toString())
                .collect(Collectors.joining(", "));
    }

    private static List<Path> matching(Path folder, String pattern) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
            entries.forEach(found::add);
        } catch (IOException e) {
            throw new UncheckedIOException("folder %s cannot be listed".formatted(folder), e);
        }
        found.sort(null);
        return found;
    }
}
