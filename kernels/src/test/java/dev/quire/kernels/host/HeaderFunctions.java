package dev.quire.kernels.host;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The functions of one of the kernels' headers, compiled for the host without a prelude. */
@SuppressWarnings("restricted")
final class HeaderFunctions implements AutoCloseable {
    private static final String HEADERS = "/dev/quire/kernels/include/";
    private static final String PRELUDE = """
            #define FN extern "C"
            #define FMUL(a, b) ((a) * (b))
            #define FADD(a, b) ((a) + (b))
            #define I2F(i) ((float)(i))
            typedef unsigned char u8;
            typedef unsigned short u16;
            typedef unsigned int u32;
            typedef unsigned long long u64;
            static int BITS(float x) { int i; __builtin_memcpy(&i, &x, 4); return i; }
            static float FLT(int i) { float x; __builtin_memcpy(&x, &i, 4); return x; }
            """;

    private final Arena arena = Arena.ofConfined();
    private final SymbolLookup library;

    /** @param folder empty, for what the compiler reads and makes */
    HeaderFunctions(Path folder, String header) throws IOException, InterruptedException {
        String text;
        try (InputStream in = HeaderFunctions.class.getResourceAsStream(HEADERS + header)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Path file = HostLibrary.build(folder, List.of(new HostLibrary.Source("header", PRELUDE + text)));
        library = SymbolLookup.libraryLookup(file, arena);
    }

    MethodHandle find(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
    }

    @Override
    public void close() {
        arena.close();
    }
}
