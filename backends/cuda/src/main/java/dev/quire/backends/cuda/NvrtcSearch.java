package dev.quire.backends.cuda;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where NVRTC may be: where the dynamic loader looks, in a CUDA toolkit, or among Python's packages.
 *
 * @param folders where its files may lie
 */
record NvrtcSearch(List<Path> folders) {
    private static final int NEWEST = 13;
    private static final int OLDEST = 12;
    private static final String PACKAGES = "{site,dist}-packages";

    /** The usual folders of this machine. */
    static NvrtcSearch usual() {
        List<Path> folders = new ArrayList<>(List.of(Path.of("/usr/local/cuda/lib64"), Path.of("/opt/cuda/lib64")));
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
     * @throws BackendException of kind UNSUPPORTED if there is none
     */
    Nvrtc find(Driver driver) {
        List<Integer> versions = IntStream.iterate(Math.min(NEWEST, driver.major()), version -> version - 1)
                .takeWhile(version -> version >= OLDEST)
                .boxed()
                .toList();
        return versions.stream()
                .map(this::load)
                .flatMap(Optional::stream)
                .findFirst()
                .map(Nvrtc::new)
                .orElseThrow(() -> new BackendException(Kind.UNSUPPORTED, absent(driver, versions)));
    }

    private Optional<NativeLibrary> load(int version) {
        String file = "libnvrtc.so." + version;
        List<String> names = new ArrayList<>(List.of(file));
        for (Path folder : folders) {
            for (Path place :
                    List.of(folder.resolve(file), folder.resolve("lib").resolve(file))) {
                if (Files.exists(place)) {
                    builtins(place.getParent(), version);
                    names.add(place.toString());
                }
            }
        }
        return NativeLibrary.first(names);
    }

    /** NVRTC asks the loader for its other library by name, and finds it in any folder once it is loaded. */
    private static void builtins(Path folder, int version) {
        NativeLibrary.first(matching(folder, "libnvrtc-builtins.so.%d.*".formatted(version)).stream()
                .map(Path::toString)
                .toList());
    }

    private String absent(Driver driver, List<Integer> versions) {
        List<String> files =
                versions.stream().map(version -> "libnvrtc.so." + version).toList();
        return "NVRTC, which compiles the kernels, is not found: looked for %s, which the driver for CUDA %s takes, in the loader's folders and in %s; install it with 'pip install --user \"nvidia-cuda-nvrtc%s\"' or a CUDA toolkit, or put its folder into LD_LIBRARY_PATH"
                .formatted(files, driver.version(), folders, driver.major() < NEWEST ? "-cu12" : "");
    }
}
