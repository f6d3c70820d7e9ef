package dev.quire.conformance.cases;

/** How many shapes are tried. */
public enum Depth {
    /** Every op and variant, one shape of heads. */
    QUICK,
    /** Every shape. */
    FULL
}
