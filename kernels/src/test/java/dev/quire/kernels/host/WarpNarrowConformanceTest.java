package dev.quire.kernels.host;

/** Attention over caches of F8_E4M3. */
class WarpNarrowConformanceTest extends WarpCases {
    WarpNarrowConformanceTest() {
        super("Attend/*/F8_E4M3/*");
    }
}
