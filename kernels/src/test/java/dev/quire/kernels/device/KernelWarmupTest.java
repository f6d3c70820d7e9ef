package dev.quire.kernels.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quire.api.BackendException;
import dev.quire.api.DeviceInfo;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A start that compiles says how far it is, and one that finds its kernels on disk says nothing. */
class KernelWarmupTest {
    private static final List<String> KERNELS = List.of("embed", "rms_norm", "linear", "attend", "sample");

    /** A device whose compiler takes a while, by a clock of its own. */
    private static class Compiling implements Device {
        private final long millis;
        private final List<String> built = new ArrayList<>();
        private long nanos = -5; // a clock may begin anywhere
        private int closed;

        Compiling(long millis) {
            this.millis = millis;
        }

        @Override
        public void build(String kernel) {
            built.add(kernel);
            nanos += millis * 1_000_000;
        }

        @Override
        public DeviceInfo info() {
            return new DeviceInfo(0, "a GPU", 1);
        }

        @Override
        public String description() {
            return "a compiler alone";
        }

        @Override
        public DeviceMemory allocate(long bytes, MemoryUse use) {
            throw new UnsupportedOperationException("it builds");
        }

        @Override
        public Recording record(List<Command> commands) {
            throw new UnsupportedOperationException("it builds");
        }

        @Override
        public void close() {
            closed++;
        }
    }

    @Test
    void everyTwoSecondsOfCompilingAreTold() {
        assertEquals(List.of("Building kernels for a GPU: 2 of 5", "Building kernels for a GPU: 4 of 5"), told(1_000));
        assertEquals(5, told(2_500).size());
    }

    @Test
    void kernelsThatComeFromTheDiskAreNotTold() {
        assertEquals(List.of(), told(3));
    }

    @Test
    void aDeviceWhoseKernelsDoNotBuildIsClosed() {
        BackendException reason = new BackendException(BackendException.Kind.UNSUPPORTED, "no");
        Compiling device = new Compiling(0) {
            @Override
            public void build(String kernel) {
                throw reason;
            }
        };
        BackendException failure =
                assertThrows(BackendException.class, () -> new DeviceBackend("broken", device, sentence -> {}));
        assertSame(reason, failure);
        assertEquals(1, device.closed);
    }

    private static List<String> told(long millis) {
        List<String> told = new ArrayList<>();
        Compiling device = new Compiling(millis);
        KernelWarmup.run(device, KERNELS, told::add, () -> device.nanos);
        assertEquals(KERNELS, device.built);
        return told;
    }
}
