package dev.quire.backends.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.api.BackendOptions;
import dev.quire.api.DeviceInfo;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelFamily;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Operand;
import dev.quire.kernels.device.Recording;
import dev.quire.kernels.foreign.LibrarySearch;
import dev.quire.kernels.nvrtc.CodeTarget;
import dev.quire.kernels.nvrtc.CompiledKernels;
import dev.quire.kernels.nvrtc.Nvrtc;
import dev.quire.kernels.nvrtc.NvrtcSearch;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong is said with its value, its cause and what to do, and whatever the driver gave is given back. */
class CudaFailureTest {
    private static final Map<String, Long> DEFAULTS = Map.of(
            "VERSION",
            13000L,
            "DEVICES",
            1L,
            "MEMORY",
            1L << 30,
            "LOSE_AFTER",
            -1L,
            "BROKEN_MODULES",
            0L,
            "CAPABILITY",
            90L);

    @TempDir
    Path folder;

    private final List<String> notices = new ArrayList<>();

    @BeforeAll
    static void theStubIsThere() {
        Stub.assume();
    }

    @AfterEach
    void everythingIsGivenBack() {
        DEFAULTS.forEach(Stub::set);
        assertEquals(0, Stub.live());
    }

    @Test
    void anOldDriverIsNamedWithTheOldestThatServes() {
        Stub.set("VERSION", 11040);
        assertEquals(
                new Availability.Unavailable(
                        "the NVIDIA driver is made for CUDA 11.4; the oldest that serves is for CUDA 12.0",
                        "install driver 525 or newer, and see what nvidia-smi and CUDA_VISIBLE_DEVICES say"),
                new CudaProvider().availability());
    }

    @Test
    void aMachineWithoutAGpuSaysWhereToLook() {
        Stub.set("DEVICES", 0);
        assertEquals(
                new Availability.Unavailable(
                        "cuInit: the driver finds no GPU (CUDA_ERROR_NO_DEVICE, 100)",
                        "install driver 525 or newer, and see what nvidia-smi and CUDA_VISIBLE_DEVICES say"),
                new CudaProvider().availability());
    }

    @Test
    void devicesAreListedInTheDriversOrder() {
        Stub.set("DEVICES", 2);
        assertEquals(
                List.of(
                        new DeviceInfo(0, "Stub GPU 0", 1 << 30, "CUDA 13.0"),
                        new DeviceInfo(1, "Stub GPU 1", 1 << 30, "CUDA 13.0")),
                new CudaProvider().devices());
    }

    @Test
    void aDeviceThatIsNotThereIsNamedWithThoseThatAre() {
        DeviceInfo absent = new DeviceInfo(7, "Absent", 1);
        assertSaid(
                Kind.UNSUPPORTED,
                () -> new CudaProvider().open(absent, BackendOptions.defaults(folder)),
                "device 7 (Absent)",
                "Stub GPU 0");
    }

    @Test
    void aSettingIsRefusedByName() {
        BackendOptions options = new BackendOptions(0, folder, notice -> {}, Map.of("tiles", "4"));
        CudaProvider provider = new CudaProvider();
        assertSaid(
                Kind.UNSUPPORTED,
                () -> provider.open(provider.devices().getFirst(), options),
                "backend cuda has no setting 'tiles'; it has: prompts");
    }

    @Test
    void aDriverForWhichThereIsNoCompilerSaysWhatToInstall() {
        Stub.set("VERSION", 12040); // the stub's compiler is that of CUDA 13
        NvrtcSearch search = new NvrtcSearch(new LibrarySearch(List.of(folder)));
        assertSaid(
                Kind.UNSUPPORTED,
                () -> search.find(Stub.target().driver().major()),
                "looked for [libnvrtc.so.12], which drivers for CUDA 12 take",
                folder.toString(),
                "nvidia-cuda-nvrtc-cu12");
    }

