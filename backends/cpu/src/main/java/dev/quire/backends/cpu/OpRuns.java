package dev.quire.backends.cpu;

import dev.quire.api.program.Activation;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.types.WeightFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Which neighbouring ops of a program run as one. Knows what they read and write, not how they are computed. */
final class OpRuns {
    private final Program program;
    private final Map<Value, Integer> readers = new HashMap<>();

    private OpRuns(Program program) {
        this.program = program;
        program.ops().forEach(op -> op.inputs().forEach(value -> readers.merge(value, 1, Integer::sum)));
    }

    /**
     * The ops, in order, by runs: Linears that read the same rows; a gated MLP, which is a gate, an up projection, their product by SiLU and the Linears that
     * read it; every other op alone.
     *
     * @param gates says whether weights of a format, all of an MLP's, can be such a run
     */
    static List<List<Op>> of(Program program, Predicate<WeightFormat> gates) {
        OpRuns ops = new OpRuns(program);
        List<List<Op>> rest = layers(program);
        List<List<Op>> runs = new ArrayList<>();
        for (int i = 0; i < rest.size(); i++) {
            if (i + 2 < rest.size() && ops.gated(rest.get(i), rest.get(i + 1), rest.get(i + 2), gates)) {
                List<Op> mlp = new ArrayList<>(rest.get(i));
                mlp.addAll(rest.get(i + 1));
                mlp.addAll(rest.get(i + 2));
                runs.add(mlp);
                i += 2;
            } else {
                runs.add(rest.get(i));
            }
        }
        return runs;
    }

    private static List<List<Op>> layers(Program program) {
        List<List<Op>> runs = new ArrayList<>();
        for (Op op : program.ops()) {
            if (op instanceof Op.Linear next
                    && !runs.isEmpty()
                    && runs.getLast().getFirst() instanceof Op.Linear first
                    && fuses(first, next)) {
                runs.getLast().add(next);
            } else {
                runs.add(new ArrayList<>(List.of(op)));
            }
        }
        return runs;
    }

    private static boolean fuses(Op.Linear first, Op.Linear next) {
        return first.x().equals(next.x())
                && first.weight().format() == next.weight().format()
                && first.split() == next.split();
    }

    private boolean gated(List<Op> pair, List<Op> product, List<Op> down, Predicate<WeightFormat> gates) {
        return pair.size() == 2
                && pair.getFirst() instanceof Op.Linear gate
                && pair.getLast() instanceof Op.Linear up
                && product.getFirst() instanceof Op.Gated by
                && down.getFirst() instanceof Op.Linear reader
                && by.activation() == Activation.SILU
                && by.gate().equals(gate.out())
                && by.up().equals(up.out())
                && reader.x().equals(by.out())
                && gate.bias().isEmpty()
                && up.bias().isEmpty()
                && gates.test(gate.weight().format())
                && reader.weight().format() == gate.weight().format()
                && inside(gate.out(), 1)
                && inside(up.out(), 1)
                && inside(by.out(), down.size());
    }

    /** Whether a value has so many readers and no one outside asks for it. */
    private boolean inside(Value value, int count) {
        return readers.getOrDefault(value, 0) == count && !program.outputs().contains(value);
    }
}
