package dev.quire.api.placement;

import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A run of neighbouring ops with one runner, as a program of its own: its inputs are what it reads and does not write, its outputs what
 * later segments or the whole program's readers need.
 */
record Segment(Runner runner, Program program) {
    /** Cuts a program where the runner changes. */
    static List<Segment> of(ProgramPlacement placement) {
        List<List<PlacedOp>> runs = runs(placement.ops());
        List<Segment> segments = new ArrayList<>();
        Set<Value> needed = new HashSet<>(placement.program().outputs());
        for (List<PlacedOp> run : runs.reversed()) {
            Segment segment = segment(run, needed);
            needed.addAll(segment.program().inputs());
            segments.addFirst(segment);
        }
        return List.copyOf(segments);
    }

    private static List<List<PlacedOp>> runs(List<PlacedOp> ops) {
        List<List<PlacedOp>> runs = new ArrayList<>();
        for (PlacedOp op : ops) {
            if (runs.isEmpty() || runs.getLast().getLast().runner() != op.runner()) {
                runs.add(new ArrayList<>());
            }
            runs.getLast().add(op);
        }
        return runs;
    }

    private static Segment segment(List<PlacedOp> run, Set<Value> needed) {
        List<Op> ops = run.stream().map(PlacedOp::op).toList();
        Set<Value> written = new LinkedHashSet<>();
        Set<Value> read = new LinkedHashSet<>();
        for (Op op : ops) {
            op.inputs().stream().filter(value -> !written.contains(value)).forEach(read::add);
            written.addAll(op.outputs());
        }
        List<Value> outputs = written.stream().filter(needed::contains).toList();
        return new Segment(run.getFirst().runner(), Program.of(List.copyOf(read), ops, outputs));
    }

    boolean readsTokens() {
        return program.inputs().contains(Value.TOKENS);
    }
}
