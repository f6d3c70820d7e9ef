package dev.quire.conformance.oracle;

import dev.quire.api.memory.KvCache;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.conformance.interpreter.KeyRows;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Attention of one step, one query and head at a time. */
final class OracleAttention {
    private final StepBatch batch;
    private final Op.Attend op;
    private final Matrix q;
    private final KeyRows keys;
    private final DType type;
    private final double[] k;
    private final double[] v;

    OracleAttention(StepBatch batch, Optional<KvCache> cache, Op.Attend op, Map<Value, Matrix> values) {
        this.batch = batch;
        this.op = op;
        this.q = values.get(op.q());
        switch (op.keys()) {
            case KeySource.Cached(CacheRef ref) -> {
                OracleCache cached = (OracleCache) cache.orElseThrow();
                this.keys = KeyRows.cached(batch.groups().get(ref.group()), cached.blockSize(ref));
                this.type = cached.type(ref);
                this.k = cached.keys(ref);
                this.v = cached.values(ref);
            }
            case KeySource.Step(Value key, Value value) -> {
                this.keys = KeyRows.ofStep(batch);
                this.type = DType.F32;
                this.k = values.get(key).data();
                this.v = values.get(value).data();
            }
        }
    }

    Result run(Selection wanted, Optional<Bound> bound) {
        Result out = Result.blank(q.rows(), q.width());
        int size = op.shape().headSize();
        for (int s = 0; s < batch.sequences(); s++) {
            int sequence = s;
            IntStream.range(batch.queryStarts()[s], batch.queryStarts()[s + 1])
                    .parallel()
                    .filter(wanted::row)
                    .forEach(t -> {
                        for (int head = 0; head < op.shape().heads(); head++) {
                            if (wanted.columns(head * size, (head + 1) * size)) {
                                attend(sequence, t, head, out, bound);
                            }
                        }
                    });
        }
        return out;
    }

    private void attend(int sequence, int t, int head, Result out, Optional<Bound> bound) {
        Op.Attend.HeadShape shape = op.shape();
        int size = shape.headSize();
        int element = head / (shape.heads() / shape.kvHeads()) * size;
        int stride = shape.kvHeads() * size;
        int position = batch.positions()[t];
        int first = keys.firstPosition(sequence);
        AttentionRow row = new AttentionRow(op, q, t, head, k, v);
        for (int j = 0; j < keys.length(sequence); j++) {
            if (KeyRows.visible(op.mask(), position, first + j)) {
                row.see(keys.row(sequence, j) * stride + element, first + j - position);
            }
        }
        row.weigh();
        for (int d = 0; d < size; d++) {
            out.values().set(t, head * size + d, row.value(d));
        }
        if (bound.isPresent()) {
            AttentionBound errors = new AttentionBound(row, bound.get(), type, op.keys() instanceof KeySource.Step);
            for (int d = 0; d < size; d++) {
                out.allowed().set(t, head * size + d, errors.allowed(d));
            }
        }
    }
}
