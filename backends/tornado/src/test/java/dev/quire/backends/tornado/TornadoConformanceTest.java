package dev.quire.backends.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.quire.api.Availability;
import dev.quire.api.program.Op;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.run.ConformanceRun;
import dev.quire.conformance.run.RunOptions;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tornado")
class TornadoConformanceTest {
    @Test
    void theKitsQuickRunPassesOnTheFirstDevice() throws IOException, InterruptedException {
        run(RunOptions.of("tornado", Numerics.REPRODUCIBLE), name -> false);
    }

    /** What devices run that take no OpenCL C; an op that they refused would be no pass. */
    @Test
    void kernelsInJavaRunEveryOpWithTheReferenceBits() throws IOException, InterruptedException {
        Set<String> ran = run(RunOptions.of("tornado-java", Numerics.REPRODUCIBLE), name -> false);
        for (Class<?> op : ops(Op.class)) {
            assertTrue(ran.contains(op.getSimpleName()), () -> "no case of " + op.getSimpleName() + " in " + ran);
        }
    }

    @Test
    void kernelsInJavaRunEveryOpInFastButKeepNoCacheOfBytes() throws IOException, InterruptedException {
        run(RunOptions.of("tornado-java", Numerics.FAST), name -> name.contains(DType.F8_E4M3.name()));
    }

    /** The records of a sealed interface. */
    private static List<Class<?>> ops(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .flatMap(each -> each.isSealed() ? ops(each).stream() : Stream.of(each))
                .toList();
    }

    /**
     * @param refused names of the cases that are to be refused; all others are to pass
     * @return what the names of the cases begin with, which is an op's kind or a group of other cases
     */
    private static Set<String> run(RunOptions options, Predicate<String> refused)
            throws IOException, InterruptedException {
        if (new TornadoProvider().availability() instanceof Availability.Unavailable(String reason, String fix)) {
            abort(reason + "; " + fix);
        }
        Set<String> begin = new HashSet<>();
        try (ConformanceRun run = new ConformanceRun(options.with(Depth.QUICK))) {
            for (ConformanceCase one : run.cases()) {
                CaseResult result = run.run(one);
                assertEquals(
                        refused.test(result.name()) ? Outcome.UNSUPPORTED : Outcome.PASS,
                        result.outcome(),
                        () -> result.name() + ": " + result.verdict().detail());
                begin.add(result.name().split("/")[0]);
            }
        }
        return begin;
    }
}
