package dev.quire.kernels.nvrtc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.kernels.KernelFamily;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.foreign.NativeFunction;
import dev.quire.kernels.foreign.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** NVIDIA's run-time compiler. Safe from any thread. */
public final class Nvrtc {
    /** Every operation rounds on its own, to nearest, with subnormals: what Canon 1 asks of a compiler. */
    private static final List<String> EXACT = List.of("-fmad=false", "-ftz=false", "-prec-div=true", "-prec-sqrt=true");

    private static final List<String> FAST = List.of("-std=c++17");
    private static final int LOG_LINES = 10;

    private final NativeFunction create;
    private final NativeFunction compile;
    private final NativeFunction logSize;
    private final NativeFunction log;
    private final NativeFunction cubinSize;
    private final NativeFunction cubin;
    private final NativeFunction ptxSize;
    private final NativeFunction ptx;
    private final NativeFunction destroy;
    private final String version;
    private final List<Integer> capabilities;

    Nvrtc(NativeLibrary library) {
        create = library.function("nvrtcCreateProgram", ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
        compile = library.function("nvrtcCompileProgram", JAVA_LONG, JAVA_INT, ADDRESS);
        logSize = library.function("nvrtcGetProgramLogSize", JAVA_LONG, ADDRESS);
        log = library.function("nvrtcGetProgramLog", JAVA_LONG, ADDRESS);
        cubinSize = library.function("nvrtcGetCUBINSize", JAVA_LONG, ADDRESS);
        cubin = library.function("nvrtcGetCUBIN", JAVA_LONG, ADDRESS);
        ptxSize = library.function("nvrtcGetPTXSize", JAVA_LONG, ADDRESS);
        ptx = library.function("nvrtcGetPTX", JAVA_LONG, ADDRESS);
        destroy = library.function("nvrtcDestroyProgram", ADDRESS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(JAVA_INT, 2);
            check(library.function("nvrtcVersion", ADDRESS, ADDRESS)
                    .call(numbers, numbers.asSlice(JAVA_INT.byteSize())));
            version = "%d.%d".formatted(numbers.getAtIndex(JAVA_INT, 0), numbers.getAtIndex(JAVA_INT, 1));
            check(library.function("nvrtcGetNumSupportedArchs", ADDRESS).call(numbers));
            MemorySegment supported = arena.allocate(JAVA_INT, numbers.get(JAVA_INT, 0));
            check(library.function("nvrtcGetSupportedArchs", ADDRESS).call(supported));
            capabilities = supported
                    .elements(JAVA_INT)
                    .map(element -> element.get(JAVA_INT, 0))
                    .toList();
        }
    }

    /** Such as 13.0. */
    public String version() {
        return version;
    }

    /** The compute capabilities that it knows, such as 80 and 90. */
    public List<Integer> capabilities() {
        return capabilities;
    }

    /**
     * What to compile for a device: machine code where it knows the device, and else PTX of the newest architecture before it; empty if the device is
     * older than all that it knows.
     *
     * @param capability the device's, such as 90
     */
    public Optional<CodeTarget> target(int capability) {
        return capabilities.stream()
                .filter(known -> known <= capability)
                .max(Integer::compare)
                .map(newest -> newest == capability ? CodeTarget.exactly(newest) : CodeTarget.from(newest));
    }

    /** How it compiles kernels of a family. */
    public static List<String> options(KernelFamily family, CodeTarget target) {
        List<String> options = new ArrayList<>(family == KernelFamily.CUDA ? FAST : EXACT);
        options.add("-arch=" + target);
        return List.copyOf(options);
    }

    /**
     * Compiles a kernel.
     *
     * @throws BackendException of kind UNSUPPORTED if it does not compile; the message has the log's first lines
     */
    public byte[] compile(KernelSource source, CodeTarget target) {
        List<String> options = options(source.family(), target);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment program = arena.allocate(ADDRESS);
            check(create.call(
                    program,
                    arena.allocateFrom(source.text()),
                    arena.allocateFrom(source.name()),
                    0,
                    MemorySegment.NULL,
                    MemorySegment.NULL));
            try {
                MemorySegment list = arena.allocate(ADDRESS, options.size());
                for (int i = 0; i < options.size(); i++) {
                    list.setAtIndex(ADDRESS, i, arena.allocateFrom(options.get(i)));
                }
                long handle = program.get(JAVA_LONG, 0);
                int status = compile.call(handle, options.size(), list);
                if (status != 0) {
                    throw new BackendException(
                            Kind.UNSUPPORTED,
                            "kernel %s does not compile with NVRTC %s %s (%d):\n%s"
                                    .formatted(
                                            source.name(),
                                            version,
                                            options,
                                            status,
                                            firstLines(read(arena, handle, logSize, log))));
                }
                return switch (target.form()) {
                    case CUBIN -> read(arena, handle, cubinSize, cubin);
                    case PTX -> read(arena, handle, ptxSize, ptx);
                };
            } finally {
                destroy.call(program);
            }
        }
    }

    private static byte[] read(Arena arena, long program, NativeFunction size, NativeFunction content) {
        MemorySegment bytes = arena.allocate(JAVA_LONG);
        check(size.call(program, bytes));
        MemorySegment place = arena.allocate(Math.max(1, bytes.get(JAVA_LONG, 0)));
        check(content.call(program, place));
        return place.toArray(JAVA_BYTE);
    }

    private static String firstLines(byte[] log) {
        return new String(log, StandardCharsets.UTF_8)
                .replace("\0", "")
                .lines()
                .limit(LOG_LINES)
                .collect(Collectors.joining("\n"));
    }

    private static void check(int status) {
        if (status != 0) {
            throw new BackendException(
                    Kind.UNSUPPORTED, "NVRTC fails with status %d; install it again".formatted(status));
        }
    }
}
