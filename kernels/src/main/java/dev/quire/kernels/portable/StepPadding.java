package dev.quire.kernels.portable;

import dev.quire.api.StepLimits;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Brings steps of decoding, and of sampling, to a few sizes, 1, 2, 4 and the multiples of 8, so that steps of nearly one size have the same launches. Rows
 * that are added stand behind those that are there, which do not see them: a token 0 at position 0 of a sequence of its own, that attends to what lies
 * first in block 0 and is written nowhere; or a greedy choice from row 0.
 */
record StepPadding(Program program, StepLimits limits) {
    /** The slot of a row that is not written; {@link StepCheck} refuses it where a caller names it. */
    static final int NOWHERE = -1;

    private static final int MULTIPLE = 8;

    /** A step whose rows are all of one kind: a token of a sequence each, or a sampling row each. */
    static boolean isUniform(StepBatch batch) {
        int rows = batch.logitRowCount();
        return rows > 0
                && (samples(batch) || batch.tokenCount() == rows && batch.sequences() == rows && decodes(batch));
    }

    private static boolean samples(StepBatch batch) {
        return batch.tokenCount() == 0 && !batch.sampling().isEmpty();
    }

    private static boolean decodes(StepBatch batch) {
        for (int i = 0; i < batch.sequences(); i++) {
            if (batch.queryStarts()[i] != i || batch.logitRows()[i] != i) {
                return false;
            }
        }
        return batch.sampling().isEmpty();
    }

    /** The size that so many rows are brought to. */
    static int size(int rows) {
        return rows <= 2 ? rows : rows <= MULTIPLE / 2 ? MULTIPLE / 2 : Math.ceilDiv(rows, MULTIPLE) * MULTIPLE;
    }

    /** The step at its size; nothing if its rows are not of one kind, or see one another. */
    Optional<StepBatch> of(StepBatch batch, Bindings io) {
        if (!isUniform(batch) || program.ops().stream().anyMatch(ExpertOp.class::isInstance)) {
            return Optional.empty();
        }
        int rows = batch.logitRowCount();
        int size = Math.min(size(rows), most(batch, io));
        return Optional.of(size <= rows ? batch : samples(batch) ? sampling(batch, size) : decoding(batch, size));
    }

    /** What limits and bound buffers leave room for. */
    private int most(StepBatch batch, Bindings io) {
        int within = samples(batch)
                ? limits.maxLogitRows()
                : Math.min(limits.maxLogitRows(), Math.min(limits.maxTokens(), limits.maxSequences()));
        return Stream.concat(program.inputs().stream(), program.outputs().stream())
                .filter(value -> io.buffers().containsKey(value.name()))
                .mapToInt(value -> room(value, batch, io))
                .reduce(within, Math::min);
    }

    private static int room(Value value, StepBatch batch, Bindings io) {
        boolean grows = value.rows() == Rows.LOGITS || value.rows() != Rows.EXTERNAL && !samples(batch);
        return grows ? io.buffer(value.name()).rows() : Integer.MAX_VALUE;
    }

    private static StepBatch sampling(StepBatch batch, int size) {
        List<SamplingRow> rows = new ArrayList<>(batch.sampling());
        while (rows.size() < size) {
            rows.add(SamplingRow.GREEDY);
        }
        return new StepBatch(
                batch.tokens(),
                batch.positions(),
                batch.queryStarts(),
                Arrays.copyOf(batch.logitRows(), size),
                batch.adapters(),
                batch.groups(),
                rows);
    }

    private static StepBatch decoding(StepBatch batch, int size) {
        int rows = batch.sequences();
        int[] starts = new int[size + 1];
        Arrays.setAll(starts, i -> i);
        return new StepBatch(
                new StepTokens(
                        Arrays.copyOf(batch.tokens().ids(), size),
                        batch.tokens().sampled()),
                Arrays.copyOf(batch.positions(), size),
                starts,
                Arrays.copyOf(starts, size),
                batch.adapters().length == 0 ? batch.adapters() : extended(batch.adapters(), size, -1),
                batch.groups().stream()
                        .map(group -> decoding(group, rows, size))
                        .toList(),
                List.of());
    }

    private static GroupStep decoding(GroupStep group, int rows, int size) {
        int stride = Math.max(1, group.tableStride());
        int[] tables = new int[size * stride];
        for (int s = 0; s < rows; s++) {
            System.arraycopy(group.blockTables(), s * group.tableStride(), tables, s * stride, group.tableStride());
        }
        return new GroupStep(
                extended(group.contextLengths(), size, 1), tables, stride, extended(group.slots(), size, NOWHERE));
    }

    private static int[] extended(int[] values, int size, int with) {
        int[] all = Arrays.copyOf(values, size);
        Arrays.fill(all, values.length, size, with);
        return all;
    }
}
