package dev.quire.backends.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.api.BackendOptions;
import dev.quire.api.DeviceInfo;
import dev.quire.kernels.Dialect;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelFamily;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Operand;
import dev.quire.kernels.device.Recording;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
                "backend cuda has no settings; drop [tiles]");
    }

    @Test
    void aDriverForWhichThereIsNoCompilerSaysWhatToInstall() {
        Stub.set("VERSION", 12040); // the stub's compiler is that of CUDA 13
        NvrtcSearch search = new NvrtcSearch(List.of(folder));
        assertSaid(
                Kind.UNSUPPORTED,
                () -> search.find(Stub.target().driver()),
                "looked for [libnvrtc.so.12], which the driver for CUDA 12.4 takes",
                folder.toString(),
                "nvidia-cuda-nvrtc-cu12");
    }

    @Test
    void aDeviceThatTheCompilerDoesNotKnowGetsPtxOfTheNewestBefore() {
        Nvrtc nvrtc = new NvrtcSearch(List.of()).find(Stub.target().driver());
        assertEquals("-arch=sm_90", nvrtc.options(Stub.target()).getLast());
        Stub.set("CAPABILITY", 86);
        assertEquals("-arch=compute_75", nvrtc.options(Stub.target()).getLast());
        Stub.set("CAPABILITY", 61);
        Target old = Stub.target();
        assertSaid(
                Kind.UNSUPPORTED,
                () -> nvrtc.options(old),
                "Stub GPU 0 has compute capability 6.1, older than NVRTC 13.0 knows");
    }

    @Test
    void aKernelThatDoesNotCompileShowsTheLogItsNameAndItsDevice() {
        KernelSource broken = new KernelSource(KernelFamily.PORTABLE, "scale.kernel.c", "no kernel", "0");
        try (CudaDevice device = device(kernel -> broken)) {
            assertSaid(
                    Kind.UNSUPPORTED,
                    () -> device.build("scale"),
                    "kernel scale.kernel.c does not compile for Stub GPU 0 with NVRTC 13.0",
                    "error:");
        }
    }

    @Test
    void aModuleThatTheDriverRefusesIsNamedWithBothVersions() {
        Stub.set("BROKEN_MODULES", 1);
        try (CudaDevice device = device(CudaFailureTest::portable)) {
            assertSaid(
                    Kind.UNSUPPORTED,
                    () -> device.build("scale"),
                    "kernel scale, compiled by NVRTC 13.0, does not load on Stub GPU 0 with the driver for CUDA 13.0",
                    "the driver does not take the binary (CUDA_ERROR_INVALID_IMAGE, 200)");
        }
    }

    @Test
    void kernelsAreCompiledOnceAndThenTakenFromDisk() {
        try (CudaDevice device = device(CudaFailureTest::portable)) {
            device.build("scale");
        }
        KernelSource empty = new KernelSource(
                KernelFamily.PORTABLE, "scale.kernel.c", "", portable("scale").sha256());
        try (CudaDevice device = device(kernel -> empty)) {
            device.build("scale"); // it could not be compiled
        }
    }

    @Test
    void aDeviceThatIsFullNamesTheFlagToLower() {
        Stub.set("MEMORY", 4 << 20);
        try (CudaDevice device = device(CudaFailureTest::portable)) {
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
        try (CudaDevice device = device(CudaFailureTest::portable);
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
                    "a kernel failed, and the device with it (CUDA_ERROR_LAUNCH_FAILED, 719)");
            assertSaid(Kind.DEVICE_LOST, recording::submit, "CUDA_ERROR_LAUNCH_FAILED");
        }
    }

    private CudaDevice device(Function<String, KernelSource> sources) {
        Target target = Stub.target();
        Nvrtc nvrtc = new NvrtcSearch(List.of()).find(target.driver());
        return new CudaDevice(target, nvrtc, new KernelCache(folder, 1 << 26, notice -> {}), sources);
    }

    private static KernelSource portable(String kernel) {
        return KernelSource.portable(kernel, Dialect.CUDA);
    }

    private static void assertSaid(Kind kind, Runnable failing, String... parts) {
        BackendException failure = assertThrows(BackendException.class, failing::run);
        assertEquals(kind, failure.kind(), failure.getMessage());
        for (String part : parts) {
            assertTrue(failure.getMessage().contains(part), failure.getMessage());
        }
    }
}
