package dev.quire.conformance.metamorphic;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.types.DType;
import dev.quire.conformance.scenario.AttentionData;
import dev.quire.conformance.scenario.Samples;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * WriteKv and Attend alone, over the second of two layers.
 *
 * @param extras whether scores are capped and sloped
 */
record AttentionSubject(String name, Samples samples, Op.Attend.HeadShape heads, Mask mask, boolean extras, DType type)
        implements Subject {
    private static final CacheRef TARGET = new CacheRef(0, 1);

    /** The same with a soft cap and ALiBi slopes. */
    AttentionSubject capped() {
        return new AttentionSubject(name, samples, heads, mask, true, type);
    }

    private Value k() {
        return Value.tokens("k", heads.kvHeads() * heads.headSize());
    }

    private Value v() {
        return Value.tokens("v", heads.kvHeads() * heads.headSize());
    }

    private Value q() {
        return Value.tokens("q", heads.heads() * heads.headSize());
    }

    @Override
    public Program program() {
        Op attend = new Op.Attend(
                q(),
                new KeySource.Cached(TARGET),
                heads,
                mask,
                extras ? Optional.of(20f) : Optional.empty(),
                extras ? Collections.nCopies(heads.heads(), 0.0625f) : List.of(),
                out());
        return Program.of(List.of(q(), k(), v()), List.of(new Op.WriteKv(k(), v(), TARGET), attend), List.of(out()));
    }

    @Override
    public Value out() {
        return Value.tokens("out", heads.heads() * heads.headSize());
    }

    @Override
    public KvCacheLayout layout(int blocks) {
        return new KvCacheLayout(
                List.of(new CacheGroup.PagedKv("kv", 2, heads.kvHeads(), heads.headSize(), type, 16, blocks)));
    }

    @Override
    public int token(int sequence, int position) {
        return 0;
    }

    @Override
    public Map<String, float[]> inputs(int[][] rows) {
        AttentionData data =
                new AttentionData(samples, name, heads.heads(), heads.kvHeads(), heads.headSize(), heads.scale());
        float[] q = new float[rows.length * q().width()];
        float[] k = new float[rows.length * k().width()];
        float[] v = new float[rows.length * k().width()];
        for (int row = 0; row < rows.length; row++) {
            data.token(rows[row][0], rows[row][1], q, k, v, row);
        }
        return Map.of("q", q, "k", k, "v", v);
    }
}
