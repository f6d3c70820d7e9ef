package dev.quire.backends.cpu.canonical;

import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.program.Activation;
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
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A made decoder of random sizes: one of each kind of op that decoders use, and weights from a seed. */
final class RandomModel {
    /** Formats whose random bytes need no more than a sensible scale. */
    private static final List<WeightFormat> FORMATS =
            List.of(WeightFormat.BF16, WeightFormat.BF16, WeightFormat.F16, WeightFormat.Q8_0, WeightFormat.Q4_0);

    private final Random random;
    private final long seed;
    private final int vocabulary;
    private final int width;
    private final PagedKv group;
    private final List<Op> ops = new ArrayList<>();

    private RandomModel(Random random) {
        this.random = random;
        this.seed = random.nextLong();
        this.vocabulary = random.nextInt(20, 90);
        this.width = 32 * random.nextInt(1, 5);
        int headSize = 8 * random.nextInt(1, 6);
        this.group = new PagedKv("kv", random.nextInt(1, 3), random.nextInt(1, 3), headSize, DType.BF16, 16, 0);
        forward();
    }

    static RandomModel of(Random random) {
        return new RandomModel(random);
    }

    int vocabulary() {
        return vocabulary;
    }

    PagedKv group() {
        return group;
    }

    Program program() {
        return Program.of(
                List.of(Value.TOKENS, Value.POSITIONS),
                ops,
                List.of(ops.getLast().outputs().getFirst()));
    }

    private void forward() {
        Value x = Value.tokens("embedded", width);
        ops.add(new Op.Embed(Value.TOKENS, matrix("table", vocabulary, width), 0, x));
        for (int layer = 0; layer < group.layers(); layer++) {
            x = layer("layer" + layer + ".", layer, x);
        }
        Value rows = Value.logits("rows", width);
        ops.add(new Op.GatherRows(x, rows));
        ops.add(linear(rows, "head", Op.Linear.Split.WHOLE, Value.logits("logits", vocabulary)));
    }

    private Value layer(String name, int layer, Value x) {
        int heads = group.kvHeads() * random.nextInt(1, 4);
        int size = group.headSize();
        int kvWidth = group.kvHeads() * size;
        Value h = normed(name + "h", x);
        Value q = Value.tokens(name + "q", heads * size);
        Value k = Value.tokens(name + "k", kvWidth);
        Value v = Value.tokens(name + "v", kvWidth);
        ops.add(linear(h, name + "q", Op.Linear.Split.WHOLE, q));
        ops.add(linear(h, name + "k", Op.Linear.Split.WHOLE, k));
        ops.add(linear(h, name + "v", Op.Linear.Split.WHOLE, v));
        Rotary rotary = Rotary.of(size, 1e4, Rotary.Pairing.values()[random.nextInt(2)]);
        Value qRotated = Value.tokens(name + "q.rotated", q.width());
        Value kRotated = Value.tokens(name + "k.rotated", kvWidth);
        ops.add(new Op.Rope(q, Value.POSITIONS, rotary, size, qRotated));
        ops.add(new Op.Rope(k, Value.POSITIONS, rotary, size, kRotated));
        CacheRef target = new CacheRef(0, layer);
        ops.add(new Op.WriteKv(kRotated, v, target));
        Value attended = Value.tokens(name + "attended", q.width());
        ops.add(new Op.Attend(
                qRotated,
                new KeySource.Cached(target),
                new Op.Attend.HeadShape(heads, group.kvHeads(), size, 1 / Math.sqrt(size)),
                random.nextBoolean() ? Mask.CAUSAL : new Mask.SlidingWindow(random.nextInt(1, 600)),
                random.nextInt(3) == 0 ? Optional.of(20f) : Optional.empty(),
                List.of(),
                attended));
        Value after = added(name + "after", attended, name + "o", x);
        Value inner = normed(name + "inner", after);
        int hidden = 32 * random.nextInt(1, 9);
        Activation activation = Activation.values()[random.nextInt(Activation.values().length)];
        Value gate = Value.tokens(name + "gate", hidden);
        Value up = Value.tokens(name + "up", hidden);
        Value gated = Value.tokens(name + "gated", hidden);
        ops.add(linear(inner, name + "gate", Op.Linear.Split.WHOLE, gate));
        ops.add(linear(inner, name + "up", Op.Linear.Split.WHOLE, up));
        ops.add(new Op.Gated(gate, up, activation, gated));
        return added(name + "out", gated, name + "down", after);
    }

