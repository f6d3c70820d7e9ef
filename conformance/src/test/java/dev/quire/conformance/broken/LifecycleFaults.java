package dev.quire.conformance.broken;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.HostBlocks;
import dev.quire.api.memory.KvCache;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepResult;
import dev.quire.api.step.StepTokens;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.conformance.guards.WrappedBackend;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** Mistakes with tickets, order and promises. */
final class LifecycleFaults {
    private static final StepLimits BOUNDLESS = new StepLimits(1 << 20, 1 << 12, 1 << 20, 1 << 14);

    private LifecycleFaults() {}

    static List<Fault> list() {
        return List.of(
                Fault.of("lets await return before the step has run", "T3", "", LifecycleFaults::lateSteps),
                Fault.of(
                        "lets only the first await return",
                        "T4",
                        "",
                        right -> new OtherSteps(
                                right, (program, executable, batch, io) -> new OnceOnly(executable.submit(batch, io)))),
                Fault.of(
                        "lets isDone say no when it is done",
                        "T4",
                        "",
                        right -> new OtherSteps(
                                right,
                                (program, executable, batch, io) -> new NeverDone(executable.submit(batch, io)))),
                Fault.of("takes steps that exceed the limits", "T1", "", right -> new WrappedBackend(right) {
                    @Override
                    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
                        return super.compile(program, weights, BOUNDLESS, numerics);
                    }
                }),
                Fault.of("lets copies take effect after the next step", "T2", "", LifecycleFaults::lateCopies),
                Fault.of("changes its mind about what it supports", "T7", "", FickleBackend::new),
                Fault.of("refuses to compile what it granted", "T7", "", right -> new WrappedBackend(right) {
                    @Override
                    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
                        if (program.ops().stream()
                                .anyMatch(op ->
                                        op instanceof Op.Attend a && !a.alibi().isEmpty())) {
                            throw new BackendException(BackendException.Kind.UNSUPPORTED, "no kernel for ALiBi");
                        }
                        return super.compile(program, weights, limits, numerics);
                    }
                }),
                Fault.of(
                        "takes every sampled token from row 0",
                        "T6",
                        "",
                        right -> new OtherSteps(
                                right,
                                (program, executable, batch, io) -> executable.submit(
                                        new StepBatch(
                                                fromRow0(batch.tokens()),
                                                batch.positions(),
                                                batch.queryStarts(),
                                                batch.logitRows(),
                                                batch.adapters(),
                                                batch.groups(),
                                                batch.sampling()),
                                        io))));
    }

    private static StepTokens fromRow0(StepTokens tokens) {
        int[] ids = Arrays.stream(tokens.ids()).map(id -> Math.max(id, ~0)).toArray();
        return new StepTokens(ids, tokens.sampled());
    }

    /** A step runs when the next thing is asked for. */
    private static AttentionBackend lateSteps(AttentionBackend right) {
        Deque<Runnable> waiting = new ArrayDeque<>();
        AttentionBackend behind = new WrappedBackend(right) {
            @Override
            public void copyBlocks(KvCache cache, BlockPairs pairs) {
                run(waiting);
                super.copyBlocks(cache, pairs);
            }

            @Override
            public void swapOut(KvCache cache, BlockPairs pairs, HostBlocks host) {
                run(waiting);
                super.swapOut(cache, pairs, host);
            }

            @Override
            public void swapIn(KvCache cache, BlockPairs pairs, HostBlocks host) {
                run(waiting);
                super.swapIn(cache, pairs, host);
            }
        };
        return new OtherSteps(behind, (program, executable, batch, io) -> {
            run(waiting);
            waiting.add(() -> executable.submit(batch, io));
            return new DoneAtOnce();
        });
    }

    /** Blocks are copied when the step behind the copy has been issued. */
    private static AttentionBackend lateCopies(AttentionBackend right) {
        Deque<Runnable> waiting = new ArrayDeque<>();
        AttentionBackend behind = new WrappedBackend(right) {
            @Override
            public void copyBlocks(KvCache cache, BlockPairs pairs) {
                waiting.add(() -> super.copyBlocks(cache, pairs));
            }
        };
        return new OtherSteps(behind, (program, executable, batch, io) -> {
            Ticket ticket = executable.submit(batch, io);
            run(waiting);
            return ticket;
        });
    }

    private static void run(Deque<Runnable> waiting) {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    /** Grants what it grants nine times. */
    private static final class FickleBackend extends WrappedBackend {
        private int asked;

        FickleBackend(AttentionBackend right) {
            super(right);
        }

        @Override
        public Support supports(Op op, Numerics numerics) {
            return asked++ < 9 ? super.supports(op, numerics) : Support.no("not again");
        }
    }

    private record OnceOnly(Ticket right, List<StepResult> given) implements Ticket {
        OnceOnly(Ticket right) {
            this(right, new ArrayList<>());
        }

        @Override
        public StepResult await() {
            if (!given.isEmpty()) {
                throw new IllegalStateException("this ticket was used");
            }
            given.add(right.await());
            return given.getFirst();
        }

        @Override
        public boolean isDone() {
            return right.isDone();
        }
    }

    private record NeverDone(Ticket right) implements Ticket {
        @Override
        public StepResult await() {
            return right.await();
        }

        @Override
        public boolean isDone() {
            return false;
        }
    }
}
