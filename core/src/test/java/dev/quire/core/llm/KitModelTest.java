package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.BackendOptions;
import dev.quire.api.DeviceChoice;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.golden.ModelCases;
import dev.quire.conformance.models.KitModel;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.report.Verdict;
import dev.quire.core.testing.DeviceBackends;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the conformance kit demands of a model, on the backends that serve it. */
abstract class KitModelTest {
    @ParameterizedTest
    @EnumSource
    void theCpuHasTheGoldenTokensAndTheReferenceBits(Numerics numerics) {
        check(Backends.CPU, numerics);
    }

    @ParameterizedTest
    @EnumSource
    void anOpenClDeviceHasTheGoldenTokensAndTheReferenceBits(Numerics numerics) {
        DeviceBackends.assume(DeviceBackends.OPENCL);
        check(DeviceBackends.OPENCL, numerics);
    }

    @ParameterizedTest
    @EnumSource
    @Tag(DeviceBackends.TORNADO)
    void aTornadoDeviceHasTheGoldenTokensAndTheReferenceBits(Numerics numerics) {
        DeviceBackends.assume(DeviceBackends.TORNADO);
        check(DeviceBackends.TORNADO, numerics);
    }

    /** Opens the model and runs all its cases with {@link #assertPasses}. */
    abstract void check(String backend, Numerics numerics);

    /** Runs every case of the model. */
    static void assertPasses(String backend, Path cache, KitModel model, Numerics numerics, Depth depth) {
        CaseContext context = new CaseContext(
                () -> Backends.open(
                        Backends.onClassPath().choose(backend), DeviceChoice.BEST, BackendOptions.defaults(cache)),
                numerics);
        for (ConformanceCase one : ModelCases.of(model, numerics, depth)) {
            Verdict verdict = one.run(context);
            System.out.printf("%s %s %s: %s %s%n", backend, numerics, one.name(), verdict.outcome(), verdict.used());
            assertEquals(Outcome.PASS, verdict.outcome(), one.name() + ": " + verdict.detail());
        }
    }
}
