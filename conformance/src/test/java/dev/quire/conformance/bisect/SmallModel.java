package dev.quire.conformance.bisect;

import dev.quire.api.format.PlainEncoder;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Two layers of attention over random weights. */
final class SmallModel {
    private static final int WIDTH = 32;
    private static final int VOCABULARY = 50;
    private static final Op.Attend.HeadShape HEADS = new Op.Attend.HeadShape(4, 2, 8, 0.35f);

    private final long seed;
    private final List<Op> ops = new ArrayList<>();

    private SmallModel(long seed) {
        this.seed = seed;
    }

    static Subject subject(long seed, int decodes) {
        SmallModel model = new SmallModel(seed);
        KvCacheLayout cache = new KvCacheLayout(
                List.of(new CacheGroup.PagedKv("kv", 2, HEADS.kvHeads(), HEADS.headSize(), DType.BF16, 4, 0)));
        return new Subject(model.program(), cache, model::weight, new int[] {3, 1, 4, 1, 5, 9, 2}, decodes);
    }

    private Program program() {
        Value x = Value.tokens("embedding", WIDTH);
        ops.add(new Op.Embed(Value.TOKENS, matrix("embed", VOCABULARY, WIDTH), 0, x));
        for (int i = 0; i < 2; i++) {
            x = layer("layer" + i + ".", i, x);
        }
        Value wanted = Value.logits("wanted", WIDTH);
        Value logits = Value.logits("logits", VOCABULARY);
        ops.add(new Op.GatherRows(x, wanted));
        ops.add(linear(wanted, "head", logits, Op.Linear.Split.WHOLE));
        return Program.of(List.of(Value.TOKENS, Value.POSITIONS), ops, List.of(logits));
    }

    private Value layer(String name, int index, Value x) {
        CacheRef cache = new CacheRef(0, index);
        Value normed = Value.tokens(name + "norm", WIDTH);
        Value q = Value.tokens(name + "q", WIDTH);
        Value k = Value.tokens(name + "k", HEADS.kvHeads() * HEADS.headSize());
        Value v = Value.tokens(name + "v", k.width());
        Value rotated = Value.tokens(name + "rotated", WIDTH);
        Value attended = Value.tokens(name + "attention", WIDTH);
        Value o = Value.tokens(name + "o", WIDTH);
        Value out = Value.tokens(name + "out", WIDTH);
        Rotary rotary = Rotary.of(HEADS.headSize(), 10_000, Rotary.Pairing.HALF);
        ops.add(new Op.RmsNorm(x, Optional.of(WeightRef.vector(name + "norm", WIDTH)), 0, 1e-5f, WIDTH, normed));
        ops.add(linear(normed, name + "q", q, Op.Linear.Split.WHOLE));
        ops.add(linear(normed, name + "k", k, Op.Linear.Split.WHOLE));
        ops.add(linear(normed, name + "v", v, Op.Linear.Split.WHOLE));
        ops.add(new Op.Rope(q, Value.POSITIONS, rotary, HEADS.headSize(), rotated));
        ops.add(new Op.WriteKv(k, v, cache));
        ops.add(new Op.Attend(
                rotated, new KeySource.Cached(cache), HEADS, Mask.CAUSAL, Optional.empty(), List.of(), attended));
        ops.add(linear(attended, name + "o", o, Op.Linear.Split.EIGHT_SLICES));
        ops.add(new Op.Add(x, o, out));
        return out;
    }

    private static Op linear(Value x, String weight, Value out, Op.Linear.Split split) {
        return new Op.Linear(x, matrix(weight, out.width(), x.width()), Optional.empty(), split, out);
    }

    private static WeightRef matrix(String name, int rows, int columns) {
        return new WeightRef(name, rows, columns, WeightFormat.BF16);
    }

    private MemorySegment weight(WeightRef ref) {
        Random random = new Random(seed * 31 + ref.name().hashCode());
        float[] values = new float[ref.rows() * ref.columns()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() / (ref.rows() == 1 ? 1 : (float) Math.sqrt(ref.columns()));
        }
        MemorySegment bytes = Arena.ofAuto().allocate(ref.bytes(), 64);
        PlainEncoder.encode(ref.format(), values, 0, bytes, 0, values.length);
        return bytes;
    }
}
