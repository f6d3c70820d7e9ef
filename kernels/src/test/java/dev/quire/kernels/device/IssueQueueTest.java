package dev.quire.kernels.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quire.api.BackendException;
import dev.quire.api.DeviceInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the way to the device does with a device that refuses work. */
class IssueQueueTest {
    private static final BackendException REASON =
            new BackendException(BackendException.Kind.STEP_FAILED, "the queue is full");

    /** A device that records and never runs. */
    private static final class Refusing implements Device {
        private int held;

        @Override
        public DeviceInfo info() {
            return new DeviceInfo(0, "a GPU", 1);
        }

        @Override
        public String description() {
            return "it refuses";
        }

        @Override
        public void build(String kernel) {
            throw new UnsupportedOperationException("it refuses");
        }

        @Override
        public DeviceMemory allocate(long bytes, MemoryUse use) {
            throw new UnsupportedOperationException("it refuses");
        }

        @Override
        public Recording record(List<Command> commands) {
            held++;
            return new Recording() {
                @Override
                public Completion submit() {
                    throw REASON;
                }

                @Override
                public void close() {
                    held--;
                }
            };
        }

        @Override
        public void close() {
            assertEquals(0, held, "recordings");
        }
    }

    @Test
    void whatIsToRunOnceAndDoesNotIsFreed() {
        Refusing device = new Refusing();
        IssueQueue queue = new IssueQueue(device);
        assertSame(REASON, assertThrows(BackendException.class, () -> queue.once(List.of())));
        queue.drain();
        device.close();
    }
}
