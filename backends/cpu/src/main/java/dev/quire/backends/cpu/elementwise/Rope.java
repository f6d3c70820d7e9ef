package dev.quire.backends.cpu.elementwise;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.quire.api.program.Rotary;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Rotary position embedding (Su et al. 2021 §3.2.2) from tables made on the host: a·c − b·s and b·c + a·s, every operation rounded. Elements
 * past the rotary dimension pass through. Immutable; rows may be split over threads anyhow; {@code out} may be {@code x}.
 */
public final class Rope {
    private static final int L = Lanes.COUNT;
    private static final VectorShuffle<Float> SWAP = VectorShuffle.fromOp(Lanes.FLOAT, lane -> lane ^ 1);
    private static final VectorShuffle<Float> TWICE = VectorShuffle.fromOp(Lanes.FLOAT, lane -> lane / 2);
    private static final VectorMask<Float> EVEN = VectorMask.fromLong(Lanes.FLOAT, 0x5555_5555_5555_5555L);

    private final int heads;
    private final int headSize;
    private final int pairs;
    private final int positions;
    private final Rotary.Pairing pairing;
    /** [positions, pairs] and one vector of padding, which wide loads may touch. */
    private final float[] cosines;

    private final float[] sines;

    /**
     * @param rotary frequencies, magnitude and pairing
     * @param heads heads of a row
     * @param headSize elements of a head
     * @param positions the tables hold positions 0 to {@code positions − 1}
     */
    public Rope(Rotary rotary, int heads, int headSize, int positions) {
        if (rotary.dim() > headSize) {
            throw new IllegalArgumentException(
                    "Rope rotates %d elements, but a head has %d".formatted(rotary.dim(), headSize));
        }
        this.heads = heads;
        this.headSize = headSize;
        this.pairs = rotary.dim() / 2;
        this.positions = positions;
        this.pairing = rotary.pairing();
        this.cosines = Arrays.copyOf(rotary.cosines(positions), positions * pairs + L);
        this.sines = Arrays.copyOf(rotary.sines(positions), positions * pairs + L);
    }

    private Rope(Rope tables, int heads) {
        this.heads = heads;
        this.headSize = tables.headSize;
        this.pairs = tables.pairs;
        this.positions = tables.positions;
        this.pairing = tables.pairing;
        this.cosines = tables.cosines;
        this.sines = tables.sines;
    }

    /** The same rotation, on the same tables, for rows of another number of heads. */
    public Rope withHeads(int count) {
        return new Rope(this, count);
    }

    /**
     * Rotates rows {@code from} to {@code to − 1}.
     *
     * @param positionOf position of each row
     */
    public void rows(Matrix x, int[] positionOf, Matrix out, int from, int to) {
        for (int row = from; row < to; row++) {
            int position = positionOf[row];
            if (position < 0 || position >= positions) {
                throw new IllegalArgumentException(
                        "row %d has position %d; the rotary tables hold 0 to %d; raise the step limits' longest context"
                                .formatted(row, position, positions - 1));
            }
            for (int head = 0; head < heads; head++) {
                long in = x.at(row) + head * headSize * 4L;
                long to0 = out.at(row) + head * headSize * 4L;
                switch (pairing) {
                    case HALF -> rotateHalves(x, in, out, to0, position * pairs);
                    case INTERLEAVED -> rotatePairs(x, in, out, to0, position * pairs);
                }
                if (in != to0 || x.memory() != out.memory()) {
                    Pointwise.copy(x, in + pairs * 8L, out, to0 + pairs * 8L, headSize - 2 * pairs);
                }
            }
        }
    }

    private void rotateHalves(Matrix x, long in, Matrix out, long to, int table) {
        long half = pairs * 4L;
        for (int i = 0; i < pairs; i += L) {
            VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, pairs);
            FloatVector c = FloatVector.fromArray(Lanes.FLOAT, cosines, table + i);
            FloatVector s = FloatVector.fromArray(Lanes.FLOAT, sines, table + i);
            FloatVector a = FloatVector.fromMemorySegment(Lanes.FLOAT, x.memory(), in + i * 4L, LITTLE_ENDIAN, inside);
            FloatVector b =
                    FloatVector.fromMemorySegment(Lanes.FLOAT, x.memory(), in + half + i * 4L, LITTLE_ENDIAN, inside);
            a.mul(c).sub(b.mul(s)).intoMemorySegment(out.memory(), to + i * 4L, LITTLE_ENDIAN, inside);
            b.mul(c).add(a.mul(s)).intoMemorySegment(out.memory(), to + half + i * 4L, LITTLE_ENDIAN, inside);
        }
    }

    /** Even lanes get a·c + b·(−s), odd ones b·c + a·s: the same roundings as with a subtraction. */
    private void rotatePairs(Matrix x, long in, Matrix out, long to, int table) {
        int n = 2 * pairs;
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, n);
            FloatVector c =
                    FloatVector.fromArray(Lanes.FLOAT, cosines, table + i / 2).rearrange(TWICE);
            FloatVector s =
                    FloatVector.fromArray(Lanes.FLOAT, sines, table + i / 2).rearrange(TWICE);
            FloatVector ab = FloatVector.fromMemorySegment(Lanes.FLOAT, x.memory(), in + i * 4L, LITTLE_ENDIAN, inside);
            FloatVector ba = ab.rearrange(SWAP);
            FloatVector signed = s.blend(s.neg(), EVEN);
            ab.mul(c).add(ba.mul(signed)).intoMemorySegment(out.memory(), to + i * 4L, LITTLE_ENDIAN, inside);
        }
    }
}
