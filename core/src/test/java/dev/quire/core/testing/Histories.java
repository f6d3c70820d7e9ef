package dev.quire.core.testing;

import java.util.function.LongConsumer;

/**
 * Runs a property over seeded random histories. A failure names its seed; {@code -Dquire.seed=N} runs that one history alone.
 */
public final class Histories {
    private Histories() {}

    /** Runs {@code history} with the seeds 0 to {@code count}. */
    public static void run(int count, LongConsumer history) {
        Long only = Long.getLong("quire.seed");
        long first = only == null ? 0 : only;
        long end = only == null ? count : only + 1;
        for (long seed = first; seed < end; seed++) {
            try {
                history.accept(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "History with seed " + seed + " failed (repeat it with -Dquire.seed=" + seed + "): "
                                + e.getMessage(),
                        e);
            }
        }
    }

    /** Whether all histories run, so that what they cover together can be asserted. */
    public static boolean all() {
        return Long.getLong("quire.seed") == null;
    }
}
