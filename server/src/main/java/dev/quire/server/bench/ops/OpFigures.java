package dev.quire.server.bench.ops;

import dev.quire.server.bench.measure.Runs;
import dev.quire.server.bench.step.OpCost;
import dev.quire.server.bench.step.StepShape;
import java.util.List;
import java.util.Optional;

/**
 * What a step's ops took.
 *
 * @param step the step
 * @param lines one for each kind of op, in the program's order
 * @param whole the forward step as it is served, on each contender; empty where it runs not all of it
 */
public record OpFigures(StepShape step, List<Line> lines, List<Optional<Runs>> whole) {
    public OpFigures {
        lines = List.copyOf(lines);
        whole = List.copyOf(whole);
    }

    /**
     * One kind of op.
     *
     * @param cost of all ops of the kind
     * @param runs of all of them, on each contender; empty where it refuses them
     */
    record Line(OpGroup group, OpCost cost, List<Optional<Runs>> runs) {
        Line {
            runs = List.copyOf(runs);
        }

        /** Median seconds on contender {@code index}, or NaN. */
        double seconds(int index) {
            return runs.get(index).map(Runs::median).orElse(Double.NaN);
        }

        /** The spread about them, or NaN. */
        double spread(int index) {
            return runs.get(index).map(Runs::spread).orElse(Double.NaN);
        }
    }

    /** Seconds of all ops together on contender {@code index}; those that it refuses count nothing. */
    double sum(int index) {
        return lines.stream()
                .mapToDouble(line -> line.seconds(index))
                .filter(seconds -> !Double.isNaN(seconds))
                .sum();
    }
}
