package dev.quire.kernels.nvrtc;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.kernels.foreign.LibrarySearch;
import dev.quire.kernels.foreign.NativeLibrary;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where NVRTC may be: where the dynamic loader looks, in a CUDA toolkit, or among Python's packages.
 *
 * @param libraries of which it may be one
 */
public record NvrtcSearch(LibrarySearch libraries) {
    /** The newest CUDA whose NVRTC serves. */
    public static final int NEWEST = 13;

    private static final int OLDEST = 12;

    /** The usual folders of this machine. */
    public static NvrtcSearch usual() {
        return new NvrtcSearch(LibrarySearch.usual());
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

    /** NVRTC asks the loader for its other library by name, and finds it in any folder once it is loaded. */
    private Optional<NativeLibrary> load(int version) {
        libraries.preload("libnvrtc-builtins.so.%d.*".formatted(version));
        return libraries.first(List.of("libnvrtc.so." + version));
    }

    private String absent(int cuda, List<Integer> versions) {
        List<String> files =
                versions.stream().map(version -> "libnvrtc.so." + version).toList();
        return "NVRTC, which compiles the kernels, is not found: looked for %s, which drivers for CUDA %d take, in %s; install it with 'pip install --user \"nvidia-cuda-nvrtc%s\"' or a CUDA toolkit, or put its folder into LD_LIBRARY_PATH"
                .formatted(files, cuda, libraries.text(), cuda < NEWEST ? "-cu12" : "");
    }
}
