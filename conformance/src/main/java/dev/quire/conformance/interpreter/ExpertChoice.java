package dev.quire.conformance.interpreter;

/** The experts of a row, the best first (RULES N21). */
public final class ExpertChoice {
    private ExpertChoice() {}

    /** Which of two experts goes first; {@code expert} has the higher number. */
    @FunctionalInterface
    public interface Contest {
        /** Whether {@code expert} goes before {@code lower}. */
        boolean wins(int expert, int lower);
    }

    /** Whether a score goes before that of a lower number: it is greater, or the other is NaN and it is not. */
    public static boolean beats(double score, double lower) {
        return score > lower || Double.isNaN(lower) && !Double.isNaN(score);
    }

    /** Numbers of the {@code chosen} first of {@code experts}. */
    public static int[] of(int experts, int chosen, Contest contest) {
        int[] best = new int[chosen];
        boolean[] taken = new boolean[experts];
        for (int place = 0; place < chosen; place++) {
            int first = -1;
            for (int expert = 0; expert < experts; expert++) {
                if (!taken[expert] && (first < 0 || contest.wins(expert, first))) {
                    first = expert;
                }
            }
            taken[first] = true;
            best[place] = first;
        }
        return best;
    }
}
