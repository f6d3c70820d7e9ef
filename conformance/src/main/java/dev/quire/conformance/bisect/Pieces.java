package dev.quire.conformance.bisect;

import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A program in pieces that show every op's outputs.
 *
 * @param whole the program as it is served
 * @param programs its pieces, in order; each reads what earlier ones wrote
 */
record Pieces(Program whole, List<Program> programs) {
    /**
     * @param bytes that the outputs of a piece may take; 0 for one op each
     * @param tokens of the largest step
     */
    static Pieces of(Program program, long bytes, int tokens) {
        List<Program> programs = new ArrayList<>();
        List<Op> ops = new ArrayList<>();
        long taken = 0;
        for (Op op : program.ops()) {
            long more = op.outputs().stream().mapToLong(v -> size(v, tokens)).sum();
            if (!ops.isEmpty() && taken + more > bytes) {
                programs.add(exposed(ops));
                ops.clear();
                taken = 0;
            }
            ops.add(op);
            taken += more;
        }
        if (!ops.isEmpty()) {
            programs.add(exposed(ops));
        }
        return new Pieces(program, List.copyOf(programs));
    }

    private static long size(Value value, int tokens) {
        long rows = value.rows() == Rows.TOKENS ? tokens : 1;
        return rows * value.width() * value.dtype().bytes();
    }

    private static Program exposed(List<Op> ops) {
        Set<Value> read = new LinkedHashSet<>();
        Set<Value> written = new LinkedHashSet<>();
        for (Op op : ops) {
            op.inputs().stream().filter(value -> !written.contains(value)).forEach(read::add);
            written.addAll(op.outputs());
        }
        return Program.of(List.copyOf(read), List.copyOf(ops), List.copyOf(written));
    }

    /** The program's outputs, and what pieces after {@code piece} read. */
    Set<Value> neededAfter(int piece) {
        Set<Value> read = new HashSet<>(whole.outputs());
        programs.subList(piece + 1, programs.size()).forEach(later -> read.addAll(later.inputs()));
        return read;
    }
}
