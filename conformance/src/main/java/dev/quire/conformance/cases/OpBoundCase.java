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
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Level C1: an op within its bound of the oracle (RULES N1). */
record OpBoundCase(OpCase op, Samples samples) implements ConformanceCase {
    @Override
    public String name() {
        return op.name();
    }

    @Override
    public Level level() {
        return Level.C1;
    }

    @Override
    public List<String> rules() {
        return List.of("N1");
    }

    @Override
    public boolean required(Profile profile) {
        return false;
    }

    @Override
    public Verdict run(CaseContext context) {
        Map<Value, double[]> expected;
        try (AttentionBackend oracle = new OracleBackend()) {
            expected = new CaseRun(oracle, samples).outputs(op);
        }
        try (AttentionBackend backend = context.open().get()) {
            Optional<String> refusal = refusal(backend);
            return refusal.isPresent()
                    ? Verdict.unsupported(refusal.get())
                    : compare(expected, new CaseRun(backend, samples).outputs(op));
        }
    }

    private Optional<String> refusal(AttentionBackend backend) {
        for (CacheGroup group : op.layout().map(layout -> layout.groups()).orElse(List.of())) {
            if (group instanceof CacheGroup.PagedKv kv
                    && !backend.info().cacheTypes().contains(kv.dtype())) {
                return Optional.of("no KV cache of %s; it has %s"
                        .formatted(kv.dtype(), backend.info().cacheTypes()));
            }
        }
        for (OpCase.Step step : op.steps()) {
            Program program = step.program()
                    .expand(one -> !backend.supports(one, Numerics.FAST).granted());
            for (Op one : program.ops()) {
                if (backend.supports(one, Numerics.FAST) instanceof Support.No(String reason)) {
                    return Optional.of("%s: %s".formatted(one.kind(), reason));
                }
            }
        }
        return Optional.empty();
    }

    private Verdict compare(Map<Value, double[]> expected, Map<Value, double[]> actual) {
        double worst = 0;
        String detail = "";
        for (Value value : expected.keySet()) {
            double[] e = expected.get(value);
            double[] a = actual.get(value);
            for (int i = 0; i < e.length; i++) {
                int row = i / value.width();
                double allowed = op.bound().of(row) * (1 + Math.abs(e[i]));
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
        return worst <= 1 ? Verdict.pass(worst) : Verdict.fail(worst, detail);
    }
}
