package dev.quire.kernels.nvrtc;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.kernels.foreign.NativeLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where NVRTC may be: where the dynamic loader looks, in a CUDA toolkit, or among Python's packages.
 *
 * @param folders where its files may lie, or folders {@code lib} that hold them; {@link #LOADER} for those of the loader
 */
public record NvrtcSearch(List<Path> folders) {
    /** Stands for wherever the dynamic loader looks. */
    public static final Path LOADER = Path.of("");

    /** The newest CUDA whose NVRTC serves. */
    public static final int NEWEST = 13;

    private static final int OLDEST = 12;
    private static final String PACKAGES = "{site,dist}-packages";

    /** The usual folders of this machine. */
    public static NvrtcSearch usual() {
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
        return new NvrtcSearch(folders);
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

    /**
     * The newest whose binaries a driver takes.
     *
     * @param cuda first number of the CUDA version that the driver is made for
     * @throws BackendException of kind UNSUPPORTED if there is none
     */
    public Nvrtc find(int cuda) {
        List<Integer> versions = IntStream.iterate(Math.min(NEWEST, cuda), version -> version - 1)
                .takeWhile(version -> version >= OLDEST)
                .boxed()
                .toList();
        return versions.stream()
                .map(this::load)
                .flatMap(Optional::stream)
                .findFirst()
                .map(Nvrtc::new)
                .orElseThrow(() -> new BackendException(Kind.UNSUPPORTED, absent(cuda, versions)));
    }

    private Optional<NativeLibrary> load(int version) {
        return folders.stream()
                .map(folder -> load(folder, "libnvrtc.so." + version, version))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<NativeLibrary> load(Path folder, String file, int version) {
        if (folder.equals(LOADER)) {
            return NativeLibrary.first(List.of(file));
        }
        List<Path> places = Stream.of(folder, folder.resolve("lib"))
                .filter(place -> Files.exists(place.resolve(file)))
                .toList();
        places.forEach(place -> builtins(place, version));
        return NativeLibrary.first(
                places.stream().map(place -> place.resolve(file).toString()).toList());
    }

    /** NVRTC asks the loader for its other library by name, and finds it in any folder once it is loaded. */
    private static void builtins(Path folder, int version) {
        NativeLibrary.first(matching(folder, "libnvrtc-builtins.so.%d.*".formatted(version)).stream()
                .map(Path::toString)
                .toList());
    }

    private String absent(int cuda, List<Integer> versions) {
        List<String> files =
                versions.stream().map(version -> "libnvrtc.so." + version).toList();
        String places = folders.stream()
                .map(folder -> folder.equals(LOADER) ? "the loader's folders" : folder.toString())
                .collect(Collectors.joining(", "));
        return "NVRTC, which compiles the kernels, is not found: looked for %s, which drivers for CUDA %d take, in %s; install it with 'pip install --user \"nvidia-cuda-nvrtc%s\"' or a CUDA toolkit, or put its folder into LD_LIBRARY_PATH"
                .formatted(files, cuda, places, cuda < NEWEST ? "-cu12" : "");
    }
}
