package dev.quire.conformance.scenario;

import dev.quire.api.WeightSource;
import dev.quire.api.format.PlainEncoder;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;

/** Data of cases: the same for the same seed and name. */
public final class Samples {
    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Half the smallest normal number of binary16. */
    private static final float SUBNORMAL_HALF = 0x1p-15f;

    private final long seed;
    private final boolean gentle;

    /** @param seed of all data */
    public Samples(long seed) {
        this(seed, false);
    }

    private Samples(long seed, boolean gentle) {
        this.seed = seed;
        this.gentle = gentle;
    }

    /** The same, but that all matrices are normal with mean zero: no score of a whole model drowns the others, and errors stay small. */
    public Samples gentle() {
        return new Samples(seed, true);
    }

    /** Randomness of its own for {@code name}. */
    public Random random(String name) {
        return new Random(mixed(name));
    }

    /** Randomness of its own for a place in the data of {@code name}. */
    public Random random(String name, int row, int column) {
        return new Random((mixed(name) * 31 + row) * 0x2545F4914F6CDD1DL + column);
    }

    private long mixed(String name) {
        return seed * 0x9E3779B97F4A7C15L + name.hashCode();
    }

    /** {@code n} floats, uniform in [−size, size]. */
    public float[] floats(String name, int n, float size) {
        Random random = random(name);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = size * (2 * random.nextFloat() - 1);
        }
        return values;
    }

    /** Rows whose draws take turns, the first of them {@code first}. */
    public float[] rows(String name, int rows, int width, Draw first) {
        Random random = random(name);
        float[] values = new float[Math.multiplyExact(rows, width)];
        Draw[] draws = Draw.values();
        for (int row = 0; row < rows; row++) {
            Draw draw = draws[(first.ordinal() + row) % draws.length];
            draw.fill(random, mixed(name + "channels"), values, row * width, width);
        }
        return values;
    }

    /** Rows of one draw. */
    public float[] drawn(String name, int rows, int width, Draw draw) {
        Random random = random(name);
        float[] values = new float[Math.multiplyExact(rows, width)];
        for (int row = 0; row < rows; row++) {
            draw.fill(random, mixed(name + "channels"), values, row * width, width);
        }
        return values;
    }

    /** Lends weights, each until the next is read (RULES M11). */
    public WeightSource source() {
        return new LentWeights(this);
    }

    /**
     * A weight's bytes. Vectors lie within ±1. Rows of a matrix take turns: uniform, positive, and normal with a scale for each channel, over
     * √columns; in F16 every fifth value is small enough to be subnormal, and nothing in float32. Blocks have scales of either sign.
     */
    MemorySegment weight(WeightRef ref) {
        MemorySegment bytes = Arena.ofAuto().allocate(ref.bytes(), 64);
        if (ref.format().isQuantized()) {
            codes(ref, bytes);
            return bytes;
        }
        if (ref.rows() == 1 && ref.format() == WeightFormat.F32) {
            PlainEncoder.encode(ref.format(), floats(ref.name(), ref.columns(), 1), 0, bytes, 0, ref.columns());
            return bytes;
        }
        Random random = random(ref.name());
        Draw[] draws = gentle ? new Draw[] {Draw.NORMAL} : new Draw[] {Draw.UNIFORM, Draw.POSITIVE, Draw.CHANNELS};
        float[] row = new float[ref.columns()];
        float size = (float) (1 / Math.sqrt(ref.columns()));
        for (int n = 0; n < ref.rows(); n++) {
            draws[n % draws.length].fill(random, mixed(ref.name() + "channels"), row, 0, row.length);
            for (int k = 0; k < row.length; k++) {
                row[k] *= ref.format() == WeightFormat.F16 && k % 5 == 4 ? SUBNORMAL_HALF : size;
            }
            PlainEncoder.encode(ref.format(), row, 0, bytes, n * ref.format().bytes(row.length), row.length);
        }
        return bytes;
    }

    private void codes(WeightRef ref, MemorySegment bytes) {
        if (ref.format() == WeightFormat.INT8) {
            rowsOfBytes(ref, bytes);
        } else {
            blocks(ref, bytes);
        }
    }

    /** Random bytes, −128 among them, under scales of either sign; in every third row none is negative. */
    private void rowsOfBytes(WeightRef ref, MemorySegment bytes) {
        Random random = random(ref.name());
        float size = (float) (1 / Math.sqrt(ref.columns()));
        byte[] codes = new byte[ref.columns()];
        for (int row = 0; row < ref.rows(); row++) {
            random.nextBytes(codes);
            boolean positive = !gentle && row % 3 == 1;
            for (int i = 0; positive && i < codes.length; i++) {
                codes[i] &= Byte.MAX_VALUE;
            }
            float scale = size * (0.25f + 0.75f * random.nextFloat()) / 128;
            long at = row * ref.format().bytes(ref.columns());
            bytes.set(FLOAT, at, positive || gentle || random.nextBoolean() ? scale : -scale);
            MemorySegment.copy(
                    MemorySegment.ofArray(codes), 0, bytes, at + ref.format().headBytes(), codes.length);
        }
    }

    /** Random codes under random scales, which keep values within ±1/√columns or so; in every third row no value is negative where a format can say so. */
    private void blocks(WeightRef ref, MemorySegment bytes) {
        Random random = random(ref.name());
        byte[] codes = new byte[Math.toIntExact(ref.bytes())];
        random.nextBytes(codes);
        MemorySegment.copy(MemorySegment.ofArray(codes), 0, bytes, 0, codes.length);
        int perRow = ref.columns() / ref.format().blockElements();
        float size = (float) (1 / Math.sqrt(ref.columns()));
        for (int block = 0; block < ref.rows() * perRow; block++) {
            long at = (long) block * ref.format().blockBytes();
            boolean positive = gentle || block / perRow % 3 == 1;
            float scale = size * (0.25f + 0.75f * random.nextFloat()) * (positive || random.nextBoolean() ? 1 : -1);
            float minimum = gentle ? -scale / 2 : size * (positive ? 1 : 2 * random.nextFloat() - 1);
            switch (ref.format()) {
                case Q8_0 -> half(bytes, at, scale / 128);
                case Q4_0 -> half(bytes, at, scale / 8);
                case Q5_0 -> half(bytes, at, scale / 16);
                case Q4_1 -> pair(bytes, at, scale / 15, minimum);
                case Q5_1 -> pair(bytes, at, scale / 31, minimum);
                case Q2_K -> pair(bytes, at + 80, scale / (15 * 3), -minimum / 15);
                case Q3_K -> half(bytes, at + 108, scale / (32 * 4));
                case Q4_K -> pair(bytes, at, scale / (63 * 15), -minimum / 63);
                case Q5_K -> pair(bytes, at, scale / (63 * 31), -minimum / 63);
                case Q6_K -> half(bytes, at + 208, scale / (128 * 32));
                case INT4_G32, INT4_G64, INT4_G128 -> pair(bytes, at, scale / 8, gentle ? 8 : random.nextInt(17));
                case F32, F16, BF16, INT8 -> throw new IllegalStateException(ref.format() + " has no scales in blocks");
            }
        }
    }

    private static void pair(MemorySegment bytes, long at, float scale, float minimum) {
        half(bytes, at, scale);
        half(bytes, at + 2, minimum);
    }

    private static void half(MemorySegment bytes, long at, float value) {
        bytes.set(HALF, at, Float.floatToFloat16(value));
    }
}
