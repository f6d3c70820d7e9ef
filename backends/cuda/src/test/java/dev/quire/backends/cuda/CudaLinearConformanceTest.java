package dev.quire.backends.cuda;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.run.RunOptions;
import dev.quire.conformance.waivers.NamePattern;

/** The kit's cases of linear layers of floats, in FAST, where the stub's cuBLASLt multiplies many rows of BF16 and F32 and refuses what does not fit together. */
class CudaLinearConformanceTest extends StubConformance {
    @Override
    protected RunOptions options() {
        return RunOptions.of("cuda", Numerics.FAST)
                .with(new NamePattern("Linear/*F*"))
                .with(Depth.QUICK);
    }
}
