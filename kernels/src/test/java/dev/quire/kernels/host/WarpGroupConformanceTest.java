package dev.quire.kernels.host;

import dev.quire.conformance.cases.Depth;

/** Attention of prompts by warp groups, where the kit has heads and caches that suit them. */
class WarpGroupConformanceTest extends WarpCases {
    WarpGroupConformanceTest() {
        super("Attend/*/*F16/*size=64*", Depth.QUICK, HostProvider.WARP_GROUP);
    }
}
