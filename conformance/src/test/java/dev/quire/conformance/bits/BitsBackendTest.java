package dev.quire.conformance.bits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.Conformance;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.suite.CaseSuite;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BitsBackendTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);

    @Test
    void itLiesWithinTheBoundsOfTheOracleAndRefusesNothingOfItsOwnList() { // N1, N2
        List<CaseResult> results = Conformance.run(BitsBackend::new, Numerics.REPRODUCIBLE, SEED, Depth.QUICK);
        assertEquals(
                List.of(),
                results.stream().filter(r -> r.outcome() != Outcome.PASS).toList());
        assertTrue(results.size() > 150, results.toString());
    }

    @Test
    void oneWrongPrimitiveIsCaught() { // N10
        Canon broken = new Canon() {
            @Override
            public float exp(float x) {
                return super.exp(x) * 1.001f;
            }
        };
        List<ConformanceCase> cases = CaseSuite.of(Numerics.REPRODUCIBLE, Depth.QUICK, SEED).stream()
                .filter(one -> one.name().startsWith("Activate/"))
                .toList();
        List<CaseResult> results = Conformance.run(() -> new BitsBackend(broken), Numerics.REPRODUCIBLE, cases);
        assertTrue(
                results.stream()
                        .anyMatch(r -> r.outcome() == Outcome.FAIL && r.name().startsWith("Activate/SILU")),
                results.toString());
    }

    @Test
    void float32MatricesAndCachesAreRefusedWithTheReason() { // N4
        try (AttentionBackend bits = new BitsBackend()) {
            Op linear = new Op.Linear(
                    Value.tokens("x", 8),
                    new WeightRef("w", 4, 8, WeightFormat.F32),
                    Optional.empty(),
                    Op.Linear.Split.WHOLE,
                    Value.tokens("y", 4));
            Support answer = bits.supports(linear, Numerics.REPRODUCIBLE);
            assertTrue(answer instanceof Support.No(String reason) && reason.contains("load it as bfloat16"));
            Op add = new Op.Add(Value.tokens("a", 8), Value.tokens("b", 8), Value.tokens("c", 8));
            assertFalse(bits.supports(add, Numerics.FAST).granted());
            KvCacheLayout layout = new KvCacheLayout(List.of(new CacheGroup.PagedKv("kv", 1, 1, 8, DType.F32, 16, 4)));
            assertThrows(BackendException.class, () -> bits.allocate(layout));
        }
    }
}
