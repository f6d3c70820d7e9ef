package dev.quire.core.text.template;

/** What one rendering has used of its {@link TemplateLimits}. Owned by the thread that renders. */
final class Budget {

    private static final int CHARS_PER_STEP = 8;
    private static final long STEPS_PER_CLOCK_READ = 2048;

    private final TemplateLimits limits;
    private final long deadline;
    private long steps;
    private long nextClockRead = STEPS_PER_CLOCK_READ;
    private int depth;

    Budget(TemplateLimits limits) {
        this.limits = limits;
        this.deadline = System.nanoTime() + limits.maxTime().toNanos();
    }

    void spend(long count) {
        steps += count;
        if (steps > limits.maxSteps()) {
            throw TemplateException.limit("more than maxSteps=" + limits.maxSteps()
                    + " steps. Shorten the conversation or the template's loops, or raise the limit.");
        }
        if (steps >= nextClockRead) {
            nextClockRead = steps + STEPS_PER_CLOCK_READ;
            if (System.nanoTime() - deadline > 0) {
                throw TemplateException.limit("more than maxTime=" + limits.maxTime()
                        + ". Shorten the conversation or the template's loops, or raise the limit.");
            }
        }
    }

    /** Charges text of {@code units} UTF-16 units before it is made. */
    void chars(long units) {
        if (units > limits.maxChars()) {
            throw TemplateException.limit(
                    "text of " + units + " characters exceeds maxChars=" + limits.maxChars() + ".");
        }
        spend(1 + units / CHARS_PER_STEP);
    }

    /** Charges a list of {@code count} elements before it is made. */
    void items(long count) {
        if (count > limits.maxItems()) {
            throw TemplateException.limit("a collection of " + count + " elements exceeds maxItems=" + limits.maxItems()
                    + " (nested elements count).");
        }
        spend(1 + count);
    }

    void admit(Shape shape) {
        if (shape.weight() > limits.maxItems()) {
            items(shape.weight());
        }
        if (shape.depth() > limits.maxNesting()) {
            throw nestedTooDeeply("a value");
        }
    }

    void enter() {
        spend(1);
        if (++depth > limits.maxNesting()) {
            throw nestedTooDeeply("evaluation");
        }
    }

    void leave() {
        depth--;
    }

    /** Depth that is left for walking a value inside a filter. */
    int maxNesting() {
        return limits.maxNesting();
    }

    int maxChars() {
        return limits.maxChars();
    }

    private TemplateException nestedTooDeeply(String what) {
        return TemplateException.limit("nesting of " + what + " exceeds maxNesting=" + limits.maxNesting()
                + ". Check for a macro that calls itself without end.");
    }
}
