package dev.quire.conformance.bisect;

import dev.quire.api.program.Value;

/** What a bisection found. */
public sealed interface Finding {
    /**
     * Every op agrees.
     *
     * @param steps steps that were run
     * @param ops ops of each
     */
    record Same(int steps, int ops) implements Finding {}

    /** An op does not. */
    record Differs(Difference first) implements Finding {}

    /**
     * Every op agrees as long as its outputs are asked for, but one side's program gives other bits when only its last outputs are: ops are
     * fused or memory is shared in a way that changes results.
     *
     * @param side whose
     * @param step 0 for the prompt, then the decode steps
     * @param value output of the program
     * @param row of the value
     * @param element of the row
     * @param exposed its bits when every op's outputs are asked for
     * @param whole its bits when the program runs as it is served
     */
    record DiffersWhole(String side, int step, Value value, int row, int element, int exposed, int whole)
            implements Finding {}
}