    private Value normed(String name, Value x) {
        Value h = Value.tokens(name, x.width());
        WeightRef weight = WeightRef.vector(name + ".weight", x.width());
        ops.add(
                random.nextInt(3) > 0
                        ? new Op.RmsNorm(x, Optional.of(weight), 0, 1e-5f, x.width(), h)
                        : new Op.LayerNorm(x, Optional.of(weight), Optional.empty(), 1e-5f, x.width(), h));
        return h;
    }

    /** {@code from} through a layer that is split by rows, added to {@code to}. */
    private Value added(String name, Value from, String weight, Value to) {
        Value projected = Value.tokens(weight + ".out", to.width());
        ops.add(linear(from, weight, Op.Linear.Split.EIGHT_SLICES, projected));
        Value sum = Value.tokens(name, to.width());
        ops.add(new Op.Add(to, projected, sum));
        return sum;
    }

    private Op linear(Value x, String name, Op.Linear.Split split, Value out) {
        Optional<WeightRef> bias =
                random.nextBoolean() ? Optional.of(WeightRef.vector(name + ".bias", out.width())) : Optional.empty();
        return new Op.Linear(x, matrix(name + ".weight", out.width(), x.width()), bias, split, out);
    }

    private WeightRef matrix(String name, int rows, int columns) {
        WeightFormat format = columns % 32 == 0 ? FORMATS.get(random.nextInt(FORMATS.size())) : WeightFormat.BF16;
        return new WeightRef(name, rows, columns, format);
    }

    /** Weights that depend on the seed and their name alone. */
    MemorySegment weight(WeightRef ref) {
        Random own = new Random(seed + ref.name().hashCode());
        MemorySegment memory = Arena.ofAuto().allocate(ref.bytes(), 64);
        long elements = (long) ref.rows() * ref.columns();
        float size = ref.rows() == 1 ? 1 : (float) (2 / Math.sqrt(ref.columns()));
        switch (ref.format()) {
            case F32 -> {
                for (long i = 0; i < elements; i++) {
                    memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) own.nextGaussian() * size);
                }
            }
            case BF16 -> {
                for (long i = 0; i < elements; i++) {
                    int bits = Float.floatToRawIntBits((float) own.nextGaussian() * size);
                    memory.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (bits >>> 16));
                }
            }
            case F16 -> {
                for (long i = 0; i < elements; i++) {
                    short bits = Float.floatToFloat16((float) own.nextGaussian() * size);
                    memory.setAtIndex(ValueLayout.JAVA_SHORT, i, bits);
                }
            }
            case Q8_0, Q4_0 -> blocks(memory, ref.format(), own, size);
            default -> throw new IllegalArgumentException(ref.format() + " is not among " + FORMATS);
        }
        return memory;
    }

    /** Random codes under scales that give values of about {@code size}. */
    private static void blocks(MemorySegment memory, WeightFormat format, Random own, float size) {
        byte[] bytes = new byte[(int) memory.byteSize()];
        own.nextBytes(bytes);
        memory.copyFrom(MemorySegment.ofArray(bytes));
        float largest = format == WeightFormat.Q8_0 ? 127 : 8;
        for (long block = 0; block < memory.byteSize(); block += format.blockBytes()) {
            float scale = size * (0.5f + own.nextFloat()) / largest;
            memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, block, Float.floatToFloat16(scale));
        }
    }
}
