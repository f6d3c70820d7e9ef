package dev.quire.conformance.oracle;

import dev.quire.api.memory.KvCache;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.StepBatch;
import dev.quire.conformance.interpreter.KeyRows;
import java.util.Map;
import java.util.Optional;

/** Attention of one step, one query and head at a time: every score, then the softmax, then the sum. */
final class OracleAttention {
    private final StepBatch batch;
    private final Op.Attend op;
    private final Matrix q;
    private final KeyRows keys;
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
                this.k = cached.keys(ref);
                this.v = cached.values(ref);
            }
            case KeySource.Step(Value key, Value value) -> {
                this.keys = KeyRows.ofStep(batch);
                this.k = values.get(key).data();
                this.v = values.get(value).data();
            }
        }
    }

    Matrix run() {
        Matrix out = new Matrix(q.rows(), q.width());
        for (int s = 0; s < batch.sequences(); s++) {
            for (int t = batch.queryStarts()[s]; t < batch.queryStarts()[s + 1]; t++) {
                for (int head = 0; head < op.shape().heads(); head++) {
                    attend(s, t, head, out);
                }
            }
        }
        return out;
    }

    private void attend(int sequence, int t, int head, Matrix out) {
        Op.Attend.HeadShape shape = op.shape();
        int size = shape.headSize();
        int kvHead = head / (shape.heads() / shape.kvHeads());
        int stride = shape.kvHeads() * size;
        int length = keys.length(sequence);
        int position = batch.positions()[t];
        double[] scores = new double[length];
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < length; j++) {
            int keyPosition = keys.firstPosition(sequence) + j;
            if (!KeyRows.visible(op.mask(), position, keyPosition)) {
                continue;
            }
            int at = keys.row(sequence, j) * stride + kvHead * size;
            double dot = 0;
            for (int d = 0; d < size; d++) {
                dot += q.at(t, head * size + d) * k[at + d];
            }
            double score = dot * shape.scale();
            if (op.softCap().isPresent()) {
                score = op.softCap().get()
                        * StrictMath.tanh(score / op.softCap().get());
            }
            if (!op.alibi().isEmpty()) {
                score += (double) op.alibi().get(head) * (keyPosition - position);
            }
            scores[j] = score;
            max = Math.max(max, score);
        }
        double mass = 0;
        double[] sum = new double[size];
        for (int j = 0; j < length; j++) {
            if (!KeyRows.visible(op.mask(), position, keys.firstPosition(sequence) + j)) {
                continue;
            }
            double p = StrictMath.exp(scores[j] - max);
            mass += p;
            int at = keys.row(sequence, j) * stride + kvHead * size;
            for (int d = 0; d < size; d++) {
                sum[d] += p * v[at + d];
            }
        }
        for (int d = 0; d < size; d++) {
            out.set(t, head * size + d, sum[d] / mass);
        }
    }
}
