package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.device.Device;
import dev.quire.kernels.device.DeviceBackend;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whichever allocation finds the device full, nothing stays behind. */
class FullDeviceTest {
    private static final int WIDTH = 32;

    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    /** A device that is full after some allocations, and knows what is not freed. */
    private static final class Filling extends WrappedDevice {
        private final List<DeviceMemory> allocated = new ArrayList<>();
        private int left;

        Filling(Device device, int left) {
            super(device);
            this.left = left;
        }

        @Override
        public DeviceMemory allocate(long bytes, MemoryUse use) {
            if (left-- == 0) {
                throw new BackendException(BackendException.Kind.OUT_OF_MEMORY, "full");
            }
            DeviceMemory memory = super.allocate(bytes, use);
            allocated.add(memory);
            return memory;
        }

        long open() {
            return allocated.stream().filter(HostDevice::isHeld).count();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAllocationThatFailsLeavesNothingBehind(Numerics numerics) {
        int failures = 0;
        while (!fits(failures, numerics)) {
            failures++;
        }
        assertTrue(
                failures > 10,
                failures
                        + " allocations: three weights, stack, workspace, tables, two slots, cache and its moves are"
                        + " more");
    }

    /** Opens a program after whose allocations the device is full; whether they sufficed. */
    private static boolean fits(int allocations, Numerics numerics) {
        Value x = Value.tokens("x", WIDTH);
        Value y = Value.tokens("y", WIDTH);
        WeightRef matrix = new WeightRef("matrix", WIDTH, WIDTH, WeightFormat.BF16);
        Op linear = new Op.Linear(x, matrix, Optional.empty(), Op.Linear.Split.WHOLE, y);
        Value numbers = new Value("numbers", Rows.TOKENS, 1, DType.I32);
        Value z = Value.tokens("z", WIDTH);
        List<WeightRef> experts = List.of(
                new WeightRef("first", WIDTH, WIDTH, WeightFormat.BF16),
                new WeightRef("second", WIDTH, WIDTH, WeightFormat.BF16));
        Op mixture = new ExpertOp.ExpertLinear(y, numbers, experts, Op.Linear.Split.WHOLE, z);
        Program program = Program.of(List.of(x, numbers), List.of(linear, mixture), List.of(z));
        KvCacheLayout layout = new KvCacheLayout(List.of(new PagedKv("kv", 1, 1, WIDTH, DType.BF16, 16, 2)));
        HostProvider provider = new HostProvider();
        Filling device = new Filling(
                new HostDevice(provider.devices().get(HostProvider.SHARED), HostProvider.library()), allocations);
        boolean fits = true;
        try (AttentionBackend backend = new DeviceBackend("filling", device, sentence -> {});
                Weights weights = backend.load(program.weights(), FullDeviceTest::zeros);
                Executable executable = backend.compile(program, weights, new StepLimits(2, 1, 1, 8), numerics);
                KvCache cache = backend.allocate(layout)) {
            assertEquals(layout, cache.layout());
            assertTrue(executable.workspaceBytes() > 0);
        } catch (BackendException e) {
            assertEquals(BackendException.Kind.OUT_OF_MEMORY, e.kind());
            fits = false;
        }
        assertEquals(0, device.open(), "pieces of memory left of " + allocations);
        return fits;
    }

    private static MemorySegment zeros(WeightRef ref) {
        return Arena.ofAuto().allocate(ref.bytes());
    }
}
