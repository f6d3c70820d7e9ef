package dev.quire.api.placement;

import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A run of neighbouring ops with one runner, as a program of its own: its inputs are what it reads and does not write, its outputs what
 * later segments or the whole program's readers need.
 *
 * @param resident inputs that the runner has, because it wrote them or took them over in an earlier segment, and outputs that it alone reads
 */
record Segment(Runner runner, Program program, Set<String> resident) {
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
        return IntStream.range(0, segments.size())
                .mapToObj(i -> segments.get(i)
                        .withResident(
                                segments.subList(0, i), segments.subList(i + 1, segments.size()), placement.program()))
                .toList();
    }

    private Segment withResident(List<Segment> earlier, List<Segment> later, Program whole) {
        Set<String> resident = new HashSet<>();
        for (Value value : program.inputs()) {
            if (earlier.stream().anyMatch(segment -> segment.runner == runner && segment.touches(value))) {
                resident.add(value.name());
            }
        }
        for (Value value : program.outputs()) {
            boolean handedOver = later.stream().anyMatch(segment -> segment.runner != runner && segment.touches(value));
            if (!handedOver && !whole.outputs().contains(value)) {
                resident.add(value.name());
            }
        }
        return new Segment(runner, program, Set.copyOf(resident));
    }

    private boolean touches(Value value) {
        return program.inputs().contains(value) || program.outputs().contains(value);
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
        return new Segment(run.getFirst().runner(), Program.of(List.copyOf(read), ops, outputs), Set.of());
    }

    boolean readsTokens() {
        return program.inputs().contains(Value.TOKENS);
    }
}