    @Test
    void librariesOfCuda12ServeWhereThoseOf13AreNotAndOnDriversThatTakeNoOthers() throws IOException {
        Path stub = Path.of(System.getenv("LD_LIBRARY_PATH"));
        LibrarySearch search = new LibrarySearch(List.of(folder));
        for (String library : List.of("libnvrtc.so.", "libcublasLt.so.")) {
            Files.copy(stub.resolve(library + 13), folder.resolve(library + 12));
        }
        assertEquals("13.0", new NvrtcSearch(search).find(13).version(), "the stub's own");
        assertTrue(CublasLt.find(search, 13).name().endsWith("libcublasLt.so.12"));
        Files.copy(stub.resolve("libcublasLt.so.13"), folder.resolve("libcublasLt.so.13"));
        assertTrue(CublasLt.find(search, 13).name().endsWith("libcublasLt.so.13"));
        assertTrue(CublasLt.find(search, 12).name().endsWith("libcublasLt.so.12"));
    }

    @Test
    void aDeviceThatTheCompilerDoesNotKnowGetsPtxOfTheNewestBefore() {
        Nvrtc nvrtc = nvrtc();
        assertEquals(Optional.of(CodeTarget.exactly(90)), nvrtc.target(90));
        assertEquals(Optional.of(CodeTarget.from(75)), nvrtc.target(86));
        Stub.set("CAPABILITY", 61);
        try (CudaDevice device = device(KernelSource::cuda)) {
            assertSaid(
                    Kind.UNSUPPORTED,
                    () -> device.build("scale"),
                    "Stub GPU 0 has compute capability 6.1, older than NVRTC 13.0 knows");
        }
    }

    @ParameterizedTest
    @EnumSource
    void kernelsThatWereCompiledBeforehandNeedNoCompiler(CodeTarget.Form form) throws IOException {
        Path jar = folder.resolve("kernels.jar");
        CodeTarget before = new CodeTarget(form, "80");
        CompiledKernels.write(jar, nvrtc(), List.of(KernelSource.cuda("scale")), List.of(before));
        Stub.set("CAPABILITY", 86);
        try (URLClassLoader classPath =
                        new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
                CudaDevice device = new CudaDevice(
                        Stub.target(),
                        beforehand(classPath),
                        LibrarySearch.usual(),
                        KernelSource::cuda,
                        notices::add)) {
            device.build("scale");
            assertTrue(device.description().endsWith("kernels compiled beforehand"), device.description());
            assertEquals(
                    List.of("Kernel scale runs as compiled beforehand for %s: there is no compiler".formatted(before)),
                    notices);
            assertSaid(Kind.UNSUPPORTED, () -> device.build("add"), "there is no compiler");
            Stub.set("BROKEN_MODULES", 1);
            try (CudaDevice refusing = new CudaDevice(
                    Stub.target(), beforehand(classPath), LibrarySearch.usual(), KernelSource::cuda, notices::add)) {
                assertSaid(
                        Kind.UNSUPPORTED,
                        () -> refusing.build("scale"),
                        "there is no compiler; and then, kernel scale, compiled beforehand for " + before,
                        "does not load");
            }
        }
    }

    /** Those of a class path and no others. */
    private Binaries beforehand(ClassLoader classPath) {
        return new Binaries(Stub.target(), new CompiledKernels(classPath), cache(), CudaFailureTest::absent);
    }

    private static Nvrtc absent() {
        throw new BackendException(Kind.UNSUPPORTED, "there is no compiler");
    }

    @Test
    void aKernelThatDoesNotCompileShowsTheLogItsNameAndItsDevice() {
        KernelSource broken = new KernelSource(KernelFamily.PORTABLE, "scale.kernel.c", "no kernel", "0");
        try (CudaDevice device = device(kernel -> broken)) {
            assertSaid(
                    Kind.UNSUPPORTED,
                    () -> device.build("scale"),
                    "kernel scale.kernel.c does not compile with NVRTC 13.0",
                    "error:");
        }
    }

