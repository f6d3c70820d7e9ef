package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.AttentionBackend;
import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.format.SeededWeight;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Device;
import dev.quire.kernels.device.DeviceBackend;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a device makes of a seed has the host's bytes, and the host makes none of it (RULES, W8). */
class SeededWeightsTest {
    private static final long SEED = Long.getLong("quire.seed", 0x1234_5678_9abc_def0L);

    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    /** Shows the memory of weights. */
    private static final class Open extends WrappedDevice {
        private DeviceMemory weights;

        Open(Device device) {
            super(device);
        }

        @Override
        public DeviceMemory allocate(long bytes, MemoryUse use) {
            DeviceMemory memory = super.allocate(bytes, use);
            if (use == MemoryUse.WEIGHTS) {
                weights = memory;
            }
            return memory;
        }

        MemorySegment bytes(long count, Arena arena) {
            MemorySegment bytes = arena.allocate(count);
            record(List.of(new Command.Download(weights, 0, bytes))).submit().await();
            return bytes;
        }
    }

    /** Weights that nobody reads. */
    private static final class Unread implements WeightSource {
        @Override
        public MemorySegment read(WeightRef ref) {
            throw new AssertionError(ref + " was read");
        }

        @Override
        public OptionalLong seed(WeightRef ref) {
            return OptionalLong.of(SEED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyFormatHasTheHostsBytes(WeightFormat format) {
        WeightRef matrix = new WeightRef("layers.0.w", SeededWeight.ROWS + 9, 3 * 256, format);
        check(matrix);
        check(new WeightRef("vector", 1, 5 * 256, format));
        if (!format.isQuantized()) {
            check(new WeightRef("odd", 3, 77, format));
        }
    }

    private static void check(WeightRef ref) {
        HostProvider provider = new HostProvider();
        Open device = new Open(new HostDevice(provider.devices().get(HostProvider.APART), HostProvider.library()));
        try (AttentionBackend backend = new DeviceBackend("open", device, sentence -> {});
                Weights weights = backend.load(List.of(ref), new Unread());
                Arena arena = Arena.ofShared()) {
            MemorySegment expected = arena.allocate(ref.bytes());
            new SeededWeight(ref, SEED).write(expected);
            assertEquals(List.of(ref), weights.refs());
            assertEquals(-1, device.bytes(ref.bytes(), arena).mismatch(expected), "%s, seed %d".formatted(ref, SEED));
        }
    }
}
