package dev.quire.core.text.template;

import java.time.Duration;

/**
 * What one rendering may use before it is refused with a {@link TemplateException} of kind {@code LIMIT}.
 *
 * <p>Steps bound the work and, since every eight characters and every list element made cost a step, the memory; the time bounds what
 * steps misjudge. All bounds hold per call of {@link ChatTemplate#render}.
 *
 * @param maxSteps evaluated expressions and statements, characters made (eight to a step) and elements made; default 10,000,000
 * @param maxTime wall-clock time of one rendering; default 5 seconds
 * @param maxChars UTF-16 units of the output, and of any text made on the way; default 8,388,608
 * @param maxNesting nesting of the source, of a value, and of evaluation (macro recursion included); default 400
 * @param maxItems elements of one list or dictionary, nested ones included; default 1,000,000
 */
public record TemplateLimits(long maxSteps, Duration maxTime, int maxChars, int maxNesting, int maxItems) {

    /** Deepest nesting that one thread of the JVM's default stack size carries with room to spare. */
    static final int NESTING_CEILING = 600;

    public TemplateLimits {
        requirePositive("maxSteps", maxSteps);
        if (maxTime.isNegative() || maxTime.isZero()) {
            throw new IllegalArgumentException("maxTime=" + maxTime + " must be positive, for example PT5S.");
        }
        requirePositive("maxChars", maxChars);
        requirePositive("maxNesting", maxNesting);
        if (maxNesting > NESTING_CEILING) {
            throw new IllegalArgumentException("maxNesting=" + maxNesting
                    + " does not fit a thread's stack; choose 1 to " + NESTING_CEILING + ".");
        }
        requirePositive("maxItems", maxItems);
    }

    /** The defaults named at each component. */
    public static TemplateLimits defaults() {
        return new TemplateLimits(10_000_000L, Duration.ofSeconds(5), 8 << 20, 400, 1_000_000);
    }

    /** For a caller whose thread has less stack left than the nesting needs. */
    static TemplateException stackEnded() {
        return TemplateException.limit(
                "the thread's stack ended before maxNesting. Lower maxNesting, or give the thread more stack.");
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + "=" + value + " must be positive.");
        }
    }
}
