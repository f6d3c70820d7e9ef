package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Completion;
import dev.quire.kernels.device.Device;
import dev.quire.kernels.device.DeviceBackend;
import dev.quire.kernels.device.Recording;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Once a device is lost, everything fails with that reason and nothing reaches it any more (RULES, T5). */
class LostDeviceTest {
    private static final String REASON = "the device fell off the bus";

    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    /** A device that can be lost: then submissions end with the reason. */
    private static final class Losable extends WrappedDevice {
        private boolean lost;
        private int submissions;

        Losable(Device device) {
            super(device);
        }

        @Override
        Completion submit(Recording recording, List<Command> commands) {
            submissions++;
            Completion end = super.submit(recording, commands);
            return lost ? losing(end) : end;
        }

        private static Completion losing(Completion end) {
            return new HostCompletion(end::isDone, () -> {
                end.await();
                throw new BackendException(BackendException.Kind.DEVICE_LOST, REASON);
            });
        }
    }

    @Test
    void everyLaterCallFailsWithTheReason() {
        HostProvider provider = new HostProvider();
        Losable device = new Losable(new HostDevice(provider.devices().getFirst(), HostProvider.library()));
        Value x = Value.tokens("x", 4);
        Value y = Value.tokens("y", 4);
        Program program = Program.of(List.of(x), List.of(new Op.Scale(x, 2, y)), List.of(y));
        try (AttentionBackend backend = new DeviceBackend("losable", device, sentence -> {});
                Weights none = backend.load(List.of(), ref -> {
                    throw new IllegalStateException("no weights");
                });
                Executable executable =
                        backend.compile(program, none, new StepLimits(2, 1, 1, 8), Numerics.REPRODUCIBLE)) {
            Buffer from = backend.buffer(DType.F32, 2, 4);
            Buffer to = backend.buffer(DType.F32, 2, 4);
            Bindings io = new Bindings(Optional.empty(), Map.of("x", from, "y", to));
            executable.submit(batch(), io).await();
            device.lost = true;
            Ticket running = executable.submit(batch(), io);
            assertLost(running);
            assertLost(running); // T4: the same answer again
            int submissions = device.submissions;
            assertLost(executable.submit(batch(), io));
            assertEquals(
                    BackendException.Kind.DEVICE_LOST,
                    assertThrows(BackendException.class, () -> backend.allocate(new KvCacheLayout(List.of())))
                            .kind());
            assertEquals(submissions, device.submissions);
        }
    }

    private static void assertLost(Ticket ticket) {
        BackendException failure = assertThrows(BackendException.class, ticket::await);
        assertEquals(BackendException.Kind.DEVICE_LOST, failure.kind());
        assertEquals(REASON, failure.getMessage());
        assertTrue(ticket.isDone());
    }

    private static StepBatch batch() {
        return StepBatch.rows(2);
    }
}
