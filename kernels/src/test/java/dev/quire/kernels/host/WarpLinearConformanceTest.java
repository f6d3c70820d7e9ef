package dev.quire.kernels.host;

/** Linear layers; each kernel decodes one weight format. */
class WarpLinearConformanceTest extends WarpCases {
    WarpLinearConformanceTest() {
        super("Linear/*");
    }
}
