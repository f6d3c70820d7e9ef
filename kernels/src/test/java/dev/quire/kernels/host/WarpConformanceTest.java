package dev.quire.kernels.host;

/** Attention over caches of 16 bits an element. */
class WarpConformanceTest extends WarpCases {
    WarpConformanceTest() {
        super("Attend/*/*F16/*");
    }
}
