package dev.quire.conformance.scenario;

import dev.quire.api.memory.BlockPairs;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.conformance.oracle.Selection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One thing that is issued to a backend. */
public sealed interface Action {
    /** {@code copyBlocks}. */
    record Copy(BlockPairs pairs) implements Action {}

    /** {@code swapOut} to the scenario's host blocks of the group. */
    record SwapOut(BlockPairs pairs) implements Action {}

    /** {@code swapIn} from the scenario's host blocks of the group. */
    record SwapIn(BlockPairs pairs) implements Action {}

    /**
     * A step.
     *
     * @param label for messages, such as {@code rows=5}
     * @param inputs the bits of each bound input's elements, row-major, by name
     * @param links inputs that are bound to the output buffer of an earlier step
     * @param feed token ids that an earlier sampling step chooses
     * @param judged which outputs are compared; absent for none
     */
    record Step(
            String label,
            Program program,
            StepBatch batch,
            Map<String, int[]> inputs,
            Map<String, Link> links,
            Optional<Feed> feed,
            Optional<Selection> judged)
            implements Action {
        public Step {
            inputs = Map.copyOf(inputs);
            links = Map.copyOf(links);
        }

        /** A step that prepares, and is not compared. */
        public static Step preparing(Program program, StepBatch batch, Map<String, float[]> inputs) {
            return new Step("", program, batch, bits(inputs), Map.of(), Optional.empty(), Optional.empty());
        }

        /** A step whose outputs are all compared. */
        public static Step judged(String label, Program program, StepBatch batch, Map<String, float[]> inputs) {
            return new Step(
                    label, program, batch, bits(inputs), Map.of(), Optional.empty(), Optional.of(Selection.ALL));
        }

        /** The same step with only some outputs compared. */
        public Step judging(Selection wanted) {
            return new Step(label, program, batch, inputs, links, feed, Optional.of(wanted));
        }

        /** The same step with an input bound to the output of the action at {@code action}. */
        public Step linked(String input, int action, Value output) {
            Map<String, Link> more = new HashMap<>(links);
            more.put(input, new Link(action, output));
            return new Step(label, program, batch, inputs, more, feed, judged);
        }

        /** The same step with tokens that the sampling step at {@code action} chooses: {@code rows[i]} says which row token i is. */
        public Step fed(int action, int[] rows) {
            return new Step(label, program, batch, inputs, links, Optional.of(new Feed(action, rows)), judged);
        }

        private static Map<String, int[]> bits(Map<String, float[]> inputs) {
            Map<String, int[]> bits = new HashMap<>();
            inputs.forEach((name, values) -> bits.put(name, bits(values)));
            return bits;
        }

        private static int[] bits(float[] values) {
            int[] bits = new int[values.length];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = Float.floatToRawIntBits(values[i]);
            }
            return bits;
        }

        /** Rows that a value of the program's edge has in this step. */
        public int rows(Value value) {
            return switch (value.rows()) {
                case TOKENS -> batch.tokenCount();
                case LOGITS -> batch.logitRowCount();
                case SEQUENCES -> batch.sequences();
                case EXTERNAL -> inputs.containsKey(value.name()) ? inputs.get(value.name()).length / value.width() : 1;
            };
        }

        /** An output element's bits as a number. */
        public static double number(Value value, int bits) {
            return value.dtype() == DType.I32 ? bits : Float.intBitsToFloat(bits);
        }
    }

    /** The output buffer of an earlier action. */
    record Link(int action, Value output) {}

    /** Rows of an earlier sampling step, one for each token; below zero where the token is known. */
    record Feed(int action, int[] rows) {}
}
