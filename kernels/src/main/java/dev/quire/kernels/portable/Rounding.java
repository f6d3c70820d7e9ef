package dev.quire.kernels.portable;

import dev.quire.api.program.Value;

/** How an activation that is rounded to bf16 lies in memory. */
enum Rounding {
    /** As bf16. */
    SHORTS("round_rows", Short.BYTES, 0),
    /** As float32, for kernels that would expand it again and again. */
    FLOATS("round_floats", Float.BYTES, Constants.LANES / 2 * Float.BYTES);

    private final String kernel;
    private final int bytes;
    private final int slack;

    Rounding(String kernel, int bytes, int slack) {
        this.kernel = kernel;
        this.bytes = bytes;
        this.slack = slack;
    }

    /** What linear layers read. */
    static Rounding of(WorkItem workItem) {
        return switch (workItem) {
            case LANE, SIMPLE_LANE, WARP, WARP_GROUP -> SHORTS;
            case VECTOR -> FLOATS;
        };
    }

    /** Bytes that an image of so many elements needs. */
    long bytes(long elements) {
        return bytes * elements + slack;
    }

    /** Bytes behind the last element that kernels may read. */
    int slack() {
        return slack;
    }

    /**
     * The image of x: x itself where it was made rounded, else one that is made for the first of the layers that read it and lives until the last has
     * run.
     */
    Argument image(Value x, StepFrame step) {
        if (step.isRounded(x)) {
            return step.at(x);
        }
        Tenant image = new Tenant.Rounded(x, this);
        if (step.first(image)) {
            int elements = step.elements(x);
            StepCheck.buffer(x, step.rows(x), step.mostRows(x));
            step.elementwise(kernel, elements, step.at(x), step.at(image), Argument.of(elements));
        }
        return step.at(image);
    }
}
