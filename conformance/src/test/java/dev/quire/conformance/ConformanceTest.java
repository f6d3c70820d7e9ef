package dev.quire.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.suite.CaseSuite;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ConformanceTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);

    @Test
    void theOraclePassesItsOwnCases() { // N1
        List<CaseResult> results = Conformance.run(OracleBackend::new, Numerics.FAST, SEED, Depth.QUICK);
        results.forEach(one -> assertEquals(Outcome.PASS, one.outcome(), one.toString()));
    }

    @Test
    void aForgottenScaleIsCaught() { // A3
        UnaryOperator<Op.Attend> fault = a -> {
            Op.Attend.HeadShape s = a.shape();
            Op.Attend.HeadShape unscaled = new Op.Attend.HeadShape(s.heads(), s.kvHeads(), s.headSize(), 1);
            return new Op.Attend(a.q(), a.keys(), unscaled, a.mask(), a.softCap(), a.alibi(), a.out());
        };
        assertCaught(fault, 0, "Attend/causal/edges/BF16");
    }

    @Test
    void aMaskThatIsOffByOneIsCaught() { // A1
        assertCaught(UnaryOperator.identity(), 1, "Attend/causal/edges/F32");
    }

    @Test
    void anIgnoredWindowIsCaught() { // A1
        UnaryOperator<Op.Attend> fault =
                a -> new Op.Attend(a.q(), a.keys(), a.shape(), Mask.CAUSAL, a.softCap(), a.alibi(), a.out());
        assertCaught(fault, 0, "Attend/window=5/edges/BF16");
    }

    private static void assertCaught(UnaryOperator<Op.Attend> fault, int shift, String name) {
        List<ConformanceCase> cases = CaseSuite.of(Numerics.FAST, Depth.QUICK, SEED).stream()
                .filter(one -> one.name().startsWith(name))
                .toList();
        List<CaseResult> results = Conformance.run(() -> broken(fault, shift), Numerics.FAST, cases);
        List<CaseResult> bad =
                results.stream().filter(one -> one.outcome() != Outcome.PASS).toList();
        assertTrue(bad.stream().anyMatch(one -> one.outcome() == Outcome.FAIL), results.toString());
        bad.forEach(one -> assertEquals(Outcome.FAIL, one.outcome(), one.toString()));
    }

    /** The oracle with other attention ops, or positions that are {@code shift} too high where a program attends. */
    private static AttentionBackend broken(UnaryOperator<Op.Attend> fault, int shift) {
        OracleBackend oracle = new OracleBackend();
        return proxy(
                AttentionBackend.class,
                oracle,
                (method, args) -> {
                    if (!method.equals("compile")) {
                        return args;
                    }
                    Program program = (Program) args[0];
                    List<Op> ops = program.ops().stream()
                            .map(op -> op instanceof Op.Attend attend ? (Op) fault.apply(attend) : op)
                            .toList();
                    args[0] = new Program(program.inputs(), program.weights(), ops, program.outputs());
                    return args;
                },
                shift);
    }

    private interface Change {
        Object[] of(String method, Object[] args);
    }

    private static <T> T proxy(Class<T> type, T target, Change change, int shift) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            try {
                Object result = method.invoke(target, args == null ? null : change.of(method.getName(), args));
                boolean attends = result instanceof Executable
                        && ((Program) args[0]).ops().stream().anyMatch(Op.Attend.class::isInstance);
                return shift != 0 && attends
                        ? proxy(Executable.class, (Executable) result, (name, in) -> shifted(name, in, shift), 0)
                        : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private static Object[] shifted(String method, Object[] args, int shift) {
        if (method.equals("submit")) {
            StepBatch b = (StepBatch) args[0];
            int[] positions = Arrays.stream(b.positions()).map(p -> p + shift).toArray();
            args[0] = new StepBatch(
                    b.tokens(), positions, b.queryStarts(), b.logitRows(), b.adapters(), b.groups(), b.sampling());
        }
        return args;
    }
}
