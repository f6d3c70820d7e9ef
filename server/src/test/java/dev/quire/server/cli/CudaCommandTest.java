package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads where a GPU cannot serve, and the status that scripts see; each in a process of its own, on the stub of {@code backends/cuda}. */
class CudaCommandTest {
    private static final List<String> GENERATE = List.of(
            "generate", "--model", "tiny", "--backend", "cuda", "--numerics", "reproducible", "--max-tokens", "1");

    @TempDir
    Path home;

    @BeforeAll
    static void theStubIsThere() {
        CudaStub.assume();
    }

    @Test
    void aMachineWithoutADriverSaysWhatToInstall() throws IOException, InterruptedException {
        Path broken = Files.createFile(home.resolve("libcuda.so.1")); // hides one that the machine may have
        assertFails(
                generate(broken.getParent(), Map.of()),
                "No backend 'cuda' on this machine: there is no NVIDIA driver: libcuda.so.1 is not found. Available:"
                        + " cpu",
                "To use it: install the driver of your GPU, 525 or newer");
    }

    @Test
    void anOldDriverIsNamedWithTheOldestThatServes() throws IOException, InterruptedException {
        assertFails(
                generate(CudaStub.FOLDER, Map.of("VERSION", "11040")),
                "the NVIDIA driver is made for CUDA 11.4; the oldest that serves is for CUDA 12.0",
                "To use it: install driver 525 or newer");
    }

    @Test
    void aMachineWithoutAGpuSaysWhereToLook() throws IOException, InterruptedException {
        assertFails(
                generate(CudaStub.FOLDER, Map.of("DEVICES", "0")),
                "the driver finds no GPU (CUDA_ERROR_NO_DEVICE, 100)",
                "see what nvidia-smi and CUDA_VISIBLE_DEVICES say");
    }

    @Test
    void aDeviceIndexThatIsNotThereIsRefusedWithThoseThatAre() throws IOException, InterruptedException {
        assertFails(
                generate(CudaStub.FOLDER, Map.of(), "--device", "99"),
                "Backend 'cuda' has no device 99. Devices: [0 (Stub GPU 0)");
    }

    @Test
    void aDriverWithoutTheCompilerThatItTakesSaysWhatToInstall() throws IOException, InterruptedException {
        assertFails(
                generate(CudaStub.FOLDER, Map.of("VERSION", "12020")), // the stub's compiler is that of CUDA 13
                "NVRTC, which compiles the kernels, is not found: looked for [libnvrtc.so.12]",
                "install it with 'pip install --user \"nvidia-cuda-nvrtc-cu12\"'");
    }

    @Test
    void aModuleThatTheDriverRefusesIsNamedWithItsDevice() throws IOException, InterruptedException {
        assertFails(
                generate(CudaStub.FOLDER, Map.of("BROKEN_MODULES", "1")),
                " does not load on Stub GPU 0 with the driver for CUDA 13.0",
                "update the driver");
    }

    @Test
    void backendsListsTheGpuOrWhyThereIsNone() throws IOException, InterruptedException {
        CommandRun found = run(CudaStub.FOLDER, Map.of(), List.of("backends"));
        assertEquals(0, found.status(), found.err());
        assertTrue(found.out().contains("Stub GPU 0"), found.out());
        assertTrue(found.out().contains("unproven: all kernels, cuBLASLt and graphs on a GPU"), found.out());
        CommandRun none = run(CudaStub.FOLDER, Map.of("VERSION", "11040"), List.of("backends"));
        assertEquals(0, none.status(), none.err());
        assertTrue(none.out().contains("the NVIDIA driver is made for CUDA 11.4"), none.out());
    }

    /** The kernels, which are compiled once for both runs, serve on a device that has the memory, and not on one that has less. */
    @Test
    void aDeviceThatIsFullNamesWhatItWasForAndTheFlagToLower() throws IOException, InterruptedException {
        CommandRun served = generate(CudaStub.FOLDER, Map.of());
        assertEquals(0, served.status(), served.err());
        assertFails(
                generate(CudaStub.FOLDER, Map.of("MEMORY", "67108864"), "--kv-cache-memory-bytes", "256MiB"),
                "Stub GPU 0 cannot allocate 256 MiB for the KV cache, with ",
                "out of device memory (CUDA_ERROR_OUT_OF_MEMORY, 2); lower --kv-cache-memory-bytes");
    }

    /** The stub's GPU has tensor cores, which in FAST kernels of the CUDA family use. */
    @Test
    void inFastTensorCoresGiveTheGoldenTokens() throws IOException, InterruptedException {
        String line = "conformance --backend cuda --numerics fast --only golden/* --out " + home.resolve("report");
        CommandRun gpu = run(CudaStub.FOLDER, Map.of(), List.of(line.split(" ")));
        assertEquals(0, gpu.status(), gpu.err());
        assertTrue(gpu.out().contains("PASS: 2 cases, 2 pass"), gpu.out());
    }

