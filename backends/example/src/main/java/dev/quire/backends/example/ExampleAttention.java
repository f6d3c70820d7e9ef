package dev.quire.backends.example;

import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import java.util.Arrays;

/** Attention of one step: RULES.md N11 and N14 line by line, a query row and a head at a time. This is what a port writes for its device. */
record ExampleAttention(Op.Attend op, StepBatch batch, Bindings io, ExampleLayer layer) {
    private static final int SEGMENT = 512;

    void run() {
        for (int s = 0; s < batch.sequences(); s++) {
            for (int t = batch.queryStarts()[s]; t < batch.queryStarts()[s + 1]; t++) {
                for (int head = 0; head < op.shape().heads(); head++) {
                    attend(s, t, head);
                }
            }
        }
    }

    private void attend(int sequence, int t, int head) {
        int size = op.shape().headSize();
        int kv = head / (op.shape().heads() / op.shape().kvHeads()) * size; // A4
        int position = batch.positions()[t];
        int first = op.mask() instanceof Mask.SlidingWindow(int window) ? Math.max(0, position - window + 1) : 0;
        int end = op.mask() instanceof Mask.Bidirectional ? layer.context(sequence) : position + 1; // A1
        float[] q = new float[size];
        for (int d = 0; d < size; d++) {
            q[d] = Canon1.bf16(io.buffer(op.q().name()).floatAt(t, head * size + d));
        }
        float max = 0;
        float sum = 0;
        float[] o = new float[size];
        for (int from = first - first % SEGMENT; from < end; from += SEGMENT) {
            int begin = Math.max(first, from);
            int stop = Math.min(end, from + SEGMENT);
            float[] p = new float[SEGMENT];
            Arrays.fill(p, Float.NEGATIVE_INFINITY);
            float m = Float.NEGATIVE_INFINITY;
            for (int j = begin; j < stop; j++) {
                float c = 0;
                for (int d = 0; d < size; d++) {
                    c += q[d] * layer.key(sequence, j, kv + d);
                }
                p[j - from] = extras(c * (float) op.shape().scale(), head, j - position);
                m = p[j - from] > m ? p[j - from] : m;
            }
            float[] part = new float[size];
            for (int i = 0; i < SEGMENT; i++) {
                p[i] = Canon1.bf16(Canon1.exp(p[i] - m)); // +0 where nothing is seen
            }
            for (int j = begin; j < stop; j++) {
                for (int d = 0; d < size; d++) {
                    part[d] += p[j - from] * layer.value(sequence, j, kv + d);
                }
            }
            float top = from > first && max > m ? max : m;
            float a = from > first ? Canon1.exp(max - top) : 0;
            float b = Canon1.exp(m - top);
            sum = sum * a + Canon1.laneSum(p) * b;
            for (int d = 0; d < size; d++) {
                o[d] = o[d] * a + part[d] * b;
            }
            max = top;
        }
        for (int d = 0; d < size; d++) {
            ExampleLayer.put(io.buffer(op.out().name()), t, head * size + d, o[d] / sum);
        }
    }

    private float extras(float score, int head, int distance) {
        float s = op.softCap().isEmpty()
                ? score
                : op.softCap().get() * Canon1.tanh(score / op.softCap().get());
        return op.alibi().isEmpty() ? s : s + op.alibi().get(head) * (float) distance;
    }
}
