package dev.quire.conformance.interpreter;

import dev.quire.api.program.Mask;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;

/** Where an attention op finds the keys of a sequence: a row of an array for each (RULES A2, M3, M4). */
public interface KeyRows {
    /** Keys of a sequence. */
    int length(int sequence);

    /** Position of a sequence's first key. */
    int firstPosition(int sequence);

    /** The row that holds key {@code index} of a sequence, counted from its first. */
    int row(int sequence, int index);

    /** Keys in a paged cache, a row per slot. */
    static KeyRows cached(GroupStep step, int blockSize) {
        return new Cached(step, blockSize);
    }

    /** Keys among the step's own rows. */
    static KeyRows ofStep(StepBatch batch) {
        return new OfStep(batch);
    }

    /** Whether a query sees a key (RULES A1). */
    static boolean visible(Mask mask, int position, int keyPosition) {
        return switch (mask) {
            case Mask.Causal() -> keyPosition <= position;
            case Mask.SlidingWindow(int size) -> keyPosition <= position && keyPosition > position - size;
            case Mask.Bidirectional() -> true;
        };
    }

    /** See {@link #cached}. */
    record Cached(GroupStep step, int blockSize) implements KeyRows {
        @Override
        public int length(int sequence) {
            return step.contextLengths()[sequence];
        }

        @Override
        public int firstPosition(int sequence) {
            return 0;
        }

        @Override
        public int row(int sequence, int index) {
            return step.block(sequence, index / blockSize) * blockSize + index % blockSize;
        }
    }

    /** See {@link #ofStep}. */
    record OfStep(StepBatch batch) implements KeyRows {
        @Override
        public int length(int sequence) {
            return batch.queryStarts()[sequence + 1] - batch.queryStarts()[sequence];
        }

        @Override
        public int firstPosition(int sequence) {
            return batch.positions()[batch.queryStarts()[sequence]];
        }

        @Override
        public int row(int sequence, int index) {
            return batch.queryStarts()[sequence] + index;
        }
    }
}
