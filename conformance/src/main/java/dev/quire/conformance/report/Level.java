package dev.quire.conformance.report;

/** What a certificate says. Each level includes the ones before. */
public enum Level {
    /** Every op lies within its bound of the oracle; in REPRODUCIBLE it also has the bits that RULES.md defines. */
    C1,
    /** Results do not depend on batching, chunking, placement of blocks, copies, swaps or prefix hits. */
    C2,
    /** Golden tokens of real models, teacher-forced. */
    C3,
    /** Logits bit-identical to the published hashes; REPRODUCIBLE only. */
    C4
}
