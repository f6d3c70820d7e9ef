package dev.quire.conformance.oracle;

import java.util.BitSet;
import java.util.Optional;

/**
 * Which outputs of a large Linear or Attend the oracle computes: chosen rows by chosen columns. The others are neither computed nor judged.
 *
 * @param rows absent for all
 * @param columns absent for all
 */
public record Selection(Optional<BitSet> rows, Optional<BitSet> columns) {
    /** Every output. */
    public static final Selection ALL = new Selection(Optional.empty(), Optional.empty());

    /** Some rows, some columns. */
    public static Selection of(int[] rows, int[] columns) {
        return new Selection(Optional.of(set(rows)), Optional.of(set(columns)));
    }

    private static BitSet set(int[] members) {
        BitSet set = new BitSet();
        for (int member : members) {
            set.set(member);
        }
        return set;
    }

    boolean row(int row) {
        return rows.isEmpty() || rows.get().get(row);
    }

    boolean column(int column) {
        return columns.isEmpty() || columns.get().get(column);
    }

    /** Whether any column of {@code from} to {@code to − 1} is wanted. */
    boolean columns(int from, int to) {
        if (columns.isEmpty()) {
            return true;
        }
        int next = columns.get().nextSetBit(from);
        return next >= 0 && next < to;
    }
}
