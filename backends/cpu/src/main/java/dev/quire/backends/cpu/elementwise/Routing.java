package dev.quire.backends.cpu.elementwise;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Which experts a row goes to, and with what share: the best of its scores and their softmax (RULES N21). One instance per thread. */
public final class Routing {
    private final int experts;
    private final int chosen;
    private final boolean overAll;
    private final LaneSum laneSum = new LaneSum();
    private final MemorySegment masses;

    /**
     * Takes its scratch memory from {@code arena}.
     *
     * @param experts scores of a row
     * @param chosen how many are taken
     * @param overAll whether the softmax is over all experts, or over the chosen
     */
    public Routing(int experts, int chosen, boolean overAll, Arena arena) {
        this.experts = experts;
        this.chosen = chosen;
        this.overAll = overAll;
        this.masses = arena.allocate(scratchBytes(experts), Float.BYTES);
    }

    /** Bytes of scratch that an instance takes. */
    public static long scratchBytes(int experts) {
        return (long) experts * Float.BYTES;
    }

    /** Writes the experts' numbers, as int32, and their gates for rows {@code from} to {@code to − 1}. */
    public void rows(Matrix scores, Matrix numbers, Matrix gates, int from, int to) {
        for (int row = from; row < to; row++) {
            choose(scores, row, numbers);
            float most = scores.get(row, number(numbers, row, 0));
            float mass = overAll ? massOfAll(scores, row, most) : massOfChosen(scores, numbers, row, most);
            for (int j = 0; j < chosen; j++) {
                gates.set(row, j, mass(scores.get(row, number(numbers, row, j)), most) / mass);
            }
        }
    }

    /** The number at a place of a row. */
    public static int number(Matrix numbers, int row, int place) {
        return numbers.memory().get(ValueLayout.JAVA_INT_UNALIGNED, numbers.at(row) + (long) place * Integer.BYTES);
    }

    /** Keeps the best so far in order; each expert moves up past those that it beats. */
    private void choose(Matrix scores, int row, Matrix numbers) {
        for (int expert = 0; expert < experts; expert++) {
            float score = scores.get(row, expert);
            int place = Math.min(expert, chosen);
            while (place > 0 && beats(score, scores.get(row, number(numbers, row, place - 1)))) {
                if (place < chosen) {
                    put(numbers, row, place, number(numbers, row, place - 1));
                }
                place--;
            }
            if (place < chosen) {
                put(numbers, row, place, expert);
            }
        }
    }

    private static boolean beats(float score, float other) {
        return score > other || Float.isNaN(other) && !Float.isNaN(score);
    }

    private static void put(Matrix numbers, int row, int place, int expert) {
        numbers.memory().set(ValueLayout.JAVA_INT_UNALIGNED, numbers.at(row) + (long) place * Integer.BYTES, expert);
    }

    private float massOfAll(Matrix scores, int row, float most) {
        for (int expert = 0; expert < experts; expert++) {
            masses.setAtIndex(ValueLayout.JAVA_FLOAT, expert, mass(scores.get(row, expert), most));
        }
        return laneSum.of(masses, 0, experts);
    }

    private float massOfChosen(Matrix scores, Matrix numbers, int row, float most) {
        float sum = 0f;
        for (int j = 0; j < chosen; j++) {
            sum = sum + mass(scores.get(row, number(numbers, row, j)), most);
        }
        return sum;
    }

    private static float mass(float score, float most) {
        return Float.isNaN(score) ? 0f : Exp.of(score - most);
    }
}
