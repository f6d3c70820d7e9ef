package dev.quire.conformance.bits;

import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.format.BlockDecoder;
import dev.quire.api.program.WeightRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Weights as they are stored, and matrices of Linears rounded to bf16 (RULES W1, N4). Used by one thread at a time. */
final class BitsWeights implements Weights {
    private final Arena arena = Arena.ofShared();
    private final List<WeightRef> refs;
    private final Canon canon;
    private final Map<WeightRef, MemorySegment> stored = new HashMap<>();
    private final Map<WeightRef, short[]> rounded = new HashMap<>();

    BitsWeights(List<WeightRef> refs, WeightSource source, Canon canon) {
        this.refs = List.copyOf(refs);
        this.canon = canon;
        for (WeightRef ref : refs) {
            stored.put(
                    ref,
                    arena.allocate(ref.bytes(), 64).copyFrom(source.read(ref).asSlice(0, ref.bytes())));
        }
    }

    /** A vector, decoded. */
    float[] vector(WeightRef ref) {
        float[] values = new float[Math.multiplyExact(ref.rows(), ref.columns())];
        for (int row = 0; row < ref.rows(); row++) {
            row(ref, row, values, row * ref.columns());
        }
        return values;
    }

    /** Row {@code row}, decoded to {@code target} from {@code at}. */
    void row(WeightRef ref, int row, float[] target, int at) {
        long offset = row * ref.format().bytes(ref.columns());
        BlockDecoder.decode(ref.format(), stored.get(ref), offset, target, at, ref.columns());
    }

    /** A matrix as the upper halves of its bf16 values, row-major. */
    short[] rounded(WeightRef ref) {
        return rounded.computeIfAbsent(ref, this::round);
    }

    private short[] round(WeightRef ref) {
        short[] matrix = new short[Math.multiplyExact(ref.rows(), ref.columns())];
        float[] row = new float[ref.columns()];
        for (int r = 0; r < ref.rows(); r++) {
            row(ref, r, row, 0);
            for (int i = 0; i < row.length; i++) {
                matrix[r * row.length + i] = (short) (Float.floatToRawIntBits(canon.bf16(row[i])) >>> 16);
            }
        }
        return matrix;
    }

    @Override
    public List<WeightRef> refs() {
        return refs;
    }

    @Override
    public long bytes() {
        return refs.stream().mapToLong(WeightRef::bytes).sum();
    }

    @Override
    public void close() {
        rounded.clear();
        stored.clear();
        arena.close();
    }
}