    @Test
    void aModuleThatTheDriverRefusesIsNamedWithBothVersions() {
        Stub.set("BROKEN_MODULES", 1);
        try (CudaDevice device = device(KernelSource::cuda)) {
            assertSaid(
                    Kind.UNSUPPORTED,
                    () -> device.build("scale"),
                    "kernel scale, compiled by NVRTC 13.0, does not load on Stub GPU 0 with the driver for CUDA 13.0",
                    "the driver does not take the binary (CUDA_ERROR_INVALID_IMAGE, 200)");
        }
    }

    @Test
    void kernelsAreCompiledOnceAndThenTakenFromDisk() {
        try (CudaDevice device = device(KernelSource::cuda)) {
            device.build("scale");
        }
        KernelSource empty = new KernelSource(
                KernelFamily.PORTABLE,
                "scale.kernel.c",
                "",
                KernelSource.cuda("scale").sha256());
        try (CudaDevice device = device(kernel -> empty)) {
            device.build("scale"); // it could not be compiled
        }
    }

    @Test
    void aDeviceThatIsFullNamesTheFlagToLower() {
        Stub.set("MEMORY", 4 << 20);
        try (CudaDevice device = device(KernelSource::cuda)) {
            assertSaid(
                    Kind.OUT_OF_MEMORY,
                    () -> device.allocate(8 << 20, MemoryUse.CACHE),
                    "Stub GPU 0 cannot allocate 8 MiB for the KV cache, with 4 MiB free of 4: ",
                    "out of device memory (CUDA_ERROR_OUT_OF_MEMORY, 2)",
                    "lower --kv-cache-memory-bytes");
        }
    }

    @Test
    void aBackendThatDoesNotOpenLeavesNothingBehind() {
        Stub.set("BROKEN_MODULES", 1);
        CudaProvider provider = new CudaProvider();
        assertThrows(
                BackendException.class,
                () -> provider.open(provider.devices().getFirst(), BackendOptions.defaults(folder)));
    }

    @Test
    void aRecordingIsReplayedAndADeviceThatIsLostIsSaidToBe() {
        try (CudaDevice device = device(KernelSource::cuda);
                DeviceMemory memory = device.allocate(1 << 10, MemoryUse.EXCHANGE);
                Recording recording = device.record(List.of(
                        new Command.Zero(memory),
                        new Command.Launch(
                                "scale",
                                1,
                                256,
                                List.of(
                                        new Operand.Pointer(memory, 0),
                                        new Operand.Pointer(memory, 0),
                                        new Operand.Int(1),
                                        new Operand.Real(2)))))) {
            recording.submit().await();
            recording.submit().await();
            Stub.set("LOSE_AFTER", 0);
            assertSaid(
                    Kind.DEVICE_LOST,
                    () -> recording.submit().await(),
                    "a kernel failed, and the device with it (CUDA_ERROR_LAUNCH_FAILED, 719); restart Quire",
                    "nvidia-smi");
            assertSaid(Kind.DEVICE_LOST, recording::submit, "CUDA_ERROR_LAUNCH_FAILED");
        }
    }

    private CudaDevice device(Function<String, KernelSource> sources) {
        Target target = Stub.target();
        return new CudaDevice(
                target,
                new Binaries(target, CompiledKernels.shipped(), cache(), CudaFailureTest::nvrtc),
                LibrarySearch.usual(),
                sources,
                notices::add);
    }

    private KernelCache cache() {
        return new KernelCache(folder, 1 << 26, notice -> {});
    }

    private static Nvrtc nvrtc() {
        return new NvrtcSearch(new LibrarySearch(List.of(LibrarySearch.LOADER))).find(NvrtcSearch.NEWEST);
    }

    private static void assertSaid(Kind kind, Runnable failing, String... parts) {
        BackendException failure = assertThrows(BackendException.class, failing::run);
        assertEquals(kind, failure.kind(), failure.getMessage());
        for (String part : parts) {
            assertTrue(failure.getMessage().contains(part), failure.getMessage());
        }
    }
}
