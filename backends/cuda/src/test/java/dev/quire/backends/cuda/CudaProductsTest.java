package dev.quire.backends.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.BackendException;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Operand;
import dev.quire.kernels.device.Recording;
import dev.quire.kernels.foreign.LibrarySearch;
import dev.quire.kernels.nvrtc.CompiledKernels;
import dev.quire.kernels.nvrtc.NvrtcSearch;
import dev.quire.kernels.portable.LibraryLinear;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cuBLASLt is told, by its stub, which refuses what does not fit together and multiplies what does. */
class CudaProductsTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int ROWS = 11;
    private static final int N = 16;
    private static final int K = 24;

    @TempDir
    Path folder;

    private final List<String> notices = new ArrayList<>();

    @BeforeAll
    static void theStubIsThere() {
        Stub.assume();
    }

    @AfterEach
    void everythingIsGivenBack() {
        Stub.set("CAPABILITY", 90);
        Stub.set("NO_ALGORITHM", 0);
        Stub.set("NO_CUBLASLT", 0);
        assertEquals(0, Stub.live());
    }

    @ParameterizedTest
    @CsvSource({"BF16, true", "BF16, false", "F32, true", "F32, false"})
    void aProductIsRightAsAStreamAndAsAGraph(WeightFormat format, boolean biased) {
        System.out.println("quire.seed=" + SEED);
        try (CudaDevice device = device(LibrarySearch.usual());
                Scene scene = new Scene(device, format)) {
            LibraryLinear library = device.library().orElseThrow();
            assertTrue(library.formats().contains(format));
            int before = Stub.calls("cublasLtMatmulAlgoGetHeuristic");
            for (int rows : new int[] {ROWS, ROWS - 1, ROWS}) {
                try (Recording product = scene.product(rows, biased, library)) {
                    for (int i = 0; i < 3; i++) { // a stream, then a graph, and the graph again
                        scene.clear();
                        product.submit().await();
                        scene.assertRight(rows, biased);
                    }
                }
            }
            assertEquals(2, Stub.calls("cublasLtMatmulAlgoGetHeuristic") - before, "choices for two shapes");
        }
    }

    @Test
    void aProductThatTheLibraryHasNoAlgorithmForSaysSo() {
        try (CudaDevice device = device(LibrarySearch.usual());
                Scene scene = new Scene(device, WeightFormat.BF16)) {
            LibraryLinear library = device.library().orElseThrow();
            Stub.set("NO_ALGORITHM", 1);
            String said = assertThrows(BackendException.class, () -> scene.product(ROWS, false, library))
                    .getMessage();
            assertTrue(said.contains("the library has no algorithm for this product (15)"), said);
        }
    }

    @Test
    void withoutTheLibraryKernelsMultiplyAndANoticeSaysHowToGetIt() {
        try (CudaDevice device = device(new LibrarySearch(List.of(folder)))) {
            assertTrue(device.library().isEmpty());
            assertTrue(device.library().isEmpty(), "it is looked for once");
            assertEquals(
                    List.of(
                            "In fast numerics, linear layers of more than 8 rows run on Quire's own kernels: cuBLASLt, which multiplies matrices of BF16 and F32,"
                                    + " is not found: looked for [libcublasLt.so.13, libcublasLt.so.12], which drivers for CUDA 13 take, in "
                                    + folder
                                    + "; install it with 'pip install --user \"nvidia-cublas\"' or a CUDA toolkit, or put its folder into LD_LIBRARY_PATH"),
                    notices);
        }
    }

    @Test
    void aLibraryThatDoesNotStartIsDoneWithout() {
        Stub.set("NO_CUBLASLT", 1);
        try (CudaDevice device = device(LibrarySearch.usual())) {
            assertTrue(device.library().isEmpty());
            assertTrue(
                    notices.getFirst().endsWith("cublasLtCreate: the library did not start on this device (1)"),
                    notices::toString);
        }
    }

    @Test
    void aGpuBeforeAmpereIsLeftToItsKernels() {
        Stub.set("CAPABILITY", 75);
        try (CudaDevice device = device(LibrarySearch.usual())) {
            assertTrue(device.library().isEmpty());
            assertEquals(List.of(), notices);
        }
    }

    private CudaDevice device(LibrarySearch libraries) {
        Target target = Stub.target();
        Binaries binaries = new Binaries(
                target,
                CompiledKernels.shipped(),
                new KernelCache(folder, 1 << 26, notice -> {}),
                () -> new NvrtcSearch(new LibrarySearch(List.of(LibrarySearch.LOADER))).find(NvrtcSearch.NEWEST));
        return new CudaDevice(target, binaries, libraries, KernelSource::cuda, notices::add);
    }

    /** Memory of a product, filled with small whole numbers, whose sums are exact. */
    private static final class Scene implements AutoCloseable {
        private final CudaDevice device;
        private final WeightFormat format;
        private final DeviceMemory x;
        private final DeviceMemory matrix;
        private final DeviceMemory bias;
        private final DeviceMemory y;
        private final DeviceMemory workspace;
        private final float[] xs = new float[ROWS * K];
        private final float[] ms = new float[N * K];
        private final float[] bs = new float[N];

        Scene(CudaDevice device, WeightFormat format) {
            this.device = device;
            this.format = format;
            x = device.allocate(ROWS * K * Float.BYTES, MemoryUse.EXCHANGE);
            matrix = device.allocate(N * K * Float.BYTES, MemoryUse.EXCHANGE);
            bias = device.allocate(N * Float.BYTES, MemoryUse.EXCHANGE);
            y = device.allocate((ROWS + 1) * N * Float.BYTES, MemoryUse.EXCHANGE);
            workspace = device.allocate(device.library().orElseThrow().workspaceBytes(), MemoryUse.WORKSPACE);
            Random random = new Random(SEED);
            fill(xs, random, x, format);
            fill(ms, random, matrix, format);
            fill(bs, random, bias, WeightFormat.F32);
        }

        private void fill(float[] values, Random random, DeviceMemory memory, WeightFormat as) {
            MemorySegment host = memory.staging().orElseThrow();
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextInt(-8, 9);
                if (as == WeightFormat.BF16) {
                    short bits = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
                    host.setAtIndex(ValueLayout.JAVA_SHORT, i, bits);
                } else {
                    host.setAtIndex(ValueLayout.JAVA_FLOAT, i, values[i]);
                }
            }
            run(new Command.Upload(host, memory, 0));
        }

        void clear() {
            y.staging().orElseThrow().fill((byte) 0);
            run(new Command.Upload(y.staging().orElseThrow(), y, 0));
        }

        Recording product(int rows, boolean biased, LibraryLinear library) {
            return device.record(List.of(new Command.Launch(
                    LibraryLinear.KERNEL,
                    1,
                    1,
                    List.of(
                            new Operand.Pointer(x, 0),
                            new Operand.Pointer(matrix, 0),
                            biased ? new Operand.Pointer(bias, 0) : new Operand.Nowhere(),
                            new Operand.Pointer(y, 0),
                            new Operand.Pointer(workspace, 0),
                            new Operand.Int(rows),
                            new Operand.Int(N),
                            new Operand.Int(K),
                            new Operand.Int(format.ordinal()),
                            new Operand.Int(biased ? 1 : 0),
                            new Operand.Int(library.workspaceBytes())))));
        }

        void assertRight(int rows, boolean biased) {
            MemorySegment host = y.staging().orElseThrow();
            run(new Command.Download(y, 0, host));
            for (int i = 0; i < (ROWS + 1) * N; i++) {
                float expected = i / N < rows && biased ? bs[i % N] : 0;
                for (int k = 0; i / N < rows && k < K; k++) {
                    expected += xs[i / N * K + k] * ms[i % N * K + k];
                }
                assertEquals(expected, host.getAtIndex(ValueLayout.JAVA_FLOAT, i), "element " + i);
            }
        }

        private void run(Command command) {
            try (Recording recording = device.record(List.of(command))) {
                recording.submit().await();
            }
        }

        @Override
        public void close() {
            List.of(x, matrix, bias, y, workspace).forEach(DeviceMemory::close);
        }
    }
}
