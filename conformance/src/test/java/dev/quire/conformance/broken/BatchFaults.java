package dev.quire.conformance.broken;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCache;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.guards.WrappedBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Mistakes in reading a batch: positions, contexts, block tables, slots, rows. */
final class BatchFaults {
    private BatchFaults() {}

    static List<Fault> list() {
        return List.of(
                batch("takes positions one too high", "A1", b -> positions(b, p -> p + 1)),
                batch("takes a row's place in its query for its position", "A1", BatchFaults::placesForPositions),
                batch("forgets the newest token of a context", "A2", groups(g -> contexts(g, n -> Math.max(0, n - 1)))),
                Fault.of(
                        "reads one token past the context",
                        "A2",
                        "Attend",
                        right -> OtherSteps.ofCache(new Roomier(right), groups(g -> contexts(g, n -> n + 1)))),
                batch("takes a block table's stride one too small", "M4", groups(BatchFaults::narrow)),
                batch("reads the block before in place of the last", "M4", groups(BatchFaults::staleLast)),
                batch("reads the first sequence's blocks for all", "M4", groups(BatchFaults::firstTable)),
                Fault.of(
                        "reads the first group's block tables for every group",
                        "M3",
                        "WriteKv",
                        right -> OtherSteps.ofCache(right, BatchFaults::firstGroupsTables)),
                Fault.of(
                        "stores one slot too far",
                        "M3",
                        "Attend",
                        right -> new OtherSteps(
                                right,
                                (program, executable, batch, io) -> executable.submit(
                                        io.cache().isPresent()
                                                ? shifted(batch, io.cache().get())
                                                : batch,
                                        io))),
                batch("stores nothing for the last row", "M3", BatchFaults::lastRowElsewhere),
                batch("counts sequences without rows out", "A5", BatchFaults::withoutEmpty),
                Fault.of(
                        "stores a row of padding behind the last",
                        "M3",
                        "",
                        right -> new OtherSteps(right, (program, executable, batch, io) -> {
                            if (writes(program.ops()) && batch.tokenCount() > 0) {
                                executable
                                        .submit(
                                                shifted(
                                                        onlyLast(batch),
                                                        io.cache().orElseThrow()),
                                                io)
                                        .await();
                            }
                            return executable.submit(batch, io);
                        })),
                Fault.of(
                        "follows entries past the context",
                        "M4",
                        "Attend",
                        right -> new OtherSteps(right, (program, executable, batch, io) -> {
                            io.cache()
                                    .ifPresent(cache -> batch.groups()
                                            .forEach(g -> follow(
                                                    g,
                                                    cache.layout()
                                                            .groups()
                                                            .getFirst()
                                                            .blocks())));
                            return executable.submit(batch, io);
                        })),
                Fault.of(
                        "gathers the row before the one that is wanted",
                        "N20",
                        "GatherRows",
                        right -> new OtherSteps(
                                right,
                                (program, executable, batch, io) -> executable.submit(
                                        program.ops().stream().anyMatch(Op.GatherRows.class::isInstance)
                                                ? logitRows(batch, r -> Math.max(0, r - 1))
                                                : batch,
                                        io))));
    }

    /** Has room for a token more than it was asked for. */
    private static final class Roomier extends WrappedBackend {
        Roomier(AttentionBackend right) {
            super(right);
        }

