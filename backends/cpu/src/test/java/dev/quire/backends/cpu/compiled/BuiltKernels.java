package dev.quire.backends.cpu.compiled;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The C kernels for tests: there where gcc built them and the processor serves them. Elsewhere tests hold the twins in Java. */
public final class BuiltKernels {
    private static final String LIBRARY = "/dev/quire/backends/cpu/linux-x86_64/libquire-cpu.so";

    private BuiltKernels() {}

    public static Optional<CompiledKernels> load(Path cache) throws IOException {
        Path processor = Path.of("/proc/cpuinfo");
        boolean serves = CompiledKernels.class.getResource(LIBRARY) != null
                && Files.exists(processor)
                && Files.readString(processor).contains("avx512_bf16");
        Optional<CompiledKernels> kernels = CompiledKernels.load(cache, notice -> {
            throw new AssertionError(notice);
        });
        assertEquals(
                serves, kernels.isPresent(), "the C kernels, where gcc built them and the processor can serve them");
        boolean tiles = serves && Files.readString(processor).contains("amx_bf16");
        assertEquals(tiles, kernels.map(CompiledKernels::tiles).orElse(false), "tiles where the processor has them");
        System.out.println(serves ? "the C kernels are tested" : "no C kernels here: their twins in Java are tested");
        return kernels;
    }

    /** The kernels that processors without tiles run, where these have some. */
    public static Optional<CompiledKernels> withoutTiles(Optional<CompiledKernels> kernels) {
        return kernels.filter(CompiledKernels::tiles).map(CompiledKernels::withoutTiles);
    }
}
