package dev.quire.backends.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.BackendException;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Completion;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Operand;
import dev.quire.kernels.device.Recording;
import dev.quire.kernels.foreign.LibrarySearch;
import dev.quire.kernels.nvrtc.CompiledKernels;
import dev.quire.kernels.nvrtc.NvrtcSearch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How commands reach the driver, counted below our code: as a stream, as a graph that is kept and changed, and over pinned memory. */
class CudaRecordingTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int FLOATS = 64;

    @TempDir
    Path folder;

    private CudaDevice device;
    private DeviceMemory memory;

    @BeforeAll
    static void theStubIsThere() {
        Stub.assume();
    }

    @BeforeEach
    void open() {
        Target target = Stub.target();
        KernelCache cache = new KernelCache(folder, 1 << 26, notice -> {});
        Binaries binaries = new Binaries(
                target,
                CompiledKernels.shipped(),
                cache,
                () -> new NvrtcSearch(new LibrarySearch(List.of(LibrarySearch.LOADER))).find(NvrtcSearch.NEWEST));
        device = new CudaDevice(target, binaries, LibrarySearch.usual(), KernelSource::cuda, notice -> {});
        memory = device.allocate(FLOATS * Float.BYTES, MemoryUse.EXCHANGE);
        device.build("scale");
    }

    @AfterEach
    void everythingIsGivenBack() {
        memory.close();
        device.close();
        Stub.set("REFUSE_UPDATES", 0);
        assertEquals(0, Stub.live());
    }

    @Test
    void whatComesOnceIsAStreamAndWhatComesAgainIsAGraphThatIsMadeOnce() {
        try (Recording recording = scaling(FLOATS, 2)) {
            Calls before = new Calls();
            recording.submit().await();
            assertEquals(1, before.more("cuLaunchKernel"));
            assertEquals(0, before.more("cuGraphInstantiateWithFlags"));
            recording.submit().await();
            assertEquals(1, before.more("cuGraphInstantiateWithFlags"));
            Calls steady = new Calls();
            for (int i = 0; i < 10; i++) {
                recording.submit().await();
            }
            assertEquals(10, steady.more("cuGraphLaunch"));
            for (String never : List.of(
                    "cuStreamBeginCapture_v2", "cuGraphInstantiateWithFlags", "cuLaunchKernel", "cuMemAlloc_v2")) {
                assertEquals(0, steady.more(never), never);
            }
        }
    }

    @Test
    void aGraphThatIsNotNeededAnyMoreIsChangedToACommandOfAnotherSize() {
        try (Recording first = scaling(FLOATS, 2)) {
            first.submit().await();
            first.submit().await();
        }
        Calls before = new Calls();
        fill(1);
        try (Recording second = scaling(FLOATS / 2, 3)) {
            second.submit().await();
            second.submit().await();
        }
        assertEquals(1, before.more("cuGraphExecUpdate_v2"));
        assertEquals(0, before.more("cuGraphInstantiateWithFlags"));
        float[] expected = new float[FLOATS];
        for (int i = 0; i < FLOATS; i++) {
            expected[i] = i < FLOATS / 2 ? 9 : 1; // by 3, twice
        }
        assertArrayEquals(expected, content());
    }

    @Test
    void aGraphThatTheDriverDoesNotChangeIsMadeAnew() {
        try (Recording first = scaling(FLOATS, 2)) {
            first.submit().await();
            first.submit().await();
        }
        Stub.set("REFUSE_UPDATES", 1);
        Calls before = new Calls();
        fill(1);
        try (Recording second = scaling(FLOATS, 3)) {
            second.submit().await();
            second.submit().await();
        }
        assertEquals(1, before.more("cuGraphInstantiateWithFlags"));
        assertEquals(9, content()[0]);
    }

    @Test
    void aKernelIsGrantedOnceTheLocalMemoryThatItsLaunchesAskFor() {
        Calls before = new Calls();
        for (int bytes : new int[] {0, 48 << 10, 96 << 10, 64 << 10}) {
            try (Recording recording = scaling(FLOATS, 2, bytes)) {
                recording.submit().await(); // the stub refuses what was not granted
            }
        }
        assertEquals(1, before.more("cuFuncSetAttribute"));
    }

    @Test
    void largeMemoryPassesOverPinnedMemoryInPiecesAndArrivesWhole() {
        System.out.println("quire.seed=" + SEED);
        long bytes = (100 << 20) + 12; // more pieces than there are buffers, the last one short
        try (Arena arena = Arena.ofShared();
                DeviceMemory large = device.allocate(bytes, MemoryUse.WEIGHTS)) {
            MemorySegment from = arena.allocate(bytes, Long.BYTES);
            Random random = new Random(SEED);
            for (long at = 0; at < bytes; at += 4096) {
                from.set(ValueLayout.JAVA_INT, at, random.nextInt());
            }
            Calls before = new Calls();
            run(new Command.Upload(from, large, 0));
            assertEquals(13, before.more("cuMemcpyHtoDAsync_v2"));
            MemorySegment back = arena.allocate(bytes, Long.BYTES);
            run(new Command.Download(large, 0, back));
            assertEquals(-1, from.mismatch(back));
            Calls again = new Calls();
            run(new Command.Upload(from, large, 0));
            assertEquals(0, again.more("cuMemHostAlloc"));
        }
    }

    @Test
    void whatPinsMemoryForWeightsIsGivenBackWhenKernelsRun() {
        int before = Stub.live();
        try (Arena arena = Arena.ofShared();
                DeviceMemory large = device.allocate(PinnedStaging.LEAST_BYTES, MemoryUse.WEIGHTS);
                Recording kernel = scaling(FLOATS, 2)) {
            run(new Command.Upload(arena.allocate(large.bytes(), Long.BYTES), large, 0));
            kernel.submit().await();
            assertEquals(before + 2, Stub.live(), "the memory and the recording's event");
        }
    }

    @Test
    void nothingRunsBeforeSomebodyWaitsForIt() { // so that the stub shows who does not wait
        fill(1);
        MemorySegment host = memory.staging().orElseThrow();
        host.setAtIndex(ValueLayout.JAVA_FLOAT, 0, 7);
        try (Recording download = device.record(List.of(new Command.Download(memory, 0, host)))) {
            Completion end = download.submit();
            assertEquals(7, host.getAtIndex(ValueLayout.JAVA_FLOAT, 0));
            assertFalse(end.isDone());
            end.await();
            assertTrue(end.isDone());
            assertEquals(1, host.getAtIndex(ValueLayout.JAVA_FLOAT, 0));
        }
    }

    @Test
    void whereASubmissionFailsHalfWayWhatItHadQueuedHasEnded() {
        fill(0);
        MemorySegment host = memory.staging().orElseThrow();
        host.setAtIndex(ValueLayout.JAVA_FLOAT, 0, 1);
        Command refused = new Command.Launch("scale", 1, 4096, List.of());
        try (Recording recording = device.record(List.of(new Command.Upload(host, memory, 0), refused))) {
            assertThrows(BackendException.class, recording::submit);
            host.setAtIndex(
                    ValueLayout.JAVA_FLOAT, 0, 5); // the next step's, which the device may not read as this one's
        }
        assertEquals(1, content()[0]);
    }

    /** Multiplies the first floats of the memory. */
    private Recording scaling(int floats, float factor) {
        return scaling(floats, factor, 0);
    }

    private Recording scaling(int floats, float factor, int localBytes) {
        return device.record(List.of(new Command.Launch(
                "scale",
                1,
                256,
                localBytes,
                List.of(
                        new Operand.Pointer(memory, 0),
                        new Operand.Pointer(memory, 0),
                        new Operand.Int(floats),
                        new Operand.Real(factor)))));
    }

    private void fill(float value) {
        MemorySegment host = memory.staging().orElseThrow();
        for (int i = 0; i < FLOATS; i++) {
            host.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
        run(new Command.Upload(host, memory, 0));
    }

    private float[] content() {
        MemorySegment host = memory.staging().orElseThrow();
        run(new Command.Download(memory, 0, host));
        return host.toArray(ValueLayout.JAVA_FLOAT);
    }

    private void run(Command command) {
        try (Recording recording = device.record(List.of(command))) {
            recording.submit().await();
        }
    }

    /** What the driver was called for since this was made. */
    private static final class Calls {
        private static final List<String> NAMES = List.of(
                "cuFuncSetAttribute",
                "cuGraphExecUpdate_v2",
                "cuGraphInstantiateWithFlags",
                "cuGraphLaunch",
                "cuLaunchKernel",
                "cuMemAlloc_v2",
                "cuMemHostAlloc",
                "cuMemcpyHtoDAsync_v2",
                "cuStreamBeginCapture_v2");

        private final List<Integer> before = NAMES.stream().map(Stub::calls).toList();

        int more(String name) {
            return Stub.calls(name) - before.get(NAMES.indexOf(name));
        }
    }
}
