package dev.quire.conformance.interpreter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
}
