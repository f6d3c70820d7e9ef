package dev.quire.core.testing;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.oracle.OracleTicket;
import dev.quire.core.model.architecture.Architecture;
import dev.quire.core.weights.Checkpoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A prompt given to a program in one step, without an engine. */
public final class OneStep {
    private static final int BLOCK = 16;

    private OneStep() {}

    /** How the caches of {@link #logits} are laid out, everything in float32. */
    public static Architecture.Serving serving(Family family) {
        return new Architecture.Serving(DType.F32, BLOCK, family.maxModelLen());
    }

    /** Logits after each token from {@code firstRow} on, row by row; from the oracle in float64. */
    public static double[] logits(
            AttentionBackend backend, Architecture.Definition model, Checkpoint source, int[] ids, int firstRow) {
        Program program = model.forward();
        int blocks = Math.ceilDiv(ids.length, BLOCK);
        int rows = ids.length - firstRow;
        KvCacheLayout layout = new KvCacheLayout(
                model.cache().groups().stream().map(g -> g.withBlocks(blocks)).toList());
        try (Weights weights = backend.load(program.weights(), source);
                Executable forward = backend.compile(
                        program, weights, new StepLimits(ids.length, 1, rows, ids.length), Numerics.FAST);
                KvCache cache = backend.allocate(layout)) {
            Buffer logits = backend.buffer(DType.F32, rows, model.info().vocabSize());
            Ticket ticket = forward.submit(
                    batch(ids, firstRow, blocks, layout.groups().size()),
                    new Bindings(Optional.of(cache), Map.of("logits", logits)));
            ticket.await();
            return ticket instanceof OracleTicket exact
                    ? exact.exact(program.outputs().getFirst())
                    : IntStream.range(0, rows * logits.width())
                            .mapToDouble(i -> logits.floatAt(i / logits.width(), i % logits.width()))
                            .toArray();
        }
    }

    private static StepBatch batch(int[] ids, int firstRow, int blocks, int groups) {
        int[] positions = IntStream.range(0, ids.length).toArray();
        int[] table = IntStream.range(0, blocks).toArray();
        GroupStep group = new GroupStep(new int[] {ids.length}, table, blocks, positions);
        return new StepBatch(
                StepTokens.known(ids),
                positions,
                new int[] {0, ids.length},
                IntStream.range(firstRow, ids.length).toArray(),
                new int[0],
                IntStream.range(0, groups).mapToObj(g -> group).toList(),
                List.of());
    }
}
