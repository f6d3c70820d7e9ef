package dev.quire.kernels.portable;

import dev.quire.api.program.Value;

/** Who lives in the workspace. */
sealed interface Tenant {
    /** A value inside the program. */
    record Inner(Value value) implements Tenant {}

    /** A value rounded to bf16, shared by the linear layers that read it. */
    record Rounded(Value value, Rounding as) implements Tenant {}

    /** The parts of rows by their experts, shared by the layers that read the same numbers. */
    record Sorted(PartOrder order) implements Tenant {}

    /**
     * What one op needs while it runs.
     *
     * @param op its index in the program
     */
    record Scratch(int op, String what) implements Tenant {}
}
