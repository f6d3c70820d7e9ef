package dev.quire.backends.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.BackendException;
import dev.quire.kernels.Dialect;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelFamily;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.device.MemoryUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.junit.jupiter.api.Test;

/** What goes wrong is said with its value, its cause and what to do. */
class OpenClFailureTest extends DeviceTest {
    @Test
    void aKernelThatDoesNotBuildShowsTheLogItsNameAndItsDevice() {
        KernelSource broken = new KernelSource(
                KernelFamily.PORTABLE, "broken", "__kernel void broken(__global int *x) { x[0] = missing; }\n", "0");
        KernelCache cache = new KernelCache(folder, 1 << 20, notice -> {});
        try (OpenClDevice device =
                new OpenClDevice(Devices.first(), Settings.of(Devices.first()), cache, kernel -> broken)) {
            BackendException failure = assertThrows(BackendException.class, () -> device.build("broken"));
            assertEquals(BackendException.Kind.UNSUPPORTED, failure.kind());
            assertContains(
                    failure.getMessage(),
                    "kernel 'broken' does not build for " + device.info().name());
            assertContains(failure.getMessage(), "missing");
            assertContains(failure.getMessage(), "pass another --device or --backend");
        }
    }

    @Test
    void memoryThatIsNotThereIsNamedWithTheFlagToLower() {
        try (OpenClDevice device = Devices.open(folder)) {
            BackendException failure =
                    assertThrows(BackendException.class, () -> device.allocate(1L << 50, MemoryUse.CACHE));
            assertEquals(BackendException.Kind.OUT_OF_MEMORY, failure.kind());
            assertContains(failure.getMessage(), "1073741824.0 MiB in one piece for the KV cache");
            assertContains(failure.getMessage(), "lower --kv-cache-memory-bytes or --gpu-memory-utilization");
        }
    }

    @Test
    void kernelsAreBuiltOnceAndThenTakenFromDisk() throws IOException {
        try (OpenClDevice device = Devices.open(folder)) {
            device.build("add");
        }
        List<Path> binaries = new ArrayList<>();
        try (var files = Files.newDirectoryStream(folder, "*.bin")) {
            files.forEach(binaries::add);
        }
        assertEquals(1, binaries.size());
        List<String> notices = new ArrayList<>();
        KernelCache cache = new KernelCache(folder, 1 << 26, notices::add);
        KernelSource source = KernelSource.portable("add", Dialect.OPENCL);
        KernelSource empty = new KernelSource(KernelFamily.PORTABLE, "add", "no source at all", source.sha256());
        try (OpenClDevice device =
                new OpenClDevice(Devices.first(), Settings.of(Devices.first()), cache, kernel -> empty)) {
            device.build("add"); // it could not be compiled
        }
        assertEquals(List.of(), notices);
    }

    @Test
    void statusesTellWhetherTheDeviceCanBeUsedAgain() {
        assertEquals(
                BackendException.Kind.OUT_OF_MEMORY,
                Status.failure(CL.CL_MEM_OBJECT_ALLOCATION_FAILURE, "clX").kind());
        assertEquals(
                BackendException.Kind.DEVICE_LOST,
                Status.failure(CL.CL_DEVICE_NOT_AVAILABLE, "clX").kind());
        assertEquals(
                BackendException.Kind.DEVICE_LOST, Status.failure(-9999, "clX").kind());
        BackendException failure = Status.failure(CL.CL_INVALID_KERNEL_ARGS, "clEnqueueNDRangeKernel");
        assertEquals(BackendException.Kind.STEP_FAILED, failure.kind());
        assertEquals("clEnqueueNDRangeKernel failed: CL_INVALID_KERNEL_ARGS", failure.getMessage());
    }

    private static void assertContains(String text, String part) {
        assertTrue(text.contains(part), text);
    }
}
