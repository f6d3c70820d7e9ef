package dev.quire.kernels.host;

import dev.quire.conformance.cases.Depth;

/** Attention over caches of 16 bits an element. */
class WarpConformanceTest extends WarpCases {
    WarpConformanceTest() {
        super("Attend/*/*F16/*", Depth.QUICK);
    }
}
