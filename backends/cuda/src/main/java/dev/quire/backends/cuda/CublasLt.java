package dev.quire.backends.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.kernels.foreign.LibrarySearch;
import dev.quire.kernels.foreign.NativeFunction;
import dev.quire.kernels.foreign.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/** The functions of cuBLASLt that this backend calls. Handles are {@code long}, as device pointers are; an {@code ADDRESS} is host memory. */
final class CublasLt {
    private static final int NEWEST = 13;
    private static final int OLDEST = 12;
    private static final int SUCCESS = 0;

    final NativeFunction create;
    final NativeFunction destroy;
    final NativeFunction descriptorCreate;
    final NativeFunction descriptorSet;
    final NativeFunction descriptorDestroy;
    final NativeFunction layoutCreate;
    final NativeFunction layoutDestroy;
    final NativeFunction preferenceCreate;
    final NativeFunction preferenceSet;
    final NativeFunction preferenceDestroy;
    final NativeFunction heuristic;
    final NativeFunction matmul;

    private final String name;

    private CublasLt(NativeLibrary library) {
        name = library.name();
        create = library.function("cublasLtCreate", ADDRESS);
        destroy = library.function("cublasLtDestroy", JAVA_LONG);
        descriptorCreate = library.function("cublasLtMatmulDescCreate", ADDRESS, JAVA_INT, JAVA_INT);
        descriptorSet = library.function("cublasLtMatmulDescSetAttribute", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
        descriptorDestroy = library.function("cublasLtMatmulDescDestroy", JAVA_LONG);
        layoutCreate =
                library.function("cublasLtMatrixLayoutCreate", ADDRESS, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        layoutDestroy = library.function("cublasLtMatrixLayoutDestroy", JAVA_LONG);
        preferenceCreate = library.function("cublasLtMatmulPreferenceCreate", ADDRESS);
        preferenceSet =
                library.function("cublasLtMatmulPreferenceSetAttribute", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
        preferenceDestroy = library.function("cublasLtMatmulPreferenceDestroy", JAVA_LONG);
        heuristic = library.function(
                "cublasLtMatmulAlgoGetHeuristic",
                JAVA_LONG, // the handle
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG, // the preference
                JAVA_INT,
                ADDRESS,
                ADDRESS);
        matmul = library.function(
                "cublasLtMatmul",
                JAVA_LONG, // the handle
                JAVA_LONG,
                ADDRESS, // alpha
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                ADDRESS, // beta
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                ADDRESS, // the algorithm
                JAVA_LONG, // the workspace
                JAVA_LONG,
                JAVA_LONG); // the stream
    }

    /**
     * The newest that a driver takes.
     *
     * @param cuda first number of the CUDA version that the driver is made for
     * @throws BackendException of kind UNSUPPORTED if there is none
     */
    static CublasLt find(LibrarySearch search, int cuda) {
        List<String> files = IntStream.iterate(
                        Math.min(NEWEST, cuda), version -> version >= OLDEST, version -> version - 1)
                .mapToObj(version -> "libcublasLt.so." + version)
                .toList();
        return search.first(files)
                .map(CublasLt::new)
                .orElseThrow(() -> new BackendException(Kind.UNSUPPORTED, absent(search, cuda, files)));
    }

    private static String absent(LibrarySearch search, int cuda, List<String> files) {
        return "cuBLASLt, which multiplies matrices of BF16 and F32, is not found: looked for %s, which drivers for CUDA %d take, in %s; install it with 'pip install --user \"nvidia-cublas%s\"' or a CUDA toolkit, or put its folder into LD_LIBRARY_PATH"
                .formatted(files, cuda, search.text(), cuda < NEWEST ? "-cu12" : "");
    }

    /** What it was found by. */
    String name() {
        return name;
    }

    /**
     * Calls a function.
     *
     * @throws BackendException of a kind that says what a caller can do
     */
    void run(NativeFunction function, Object... arguments) {
        int status = function.call(arguments);
        if (status != SUCCESS) {
            throw new BackendException(
                    status == 3 ? Kind.OUT_OF_MEMORY : Kind.STEP_FAILED,
                    "%s: %s (%d)".formatted(function.name(), text(status), status));
        }
    }

    private static String text(int status) {
        return switch (status) {
            case 1 -> "the library did not start on this device";
            case 3 -> "out of memory";
            case 7 -> "the library refuses a value";
            case 8 -> "the library has no code for this device";
            case 13 -> "the product did not run";
            case 15 -> "the library has no algorithm for this product";
            default -> "failed";
        };
    }

    /** Calls a function that writes a handle to its first argument. */
    long make(NativeFunction function, Object... rest) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(JAVA_LONG);
            Object[] arguments = new Object[rest.length + 1];
            arguments[0] = place;
            System.arraycopy(rest, 0, arguments, 1, rest.length);
            run(function, arguments);
            return place.get(JAVA_LONG, 0);
        }
    }

    /** Sets a 32-bit attribute of something. */
    void set(NativeFunction function, long handle, int attribute, int value) {
        try (Arena arena = Arena.ofConfined()) {
            run(function, handle, attribute, arena.allocateFrom(JAVA_INT, value), (long) Integer.BYTES);
        }
    }

    /** Sets a 64-bit attribute of something, such as a pointer. */
    void set(NativeFunction function, long handle, int attribute, long value) {
        try (Arena arena = Arena.ofConfined()) {
            run(function, handle, attribute, arena.allocateFrom(JAVA_LONG, value), (long) Long.BYTES);
        }
    }

    /** A float32 that the library reads while it is called. */
    static MemorySegment scalar(Arena arena, float value) {
        return arena.allocateFrom(JAVA_FLOAT, value);
    }
}
