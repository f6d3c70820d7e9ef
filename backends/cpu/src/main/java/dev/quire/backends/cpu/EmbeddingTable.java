package dev.quire.backends.cpu;

import dev.quire.api.BackendException;
import dev.quire.api.format.BlockDecoder;
import dev.quire.api.program.WeightRef;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Looks rows of a table up, in whatever format it is stored. */
final class EmbeddingTable {
    private final WeightRef ref;
    private final MemorySegment bytes;
    private final long rowBytes;

    EmbeddingTable(WeightRef ref, MemorySegment bytes) {
        this.ref = ref;
        this.bytes = bytes;
        this.rowBytes = ref.format().bytes(ref.columns());
    }

    /** out[t] = table[ids[t] + offset] for rows {@code from} to {@code to − 1}. */
    void rows(int[] ids, int offset, Matrix out, int from, int to) {
        float[] row = new float[ref.columns()];
        for (int t = from; t < to; t++) {
            int entry = ids[t] + offset;
            if (entry < 0 || entry >= ref.rows()) {
                throw new BackendException(
                        BackendException.Kind.STEP_FAILED,
                        "table '%s' has rows 0 to %d; row %d was looked up"
                                .formatted(ref.name(), ref.rows() - 1, entry));
            }
            BlockDecoder.decode(ref.format(), bytes, entry * rowBytes, row, 0, row.length);
            MemorySegment.copy(row, 0, out.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, out.at(t), row.length);
        }
    }
}
