package dev.quire.backends.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quire.api.BackendOptions;
import dev.quire.kernels.device.DeviceSearch;
import dev.quire.kernels.foreign.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The driver that stands in for NVIDIA's, which the loader finds in this module's tests. */
final class Stub {
    private static final int MOST_ALLOCATIONS = 64;

    private Stub() {}

    private static NativeLibrary library() {
        return NativeLibrary.first(List.of(Driver.LIBRARY)).orElseThrow();
    }

    /** Skips a test where the build made no stub. */
    static void assume() {
        boolean built = NativeLibrary.first(List.of(Driver.LIBRARY))
                .filter(library -> library.symbols().find("stubLive").isPresent())
                .isPresent();
        assumeTrue(built, "the build made no stub of CUDA, for want of gcc and g++");
    }

    /** Changes a setting, such as {@code VERSION}, for this process. A device that was lost is well again. */
    static void set(String name, long value) {
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(0, library().function("stubSet", ADDRESS, JAVA_LONG).call(arena.allocateFrom(name), value));
        }
    }

    /** How much the driver has given out and not been given back: contexts, memory, modules, streams, graphs and events. */
    static int live() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            assertEquals(0, library().function("stubLive", ADDRESS).call(count));
            return count.get(JAVA_INT, 0);
        }
    }

    /** The bytes of each allocation of the device that lives, the latest first. */
    static List<Long> allocated() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(JAVA_LONG, MOST_ALLOCATIONS);
            MemorySegment count = arena.allocate(JAVA_INT);
            assertEquals(
                    0,
                    library()
                            .function("stubAllocated", ADDRESS, JAVA_INT, ADDRESS)
                            .call(bytes, MOST_ALLOCATIONS, count));
            assertTrue(count.get(JAVA_INT, 0) <= MOST_ALLOCATIONS, "more allocations than a test expects");
            return Arrays.stream(bytes.toArray(JAVA_LONG))
                    .limit(count.get(JAVA_INT, 0))
                    .boxed()
                    .toList();
        }
    }

    /** How often a function of the driver was called that works on the device. */
    static int calls(String function) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            assertEquals(
                    0, library().function("stubCalls", ADDRESS, ADDRESS).call(arena.allocateFrom(function), count));
            return count.get(JAVA_INT, 0);
        }
    }

    /** How many commands streams were given that have not run: none of them before somebody waits. */
    static int waiting() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            assertEquals(0, library().function("stubWaiting", ADDRESS).call(count));
            return count.get(JAVA_INT, 0);
        }
    }

    /** Has its compiler compile every kernel: g++ takes a second for each, and the stub keeps what it made for all processes. */
    static void compileAll(Path cache) {
        CudaProvider provider = new CudaProvider();
        provider.open(provider.devices().getFirst(), BackendOptions.defaults(cache))
                .close();
    }

    /** Its first device. */
    static Target target() {
        return ((DeviceSearch.Found<Target>) Target.find()).devices().getFirst();
    }
}