    /** Two answers differ in length alone, and in no step's shape: the difference is what a step costs. */
    @Test
    void aStepOfDecodingIsOneGraphAndAllocatesLoadsAndCapturesNothing() throws IOException, InterruptedException {
        int more = 8;
        Map<String, Integer> shorter = calls(40);
        Map<String, Integer> longer = calls(40 + more);
        assertEquals(0, more(shorter, longer, "cuLaunchKernel"));
        for (String never : List.of(
                "cuMemAlloc_v2",
                "cuMemHostAlloc",
                "cuModuleLoadData",
                "cuStreamBeginCapture_v2",
                "cuGraphInstantiateWithFlags",
                "cuGraphExecUpdate_v2",
                "cuEventCreate")) {
            assertEquals(0, more(shorter, longer, never), never);
        }
        int launches = more(shorter, longer, "cuGraphLaunch");
        assertEquals(2 * more, launches, "the model's step and the sampler's, for each token");
        assertEquals(launches + more, more(shorter, longer, "cuEventRecord"), "and one behind the token's copy");
        assertEquals(Integer.BYTES * more, more(shorter, longer, "bytes_back"), "tokens come back, and nothing else");
    }

    @Test
    void manyRowsAreMultipliedByCublasLtInFastNumericsAndByKernelsWithoutIt() throws IOException, InterruptedException {
        Path counts = home.resolve("calls");
        List<String> arguments = List.of(
                "generate",
                "--model",
                "tiny",
                "--backend",
                "cuda",
                "--max-tokens",
                "4",
                "One day a small fox and an old bear went down to the river to look for the boat.");
        CommandRun with = run(CudaStub.FOLDER, Map.of("CALLS", counts.toString()), arguments);
        assertEquals(0, with.status(), with.err());
        assertTrue(Files.readString(counts).contains("cublasLtMatmul "), "it was called");
        CommandRun without = run(CudaStub.COMPILER, Map.of(), arguments);
        assertEquals(0, without.status(), without.err());
        assertTrue(
                without.err().contains("cuBLASLt, which multiplies matrices of BF16 and F32, is not found"),
                without.err());
        assertEquals(with.out(), without.out());
    }

    private static int more(Map<String, Integer> shorter, Map<String, Integer> longer, String call) {
        return longer.getOrDefault(call, 0) - shorter.getOrDefault(call, 0);
    }

    /** How often the driver's functions are called to generate so many tokens. */
    private Map<String, Integer> calls(int tokens) throws IOException, InterruptedException {
        Path counts = home.resolve("calls");
        List<String> arguments = new ArrayList<>(GENERATE.subList(0, GENERATE.size() - 1));
        arguments.addAll(List.of(Integer.toString(tokens), "Once"));
        CommandRun ran = run(CudaStub.FOLDER, Map.of("CALLS", counts.toString()), arguments);
        assertEquals(0, ran.status(), ran.err());
        return Files.readAllLines(counts).stream()
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(parts -> parts[0], parts -> Integer.valueOf(parts[1])));
    }

    /** Kernels that were compiled beforehand serve where there is a driver and no compiler. */
    @Test
    void kernelsThatWereBuiltBeforeServeWithoutACompiler() throws IOException, InterruptedException {
        Path jar = home.resolve("kernels.jar");
        CommandRun built = run(
                CudaStub.FOLDER,
                Map.of(),
                List.of("kernels", "build", "--nvidia", CudaStub.FOLDER.toString(), jar.toString()));
        assertEquals(0, built.status(), built.err());
        assertTrue(built.out().contains("kernels for [sm_80, sm_89, sm_90a, compute_80] by NVRTC 13.0"), built.out());
        assertFails(generate(CudaStub.DRIVER, Map.of()), "NVRTC, which compiles the kernels, is not found");
        Map<String, String> environment = CudaStub.environment(CudaStub.DRIVER, home, Map.of());
        environment.merge("JDK_JAVA_OPTIONS", " -Xbootclasspath/a:" + jar, String::concat);
        List<String> arguments =
                Stream.concat(GENERATE.stream(), Stream.of("Once")).toList();
        CommandRun served = CommandRun.apart(environment, arguments);
        assertEquals(0, served.status(), served.err());
    }

    private static void assertFails(CommandRun ran, String... parts) {
        assertEquals(QuireCommand.FAILED, ran.status(), ran.err());
        for (String part : parts) {
            assertTrue(ran.err().contains(part), ran.err());
        }
    }

    private CommandRun generate(Path libraries, Map<String, String> settings, String... more)
            throws IOException, InterruptedException {
        List<String> all = Stream.of(GENERATE.stream(), Stream.of(more), Stream.of("Once"))
                .flatMap(part -> part)
                .toList();
        return run(libraries, settings, all);
    }

    /** @param settings of the stub */
    private CommandRun run(Path libraries, Map<String, String> settings, List<String> arguments)
            throws IOException, InterruptedException {
        return CommandRun.apart(CudaStub.environment(libraries, home, settings), arguments);
    }
}
