package dev.quire.backends.cpu.attention;

import dev.quire.api.format.E4M3;
import dev.quire.api.types.DType;
import dev.quire.backends.cpu.elementwise.Bf16;
import dev.quire.backends.cpu.elementwise.Exp;
import dev.quire.backends.cpu.elementwise.Tanh;

/** The definition of attention in plain Java, one query and one head at a time, over keys and values [tokens, kvHeads · headSize]. */
record AttentionDefinition(AttentionShape shape, DType dtype) {
    private static final int SEGMENT = 512;

    /** One head of one query: reads {@code length} tokens of {@code keys} and {@code values} and returns [headSize]. */
    float[] attend(float[] q, int head, int position, int length, float[] keys, float[] values) {
        int size = shape.headSize();
        int from = shape.first(position);
        int to = shape.end(position, length);
        float[] out = new float[size];
        float max = 0f;
        float sum = 0f;
        boolean started = false;
        for (int first = from / SEGMENT * SEGMENT; first < to; first += SEGMENT) {
            int a = Math.max(from, first);
            int b = Math.min(to, first + SEGMENT);
            float[] s = scores(q, head, position, keys, a, b);
            float m = Float.NEGATIVE_INFINITY;
            for (float x : s) {
                m = x > m ? x : m;
            }
            float[] lanes = new float[32];
            for (int t = a; t < b; t++) {
                s[t - a] = rounded(Exp.of(s[t - a] - m));
                lanes[t % 32] = lanes[t % 32] + s[t - a];
            }
            float l = fold(lanes);
            float[] o = weighted(s, head, values, a, b);
            if (started) {
                float top = m > max ? m : max;
                float x = Exp.of(max - top);
                float y = Exp.of(m - top);
                sum = sum * x + l * y;
                for (int d = 0; d < size; d++) {
                    out[d] = out[d] * x + o[d] * y;
                }
                max = top;
            } else {
                started = true;
                max = m;
                sum = l;
                out = o;
            }
        }
        for (int d = 0; d < size && started; d++) {
            out[d] = out[d] / sum;
        }
        return out;
    }

    private float[] scores(float[] q, int head, int position, float[] keys, int from, int to) {
        int size = shape.headSize();
        int row = shape.kvHeads() * size;
        int kvHead = head / shape.group();
        float[] s = new float[to - from];
        for (int t = from; t < to; t++) {
            float c = 0f;
            for (int d = 0; d < size; d++) {
                c = Math.fma(stored(keys[t * row + kvHead * size + d]), rounded(q[head * size + d]), c);
            }
            float x = c * shape.scale();
            if (shape.softCap().isPresent()) {
                float cap = shape.softCap().get();
                x = Tanh.of(x / cap) * cap;
            }
            if (shape.alibi().length > 0) {
                x = x + shape.alibi()[head] * (float) (t - position);
            }
            s[t - from] = x;
        }
        return s;
    }

    private float[] weighted(float[] p, int head, float[] values, int from, int to) {
        int size = shape.headSize();
        int row = shape.kvHeads() * size;
        int kvHead = head / shape.group();
        float[] o = new float[size];
        for (int d = 0; d < size; d++) {
            float c = 0f;
            for (int t = from; t < to; t++) {
                c = Math.fma(stored(values[t * row + kvHead * size + d]), p[t - from], c);
            }
            o[d] = c;
        }
        return o;
    }

    private static float fold(float[] lanes) {
        for (int bit = 16; bit > 0; bit /= 2) {
            for (int i = 0; i < bit; i++) {
                lanes[i] = lanes[i] + lanes[i ^ bit];
            }
        }
        return lanes[0];
    }

    private float rounded(float x) {
        return dtype == DType.F32 ? x : Bf16.round(x);
    }

    private float stored(float x) {
        return dtype == DType.F8_E4M3 ? E4M3.decode(E4M3.encode(x)) : rounded(x);
    }
}
