package dev.quire.conformance.interpreter;

import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntBinaryOperator;

/**
 * Which parts of a step's rows an expert multiplies.
 *
 * @param rows row of each part
 * @param parts its place in the row
 */
public record ExpertRows(List<Integer> rows, List<Integer> parts) {
    /**
     * The parts of every expert that has any.
     *
     * @param experts the expert of a row and a place
     */
    public static Map<Integer, ExpertRows> of(int rows, int chosen, IntBinaryOperator experts) {
        Map<Integer, ExpertRows> all = new TreeMap<>();
        for (int row = 0; row < rows; row++) {
            for (int part = 0; part < chosen; part++) {
                ExpertRows own = all.computeIfAbsent(
                        experts.applyAsInt(row, part), e -> new ExpertRows(new ArrayList<>(), new ArrayList<>()));
                own.rows().add(row);
                own.parts().add(part);
            }
        }
        return all;
    }

    /** How many parts. */
    public int count() {
        return rows.size();
    }

    /** What expert {@code number} multiplies, as a linear op of its own. */
    public static Op.Linear linear(ExpertOp.ExpertLinear op, int number) {
        WeightRef weight = op.weights().get(number);
        return new Op.Linear(
                Value.tokens("x", weight.columns()),
                weight,
                Optional.empty(),
                op.split(),
                Value.tokens("out", weight.rows()));
    }

    /**
     * Copies the inputs of these parts out of the step's, one after another.
     *
     * @param inputs of a part
     * @param width of a row of the step's inputs, from which all its parts read where they share them
     * @param copy of the elements from a place in the step's inputs to a place in the parts' own
     */
    public void gather(ExpertOp.ExpertLinear op, int inputs, int width, Copy copy) {
        for (int i = 0; i < count(); i++) {
            int part = op.shared() ? 0 : parts.get(i) * inputs;
            copy.copy(rows.get(i) * width + part, i * inputs, inputs);
        }
    }

    /** Copies elements between two arrays. */
    @FunctionalInterface
    public interface Copy {
        /** Copies {@code count} elements. */
        void copy(int from, int to, int count);
    }
}