        @Override
        public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
            StepLimits more = new StepLimits(
                    limits.maxTokens(), limits.maxSequences(), limits.maxLogitRows(), limits.maxContext() + 1);
            return super.compile(program, weights, more, numerics);
        }
    }

    private static boolean writes(List<Op> ops) {
        return ops.stream().anyMatch(Op.WriteKv.class::isInstance);
    }

    private static Fault batch(String name, String rule, UnaryOperator<StepBatch> change) {
        return Fault.of(name, rule, "Attend", right -> OtherSteps.ofCache(right, change));
    }

    private static StepBatch positions(StepBatch b, IntUnaryOperator change) {
        int[] positions = Arrays.stream(b.positions()).map(change).toArray();
        return new StepBatch(
                b.tokens(), positions, b.queryStarts(), b.logitRows(), b.adapters(), b.groups(), b.sampling());
    }

    private static StepBatch placesForPositions(StepBatch b) {
        int[] positions = b.positions().clone();
        for (int s = 0; s < b.sequences(); s++) {
            for (int row = b.queryStarts()[s]; row < b.queryStarts()[s + 1]; row++) {
                positions[row] = row - b.queryStarts()[s];
            }
        }
        return new StepBatch(
                b.tokens(), positions, b.queryStarts(), b.logitRows(), b.adapters(), b.groups(), b.sampling());
    }

    static StepBatch logitRows(StepBatch b, IntUnaryOperator change) {
        int[] rows = Arrays.stream(b.logitRows()).map(change).toArray();
        return new StepBatch(b.tokens(), b.positions(), b.queryStarts(), rows, b.adapters(), b.groups(), b.sampling());
    }

    private static UnaryOperator<StepBatch> groups(UnaryOperator<GroupStep> change) {
        return b -> new StepBatch(
                b.tokens(),
                b.positions(),
                b.queryStarts(),
                b.logitRows(),
                b.adapters(),
                b.groups().stream().map(change).toList(),
                b.sampling());
    }

    private static StepBatch firstGroupsTables(StepBatch b) {
        GroupStep first = b.groups().getFirst();
        return groups(g -> new GroupStep(g.contextLengths(), first.blockTables(), first.tableStride(), g.slots()))
                .apply(b);
    }

    private static GroupStep contexts(GroupStep g, IntUnaryOperator change) {
        int[] lengths = Arrays.stream(g.contextLengths()).map(change).toArray();
        return new GroupStep(lengths, g.blockTables(), g.tableStride(), g.slots());
    }

    private static GroupStep slots(GroupStep g, IntUnaryOperator change) {
        int[] slots = Arrays.stream(g.slots()).map(change).toArray();
        return new GroupStep(g.contextLengths(), g.blockTables(), g.tableStride(), slots);
    }

    private static GroupStep narrow(GroupStep g) {
        return new GroupStep(g.contextLengths(), g.blockTables(), Math.max(1, g.tableStride() - 1), g.slots());
    }

    /** Every entry that another follows which is not a block counts as the last. */
    private static GroupStep staleLast(GroupStep g) {
        int[] tables = g.blockTables().clone();
        for (int s = 0; s < g.contextLengths().length; s++) {
            int from = s * g.tableStride();
            int blocks = 0;
            while (blocks < g.tableStride() && tables[from + blocks] >= 0 && tables[from + blocks] < 100_000) {
                blocks++;
            }
            if (blocks > 1) {
                tables[from + blocks - 1] = tables[from + blocks - 2];
            }
        }
        return new GroupStep(g.contextLengths(), tables, g.tableStride(), g.slots());
    }

    private static GroupStep firstTable(GroupStep g) {
        int[] tables = g.blockTables().clone();
        for (int i = 0; i < tables.length; i++) {
            tables[i] = tables[i % g.tableStride()];
        }
        return new GroupStep(g.contextLengths(), tables, g.tableStride(), g.slots());
    }

    private static StepBatch lastRowElsewhere(StepBatch b) {
        return groups(g -> {
                    int[] slots = g.slots().clone();
                    if (slots.length > 1) {
                        slots[slots.length - 1] = slots[slots.length - 2];
                    }
                    return new GroupStep(g.contextLengths(), g.blockTables(), g.tableStride(), slots);
                })
                .apply(b);
    }

    /** Query starts without repetitions; the group's arrays stay as they are. */
    private static StepBatch withoutEmpty(StepBatch b) {
        int[] starts = Arrays.stream(b.queryStarts()).distinct().toArray();
        return new StepBatch(b.tokens(), b.positions(), starts, b.logitRows(), b.adapters(), b.groups(), b.sampling());
    }

    /** A step of the last row alone. */
    private static StepBatch onlyLast(StepBatch b) {
        int last = b.tokenCount() - 1;
        List<GroupStep> groups = b.groups().stream()
                .map(g -> new GroupStep(new int[] {1}, new int[] {0}, 1, new int[] {g.slots()[last]}))
                .toList();
        return new StepBatch(
                StepTokens.known(0), new int[] {0}, new int[] {0, 1}, new int[0], new int[0], groups, List.of());
    }

    /** The slot behind each, the first behind the last. */
    private static StepBatch shifted(StepBatch b, KvCache cache) {
        List<GroupStep> groups = new ArrayList<>();
        for (int i = 0; i < b.groups().size(); i++) {
            CacheGroup group = cache.layout().groups().get(i);
            int all = group.blocks() * group.blockSize();
            groups.add(slots(b.groups().get(i), slot -> (slot + 1) % all));
        }
        return new StepBatch(
                b.tokens(), b.positions(), b.queryStarts(), b.logitRows(), b.adapters(), groups, b.sampling());
    }

    private static void follow(GroupStep g, int blocks) {
        int entries = g.contextLengths().length * g.tableStride();
        IntStream.range(0, entries)
                .map(i -> g.blockTables()[i])
                .filter(b -> b < 0 || b >= blocks)
                .findFirst()
                .ifPresent(b -> {
                    throw new BackendException(BackendException.Kind.DEVICE_LOST, "illegal address in block " + b);
                });
    }
}
