package dev.quire.backends.cuda;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.run.RunOptions;

/**
 * What the kit asks of a cache's and attention's ops, over the stub, which runs the CUDA sources on the processor: no case is refused. The
 * sources themselves pass the whole kit, with its models, in {@code kernels}.
 */
class CudaConformanceTest extends StubConformance {
    @Override
    protected RunOptions options() {
        return RunOptions.of("cuda", Numerics.REPRODUCIBLE)
                .with(Profile.ATTENTION)
                .with(Level.C1)
                .with(Depth.QUICK);
    }
}
