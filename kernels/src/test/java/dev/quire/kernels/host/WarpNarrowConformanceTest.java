package dev.quire.kernels.host;

import dev.quire.conformance.cases.Depth;

/** Causal attention over caches of F8_E4M3, at every head size: decoding and prompts. */
class WarpNarrowConformanceTest extends WarpCases {
    WarpNarrowConformanceTest() {
        super("Attend/causal/*s/F8_E4M3/*", Depth.FULL);
    }
}
