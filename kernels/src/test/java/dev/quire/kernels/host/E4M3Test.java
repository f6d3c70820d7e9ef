package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.format.E4M3;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 8-bit floats made of integers are those of the SPI (RULES, A8). */
@SuppressWarnings("restricted")
class E4M3Test {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int ROUNDS = 2_000_000;
    private static final String HEADER = "/dev/quire/kernels/include/e4m3.h";

    @TempDir
    Path folder;

    private final Arena arena = Arena.ofConfined();
    private final Random random = new Random(SEED);
    private SymbolLookup library;

    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    @BeforeEach
    void compile() throws IOException, InterruptedException {
        String header;
        try (InputStream in = E4M3Test.class.getResourceAsStream(HEADER)) {
            header = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        String source = """
                #define FN extern "C"
                #define FMUL(a, b) ((a) * (b))
                #define FADD(a, b) ((a) + (b))
                #define I2F(i) ((float)(i))
                typedef unsigned char u8;
                typedef unsigned int u32;
                static int BITS(float x) { int i; __builtin_memcpy(&i, &x, 4); return i; }
                static float FLT(int i) { float x; __builtin_memcpy(&x, &i, 4); return x; }
                """;
        Path file = HostLibrary.build(folder, List.of(new HostLibrary.Source("e4m3", source + header)));
        library = SymbolLookup.libraryLookup(file, arena);
    }

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void everyCodeHasItsValue() throws Throwable {
        MethodHandle value =
                function("e4m3_float", FunctionDescriptor.of(ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_INT));
        for (int code = 0; code < 256; code++) {
            float actual = (float) value.invokeExact(code);
            assertEquals(Float.floatToIntBits(E4M3.decode((byte) code)), Float.floatToIntBits(actual), "code " + code);
        }
    }

    @Test
    void everyFloatIsRoundedAsTheSpiSays() throws Throwable {
        MethodHandle round =
                function("e4m3_round", FunctionDescriptor.of(ValueLayout.JAVA_BYTE, ValueLayout.JAVA_FLOAT));
        for (int code = 0; code < 0x7e; code++) {
            float low = E4M3.decode((byte) code);
            float middle = (low + E4M3.decode((byte) (code + 1))) / 2;
            for (float x : new float[] {low, Math.nextDown(middle), middle, Math.nextUp(middle)}) {
                assertEquals(E4M3.encode(x), (byte) round.invokeExact(x), "" + x);
                assertEquals(E4M3.encode(-x), (byte) round.invokeExact(-x), "" + -x);
            }
        }
        for (float x : new float[] {448f, Math.nextUp(448f), 464f, 1e30f, Float.POSITIVE_INFINITY, Float.NaN}) {
            assertEquals(E4M3.encode(x), (byte) round.invokeExact(x), "" + x);
        }
        for (int i = 0; i < ROUNDS; i++) {
            float x = Float.intBitsToFloat(random.nextInt());
            assertEquals(E4M3.encode(x), (byte) round.invokeExact(x), x + ", seed " + SEED);
        }
    }

    private MethodHandle function(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
    }
}
