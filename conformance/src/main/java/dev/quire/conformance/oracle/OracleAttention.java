package dev.quire.conformance.oracle;

import dev.quire.api.memory.KvCache;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import java.util.Map;
import java.util.Optional;

/** Attention of one step, one query and head at a time: every score, then the softmax, then the sum. */
final class OracleAttention {
    private final StepBatch batch;
    private final Op.Attend op;
    private final Matrix q;
    private final Keys keys;

    OracleAttention(StepBatch batch, Optional<KvCache> cache, Op.Attend op, Map<Value, Matrix> values) {
        this.batch = batch;
        this.op = op;
        this.q = values.get(op.q());
        this.keys = switch (op.keys()) {
            case KeySource.Cached(CacheRef ref) ->
                new CachedKeys(
                        (OracleCache) cache.orElseThrow(), ref, batch.groups().get(ref.group()));
            case KeySource.Step(Value k, Value v) -> new StepKeys(values.get(k), values.get(v), batch);
        };
    }

    /** Where the key and value of position {@code j} of a sequence lie. */
    private interface Keys {
        int length(int sequence);

        int firstPosition(int sequence);

        double[] k();

        double[] v();

        int row(int sequence, int index);
    }

    private record CachedKeys(OracleCache cache, CacheRef ref, GroupStep step) implements Keys {
        @Override
        public int length(int sequence) {
            return step.contextLengths()[sequence];
        }

        @Override
        public int firstPosition(int sequence) {
            return 0;
        }

        @Override
        public double[] k() {
            return cache.keys(ref);
        }

        @Override
        public double[] v() {
            return cache.values(ref);
        }

        @Override
        public int row(int sequence, int index) {
            int blockSize = cache.blockSize(ref);
            return step.block(sequence, index / blockSize) * blockSize + index % blockSize;
        }
    }

    private record StepKeys(Matrix key, Matrix value, StepBatch batch) implements Keys {
        @Override
        public int length(int sequence) {
            return batch.queryStarts()[sequence + 1] - batch.queryStarts()[sequence];
        }

        @Override
        public int firstPosition(int sequence) {
            return batch.positions()[batch.queryStarts()[sequence]];
        }

        @Override
        public double[] k() {
            return key.data();
        }

        @Override
        public double[] v() {
            return value.data();
        }

        @Override
        public int row(int sequence, int index) {
            return batch.queryStarts()[sequence] + index;
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
            if (!visible(position, keyPosition)) {
                continue;
            }
            int at = keys.row(sequence, j) * stride + kvHead * size;
            double dot = 0;
            for (int d = 0; d < size; d++) {
                dot += q.at(t, head * size + d) * keys.k()[at + d];
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
            if (!visible(position, keys.firstPosition(sequence) + j)) {
                continue;
            }
            double p = StrictMath.exp(scores[j] - max);
            mass += p;
            int at = keys.row(sequence, j) * stride + kvHead * size;
            for (int d = 0; d < size; d++) {
                sum[d] += p * keys.v()[at + d];
            }
        }
        for (int d = 0; d < size; d++) {
            out.set(t, head * size + d, sum[d] / mass);
        }
    }

    private boolean visible(int position, int keyPosition) {
        return switch (op.mask()) {
            case Mask.Causal() -> keyPosition <= position;
            case Mask.SlidingWindow(int size) -> keyPosition <= position && keyPosition > position - size;
            case Mask.Bidirectional() -> true;
        };
    }
}
