package dev.quire.conformance.cases;

import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.StepBatch;
import dev.quire.conformance.scenario.Action;

/** Says where an element lies, as its op sees it. */
final class Place {
    private Place() {}

    /** @param at index of the element, row-major */
    static String of(Action.Step step, Value value, int at) {
        int row = at / value.width();
        int column = at % value.width();
        return "step '%s': '%s' row %d column %d%s%s"
                .formatted(
                        step.label(),
                        value.name(),
                        row,
                        column,
                        head(step, value, column),
                        sequence(step.batch(), row));
    }

    private static String head(Action.Step step, Value value, int column) {
        for (Op op : step.program().ops()) {
            if (op instanceof Op.Attend attend && attend.out().equals(value)) {
                int size = attend.shape().headSize();
                return " (head %d element %d)".formatted(column / size, column % size);
            }
        }
        return "";
    }

    private static String sequence(StepBatch batch, int row) {
        if (batch.groups().isEmpty() || row >= batch.tokenCount()) {
            return "";
        }
        int sequence = 0;
        while (batch.queryStarts()[sequence + 1] <= row) {
            sequence++;
        }
        return " of sequence %d at position %d".formatted(sequence, batch.positions()[row]);
    }
}
