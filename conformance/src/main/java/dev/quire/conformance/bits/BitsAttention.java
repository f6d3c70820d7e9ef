package dev.quire.conformance.bits;

import dev.quire.api.program.Op;
import dev.quire.api.step.StepBatch;
import dev.quire.conformance.interpreter.KeyRows;
import java.util.stream.IntStream;

/** Attention of one step, one query and head at a time, in segments at absolute positions (RULES N11, N14). Queries run on the common pool. */
final class BitsAttention {
    private final StepBatch batch;
    private final Op.Attend op;
    private final Canon canon;
    private final Matrix q;
    private final KeyRows rows;
    private final float[] k;
    private final float[] v;
    private final int size;

    /**
     * @param rows where keys lie
     * @param k a row of keys per KeyRows row, rounded to bf16
     * @param v the values beside them, rounded to bf16
     */
    BitsAttention(StepBatch batch, Op.Attend op, Canon canon, Matrix q, KeyRows rows, float[] k, float[] v) {
        this.batch = batch;
        this.op = op;
        this.canon = canon;
        this.q = q;
        this.rows = canon.keys(rows);
        this.k = k;
        this.v = v;
        this.size = op.shape().headSize();
    }

    Matrix run() {
        Matrix out = new Matrix(q.rows(), q.width());
        for (int s = 0; s < batch.sequences(); s++) {
            int sequence = s;
            IntStream.range(batch.queryStarts()[s], batch.queryStarts()[s + 1])
                    .parallel()
                    .forEach(t -> row(sequence, t, out));
        }
        return out;
    }

    private void row(int sequence, int t, Matrix out) {
        for (int head = 0; head < op.shape().heads(); head++) {
            new Query(sequence, t, head).attend(out);
        }
    }

    /** One head of one row. */
    private final class Query {
        private final int t;
        private final int head;
        private final int sequence;
        private final int first;
        private final int end;
        private final float[] query = new float[size];
        private final int tokens = canon.segment();
        private final float[] p = new float[tokens];
        private final boolean[] seen = new boolean[tokens];

        Query(int sequence, int t, int head) {
            this.sequence = sequence;
            this.t = t;
            this.head = head;
            this.first = rows.firstPosition(sequence);
            this.end = first + rows.length(sequence);
            for (int d = 0; d < size; d++) {
                query[d] = canon.bf16(q.at(t, head * size + d));
            }
        }

        void attend(Matrix out) {
            boolean started = false;
            float max = 0f;
            float sum = 0f;
            float[] o = new float[size];
            for (int segment = first - first % tokens; segment < end; segment += tokens) {
                if (!score(segment)) {
                    continue;
                }
                float m = weigh();
                float l = canon.sum(p, 0, tokens);
                float[] part = values(segment);
                if (!started) {
                    started = true;
                    max = m;
                    sum = l;
                    o = part;
                    continue;
                }
                float top = m > max ? m : max;
                float a = canon.exp(max - top);
                float b = canon.exp(m - top);
                max = top;
                sum = sum * a + l * b;
                for (int d = 0; d < size; d++) {
                    o[d] = o[d] * a + part[d] * b;
                }
            }
            for (int d = 0; d < size; d++) {
                out.set(t, head * size + d, started ? o[d] / sum : 0f);
            }
        }

        /** Puts the scores of a segment's visible tokens to {@link #p}; false if there are none. */
        private boolean score(int segment) {
            int position = batch.positions()[t];
            boolean any = false;
            for (int i = 0; i < tokens; i++) {
                int j = segment + i;
                seen[i] = j >= first && j < end && canon.visible(op.mask(), position, j);
                if (seen[i]) {
                    any = true;
                    p[i] = extras(product(at(j - first)) * (float) op.shape().scale(), j - position);
                }
            }
            return any;
        }

        private float product(int at) {
            float c = 0f;
            for (int d = 0; d < size; d++) {
                c = c + query[d] * k[at + d];
            }
            return c;
        }

        private float extras(float score, int distance) {
            float s =
                    op.softCap().isPresent() ? canon.softCap(score, op.softCap().get()) : score;
            return op.alibi().isEmpty() ? s : s + op.alibi().get(head) * (float) distance;
        }

        /** Turns scores into weights; returns the largest score. */
        private float weigh() {
            float max = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < tokens; i++) {
                max = seen[i] && p[i] > max ? p[i] : max;
            }
            for (int i = 0; i < tokens; i++) {
                p[i] = seen[i] ? canon.weight(p[i], max) : 0f;
            }
            return max;
        }

        private float[] values(int segment) {
            float[] o = new float[size];
            for (int i = 0; i < tokens; i++) {
                if (seen[i]) {
                    int at = at(segment + i - first);
                    for (int d = 0; d < size; d++) {
                        o[d] = o[d] + p[i] * v[at + d];
                    }
                }
            }
            return o;
        }

        /** Where key {@code index} of the sequence begins for this head. */
        private int at(int index) {
            Op.Attend.HeadShape shape = op.shape();
            int kvHead = canon.kvHead(head, shape.heads(), shape.kvHeads());
            return (rows.row(sequence, index) * shape.kvHeads() + kvHead) * size;
        }
    }
}
