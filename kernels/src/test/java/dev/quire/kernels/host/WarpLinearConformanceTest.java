package dev.quire.kernels.host;

import dev.quire.conformance.cases.Depth;

/** Linear layers; each kernel decodes one weight format. */
class WarpLinearConformanceTest extends WarpCases {
    WarpLinearConformanceTest() {
        super("Linear/*", Depth.QUICK);
    }
}
