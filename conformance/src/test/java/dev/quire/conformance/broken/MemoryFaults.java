package dev.quire.conformance.broken;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepResult;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.guards.WrappedBackend;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Mistakes with memory: what is stored, what a step on its way still reads, what is taken when. */
final class MemoryFaults {
    private static final int CUT = 0xffff0000;

    private MemoryFaults() {}

    static List<Fault> list() {
        return List.of(
                Fault.of("cuts keys and values where it should round them", "A7", "WriteKv", MemoryFaults::cut),
                Fault.of(
                        "lets later calls overwrite blocks that a step still reads", "M6", "Order", MemoryFaults::late),
                workspace("takes its workspace with the first step", (limits, steps) -> steps == 0 ? 0 : 4096),
                workspace("takes less workspace for larger steps", (limits, steps) -> 4096L / limits.maxTokens()));
    }

    /** Keys and values that enter a program lose what bf16 does not hold before they are stored. */
    private static AttentionBackend cut(AttentionBackend right) {
        return new OtherSteps(right, (program, executable, batch, io) -> {
            Map<String, Buffer> buffers = new HashMap<>(io.buffers());
            for (Op op : program.ops()) {
                if (op instanceof Op.WriteKv) {
                    op.inputs().stream()
                            .filter(program.inputs()::contains)
                            .forEach(value -> buffers.put(value.name(), cut(right, io.buffer(value.name()))));
                }
            }
            return executable.submit(batch, new Bindings(io.cache(), buffers));
        });
    }

    private static Buffer cut(AttentionBackend backend, Buffer whole) {
        Buffer cut = backend.buffer(whole.dtype(), whole.rows(), whole.width());
        for (long i = 0; i < (long) whole.rows() * whole.width(); i++) {
            int bits = whole.memory().getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
            cut.memory().setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i, bits & CUT);
        }
        return cut;
    }

    /** Steps that only read the cache run when somebody waits for them, or another step is issued: copies and swaps go first. */
    private static AttentionBackend late(AttentionBackend right) {
        Deque<Runnable> waiting = new ArrayDeque<>();
        return new OtherSteps(right, (program, executable, batch, io) -> {
            run(waiting);
            if (io.cache().isEmpty() || program.ops().stream().anyMatch(Op.WriteKv.class::isInstance)) {
                return executable.submit(batch, io);
            }
            waiting.add(() -> executable.submit(batch, io).await());
            return new Waiting(waiting);
        });
    }

    private static void run(Deque<Runnable> waiting) {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    private record Waiting(Deque<Runnable> steps) implements Ticket {
        @Override
        public StepResult await() {
            run(steps);
            return new StepResult(0);
        }

        @Override
        public boolean isDone() {
            return steps.isEmpty();
        }
    }

    /** What a backend says that it holds, after so many steps. */
    private interface Workspace {
        long bytes(StepLimits limits, int steps);
    }

    private static Fault workspace(String name, Workspace workspace) {
        return Fault.of(name, "M12", "Contract", right -> new WrappedBackend(right) {
            @Override
            public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
                return new Counting(super.compile(program, weights, limits, numerics), limits, workspace);
            }
        });
    }

    /** Says something else of its workspace. */
    private static final class Counting implements Executable {
        private final Executable right;
        private final StepLimits limits;
        private final Workspace workspace;
        private int steps;

        Counting(Executable right, StepLimits limits, Workspace workspace) {
            this.right = right;
            this.limits = limits;
            this.workspace = workspace;
        }

        @Override
        public Ticket submit(StepBatch batch, Bindings io) {
            steps++;
            return right.submit(batch, io);
        }

        @Override
        public long workspaceBytes() {
            return workspace.bytes(limits, steps);
        }

        @Override
        public void close() {
            right.close();
        }
    }
}
