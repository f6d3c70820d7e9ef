package dev.quire.backends.cpu.linear;

/** In which order the products of one output are added up. */
public enum SumOrder {
    /** The quickest on this machine, with weights and x as exact as their formats are. */
    FREE(0),
    /** The canonical dot (RULES, N5) of weights and x rounded to bf16. */
    CANONICAL(1),
    /** Eight canonical dots, folded (RULES, N6). */
    CANONICAL_EIGHT_SLICES(8);

    private final int slices;

    SumOrder(int slices) {
        this.slices = slices;
    }

    /** Canonical dots per output; 0 in no canonical order. */
    int slices() {
        return slices;
    }
}
