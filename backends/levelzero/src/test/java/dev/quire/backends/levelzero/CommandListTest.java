package dev.quire.backends.levelzero;

import static dev.quire.backends.levelzero.Loopback.counted;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.kernels.KernelCache;
import dev.quire.kernels.SpirvModule;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Completion;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Operand;
import dev.quire.kernels.device.Recording;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings keep their order on a driver that runs commands last to first where it may, and replay without being recorded again. */
class CommandListTest {
    private static final int LAUNCHES = 20;
    private static final int ELEMENTS = 1000;

    /** To reset the fence, to submit and to wait. */
    private static final int CALLS = 3;

    @TempDir
    Path folder;

    @BeforeAll
    static void theLoopbackDriverIsThere() {
        Loopback.assume();
    }

    @Test
    void replaysRunEveryLaunchOnceAndInOrder() {
        KernelCache cache = new KernelCache(folder, 0, notice -> {});
        try (Arena arena = Arena.ofShared();
                LevelZeroDevice device =
                        new LevelZeroDevice(Target.all().getFirst(), KernelSet.LANES, cache, SpirvModule::find);
                DeviceMemory memory = device.allocate(ELEMENTS * 4L, MemoryUse.WORKSPACE)) {
            MemorySegment host = arena.allocate(ELEMENTS * 4L);
            host.setAtIndex(ValueLayout.JAVA_FLOAT, ELEMENTS - 1, 1);
            List<Command> commands = new ArrayList<>(List.of(new Command.Upload(host, memory, 0)));
            for (int i = 0; i < LAUNCHES; i++) {
                commands.add(i % 2 == 0 ? scale(memory, 3) : twice(memory));
            }
            commands.add(new Command.Download(memory, 0, host));
            try (Recording recording = device.record(commands)) {
                float expected = 1;
                for (int replay = 0; replay < 3; replay++) {
                    long launches = counted("launches");
                    long calls = counted("calls");
                    Completion completion = recording.submit();
                    completion.await();
                    assertEquals(CALLS, counted("calls") - calls);
                    assertEquals(LAUNCHES, counted("launches") - launches);
                    assertTrue(completion.isDone());
                    for (int i = 0; i < LAUNCHES; i++) {
                        expected *= i % 2 == 0 ? 3 : 2;
                    }
                    assertEquals(expected, host.getAtIndex(ValueLayout.JAVA_FLOAT, ELEMENTS - 1));
                }
            }
        }
    }

    @Test
    void zeroedMemoryIsZero() {
        KernelCache cache = new KernelCache(folder, 0, notice -> {});
        try (Arena arena = Arena.ofShared();
                LevelZeroDevice device =
                        new LevelZeroDevice(Target.all().getFirst(), KernelSet.LANES, cache, SpirvModule::find);
                DeviceMemory memory = device.allocate(999, MemoryUse.CACHE)) {
            MemorySegment host = arena.allocate(999).fill((byte) 7);
            try (Recording recording =
                    device.record(List.of(new Command.Zero(memory), new Command.Download(memory, 0, host)))) {
                recording.submit().await();
            }
            assertEquals(-1, host.mismatch(arena.allocate(999)));
        }
    }

    @Test
    void aKernelThatIsNotThereStopsTheRecording() {
        KernelCache cache = new KernelCache(folder, 0, notice -> {});
        try (LevelZeroDevice device =
                new LevelZeroDevice(Target.all().getFirst(), KernelSet.LANES, cache, SpirvModule::find)) {
            List<Command> commands = List.of(new Command.Launch("absent", 1, 1, List.of()));
            assertThrows(IllegalStateException.class, () -> device.record(commands));
        }
    }

    private static Command scale(DeviceMemory memory, float factor) {
        List<Operand> operands = List.of(
                new Operand.Pointer(memory, 0),
                new Operand.Pointer(memory, 0),
                new Operand.Int(ELEMENTS),
                new Operand.Real(factor));
        return new Command.Launch("scale", Math.ceilDiv(ELEMENTS, 256), 256, operands);
    }

    private static Command twice(DeviceMemory memory) {
        List<Operand> operands = List.of(
                new Operand.Pointer(memory, 0),
                new Operand.Pointer(memory, 0),
                new Operand.Pointer(memory, 0),
                new Operand.Int(ELEMENTS));
        return new Command.Launch("add", Math.ceilDiv(ELEMENTS, 256), 256, operands);
    }
}
