package dev.quire.conformance.golden;

import dev.quire.api.format.PlainEncoder;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.models.KitModel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A small model that nobody has seen before: a Llama of two layers whose sizes, masks, rotary pairing, activation and weights a seed chooses. BF16
 * matrices and keys, so that REPRODUCIBLE runs it.
 */
final class FreshModel {
    private static final int LAYERS = 2;
    private static final int BLOCK = 16;
    private static final float EPS = 1e-5f;

    private final long seed;
    private final int hidden;
    private final int inner;
    private final int vocabulary;
    private final Op.Attend.HeadShape heads;
    private final Rotary rotary;
    private final Activation activation;
    private final List<Mask> masks;
    private final List<Op> ops = new ArrayList<>();

    private FreshModel(long seed) {
        this.seed = seed;
        Random random = new Random(seed);
        int headSize = 16 * (2 + random.nextInt(4));
        int kvHeads = 1 + random.nextInt(3);
        this.heads =
                new Op.Attend.HeadShape(kvHeads * (1 + random.nextInt(3)), kvHeads, headSize, 1 / Math.sqrt(headSize));
        this.hidden = 8 * (9 + random.nextInt(16));
        this.inner = 40 + random.nextInt(260);
        this.vocabulary = 257 + random.nextInt(300);
        Rotary.Pairing pairing = random.nextBoolean() ? Rotary.Pairing.HALF : Rotary.Pairing.INTERLEAVED;
        this.rotary = Rotary.of(headSize, 10_000, pairing);
        this.activation = random.nextBoolean() ? Activation.SILU : Activation.GELU_TANH;
        this.masks = List.of(Mask.CAUSAL, new Mask.SlidingWindow(3 + random.nextInt(40)));
    }

    /** The model of a seed. */
    static KitModel of(long seed) {
        FreshModel model = new FreshModel(seed);
        CacheGroup keys = new CacheGroup.PagedKv(
                "kv", LAYERS, model.heads.kvHeads(), model.heads.headSize(), DType.BF16, BLOCK, 0);
        return new KitModel("fresh", model.program(), new KvCacheLayout(List.of(keys)), model::weight);
    }

    private Program program() {
        Value x = Value.tokens("embedding", hidden);
        ops.add(new Op.Embed(Value.TOKENS, matrix("embedding", vocabulary, hidden), 0, x));
        for (int layer = 0; layer < LAYERS; layer++) {
            x = layer("layer%d.".formatted(layer), x, new CacheRef(0, layer), masks.get(layer));
        }
        Value wanted = Value.logits("wanted", hidden);
        ops.add(new Op.GatherRows(x, wanted));
        Value last = Value.logits("last", hidden);
        ops.add(new Op.RmsNorm(wanted, Optional.of(WeightRef.vector("norm", hidden)), 0, EPS, hidden, last));
        Value logits = Value.logits(KitModel.LOGITS, vocabulary);
        ops.add(new Op.Linear(last, matrix("head", vocabulary, hidden), Optional.empty(), Split.WHOLE, logits));
        return Program.of(List.of(Value.TOKENS, Value.POSITIONS), ops, List.of(logits));
    }

    private Value layer(String name, Value x, CacheRef cache, Mask mask) {
        int width = heads.heads() * heads.headSize();
        int keys = heads.kvHeads() * heads.headSize();
        Value h = norm(name + "attention_norm", x);
        Value q = rope(name + "q_rotated", linear(name + "q", h, width, Split.WHOLE));
        Value k = rope(name + "k_rotated", linear(name + "k", h, keys, Split.WHOLE));
        ops.add(new Op.WriteKv(k, linear(name + "v", h, keys, Split.WHOLE), cache));
        Value attention = Value.tokens(name + "attention", width);
        ops.add(new Op.Attend(q, new KeySource.Cached(cache), heads, mask, Optional.empty(), List.of(), attention));
        Value after = add(name + "after", x, linear(name + "o", attention, hidden, Split.EIGHT_SLICES));
        Value g = norm(name + "mlp_norm", after);
        Value gated = Value.tokens(name + "gated", inner);
        Value gate = linear(name + "gate", g, inner, Split.WHOLE);
        ops.add(new Op.Gated(gate, linear(name + "up", g, inner, Split.WHOLE), activation, gated));
        return add(name + "out", after, linear(name + "down", gated, hidden, Split.EIGHT_SLICES));
    }

    private Value norm(String name, Value x) {
        Value out = Value.tokens(name, hidden);
        ops.add(new Op.RmsNorm(x, Optional.of(WeightRef.vector(name, hidden)), 0, EPS, hidden, out));
        return out;
    }

    private Value linear(String name, Value x, int width, Split split) {
        Value out = Value.tokens(name, width);
        ops.add(new Op.Linear(x, matrix(name, width, x.width()), Optional.empty(), split, out));
        return out;
    }

    private Value rope(String name, Value x) {
        Value out = Value.tokens(name, x.width());
        ops.add(new Op.Rope(x, Value.POSITIONS, rotary, heads.headSize(), out));
        return out;
    }

    private Value add(String name, Value a, Value b) {
        Value out = Value.tokens(name, a.width());
        ops.add(new Op.Add(a, b, out));
        return out;
    }

    private static WeightRef matrix(String name, int rows, int columns) {
        return new WeightRef(name, rows, columns, WeightFormat.BF16);
    }

    /** Matrices within ±2 / √columns, vectors within 1 ± 0.5. */
    private MemorySegment weight(WeightRef ref) {
        Random random = new Random(seed * 31 + ref.name().hashCode());
        float[] values = new float[ref.rows() * ref.columns()];
        boolean vector = ref.format() == WeightFormat.F32;
        float size = vector ? 0.5f : (float) (2 / Math.sqrt(ref.columns()));
        for (int i = 0; i < values.length; i++) {
            values[i] = (vector ? 1 : 0) + size * (2 * random.nextFloat() - 1);
        }
        MemorySegment bytes = Arena.ofAuto().allocate(ref.bytes(), Float.BYTES);
        PlainEncoder.encode(ref.format(), values, 0, bytes, 0, values.length);
        return bytes.asReadOnly();
    }
}
