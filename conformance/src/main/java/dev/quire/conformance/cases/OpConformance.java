package dev.quire.conformance.cases;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.ConformanceReport;
import dev.quire.conformance.report.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Level C1: every op within its bound of the oracle (RULES N1). */
public final class OpConformance {
    private OpConformance() {}

    /**
     * Runs every case on a backend of its own.
     *
     * @param open opens the backend; closed after each case
     * @param seed of all data
     */
    public static ConformanceReport run(Supplier<AttentionBackend> open, long seed, Depth depth) {
        Samples samples = new Samples(seed);
        List<OpCase> cases = new ArrayList<>(new RowCases(samples).list());
        cases.addAll(new AttendCases(samples).list(depth));
        List<CaseResult> results = new ArrayList<>();
        for (OpCase one : cases) {
            results.add(result(one, open, samples));
        }
        try (AttentionBackend backend = open.get()) {
            String device = "%s (%s)"
                    .formatted(backend.info().device().name(), backend.info().description());
            return new ConformanceReport("C1", backend.info().name(), device, seed, results);
        }
    }

    private static CaseResult result(OpCase one, Supplier<AttentionBackend> open, Samples samples) {
        Map<Value, double[]> expected;
        try (AttentionBackend oracle = new OracleBackend()) {
            expected = new CaseRun(oracle, samples).outputs(one);
        }
        try (AttentionBackend backend = open.get()) {
            Optional<String> refusal = refusal(one, backend);
            if (refusal.isPresent()) {
                return new CaseResult(one.name(), Outcome.UNSUPPORTED, 0, refusal.get());
            }
            return compare(one, expected, new CaseRun(backend, samples).outputs(one));
        } catch (RuntimeException e) {
            return new CaseResult(one.name(), Outcome.ERROR, 0, e.toString());
        }
    }

    private static Optional<String> refusal(OpCase one, AttentionBackend backend) {
        for (CacheGroup group : one.layout().map(layout -> layout.groups()).orElse(List.of())) {
            if (group instanceof CacheGroup.PagedKv kv
                    && !backend.info().cacheTypes().contains(kv.dtype())) {
                return Optional.of("no KV cache of %s; it has %s"
                        .formatted(kv.dtype(), backend.info().cacheTypes()));
            }
        }
        for (OpCase.Step step : one.steps()) {
            Program program = step.program()
                    .expand(op -> !backend.supports(op, Numerics.FAST).granted());
            for (Op op : program.ops()) {
                if (backend.supports(op, Numerics.FAST) instanceof Support.No(String reason)) {
                    return Optional.of("%s: %s".formatted(op.kind(), reason));
                }
            }
        }
        return Optional.empty();
    }

    private static CaseResult compare(OpCase one, Map<Value, double[]> expected, Map<Value, double[]> actual) {
        double worst = 0;
        String detail = "";
        for (Value value : expected.keySet()) {
            double[] e = expected.get(value);
            double[] a = actual.get(value);
            for (int i = 0; i < e.length; i++) {
                int row = i / value.width();
                double allowed = one.bound().of(row) * (1 + Math.abs(e[i]));
                double error = Math.abs(a[i] - e[i]);
                double used = value.dtype() == DType.I32
                        ? (error == 0 ? 0 : Double.POSITIVE_INFINITY)
                        : Double.isNaN(error) ? Double.POSITIVE_INFINITY : error / allowed;
                if (used > worst) {
                    worst = used;
                    detail = "'%s' row %d column %d is %s, expected %s within %.3g"
                            .formatted(value.name(), row, i % value.width(), a[i], e[i], allowed);
                }
            }
        }
        return worst <= 1
                ? new CaseResult(one.name(), Outcome.PASS, worst, "")
                : new CaseResult(one.name(), Outcome.FAIL, worst, detail);
    }
}
