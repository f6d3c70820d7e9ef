package dev.quire.conformance.metamorphic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendInfo;
import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.HostBlocks;
import dev.quire.api.memory.KvCache;
import dev.quire.api.program.Op;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.guards.WrappedBackend;
import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.report.Verdict;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class InvarianceTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final String ATTENTION = "Invariance/attention causal/BF16/heads=6/kv=2/size=64/";
    private static final String LLAMA = "Invariance/llama/BF16/BF16/";

    private static Verdict verdict(String name, Numerics numerics, Supplier<AttentionBackend> open) {
        ConformanceCase one = InvarianceSuite.of(numerics, Depth.QUICK, SEED).stream()
                .filter(listed -> listed.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no case " + name));
        return one.run(new CaseContext(open, numerics));
    }

    private static void assertFails(String way, String rule, Supplier<AttentionBackend> open) {
        for (String subject : new String[] {ATTENTION, LLAMA}) {
            assertEquals(
                    Outcome.PASS,
                    verdict(subject + way, Numerics.REPRODUCIBLE, BitsBackend::new)
                            .outcome());
            Verdict verdict = verdict(subject + way, Numerics.REPRODUCIBLE, open);
            assertEquals(Outcome.FAIL, verdict.outcome(), subject + way + verdict.detail());
            assertTrue(verdict.detail().startsWith(rule + ": "), verdict.detail());
            assertTrue(verdict.errors().isPresent());
        }
    }

    @Test
    void aCopyThatDoesNothingShowsInAFork() { // M7
        assertFails("forked midway", "M7", () -> new WrappedBackend(new BitsBackend()) {
            @Override
            public void copyBlocks(KvCache cache, BlockPairs pairs) {}
        });
    }

    @Test
    void aSwapThatForgetsABlockShowsInASwap() { // M8
        assertFails("swapped out and in", "M8", () -> new WrappedBackend(new BitsBackend()) {
            @Override
            public void swapIn(KvCache cache, BlockPairs pairs, HostBlocks host) {
                int[] wrong = Arrays.stream(pairs.sources()).map(block -> 0).toArray();
                super.swapIn(cache, new BlockPairs(pairs.group(), wrong, pairs.destinations()), host);
            }
        });
    }

    @Test
    void whatABackendRefusesTheKitRuns() { // A6
        Supplier<AttentionBackend> attentionOnly = () -> new WrappedBackend(new BitsBackend()) {
            @Override
            public Support supports(Op op, Numerics numerics) {
                return op.cache().isPresent() ? super.supports(op, numerics) : Support.no("attention only");
            }
        };
        Verdict verdict = verdict(LLAMA + "continuous batching", Numerics.REPRODUCIBLE, attentionOnly);
        assertEquals(Outcome.PASS, verdict.outcome(), verdict.detail());
        Supplier<AttentionBackend> nothing = () -> new WrappedBackend(new BitsBackend()) {
            @Override
            public Support supports(Op op, Numerics numerics) {
                return Support.no("nothing today");
            }
        };
        assertEquals(
                Outcome.UNSUPPORTED,
                verdict(LLAMA + "continuous batching", Numerics.REPRODUCIBLE, nothing)
                        .outcome());
    }

    @Test
    void aBackendThatClaimsNoInvarianceIsGivenTwiceTheBound() { // A6, N1
        for (String subject : new String[] {ATTENTION, LLAMA}) {
            Verdict verdict =
                    verdict(subject + "chunks of 7", Numerics.FAST, () -> new WrappedBackend(new OracleBackend()) {
                        @Override
                        public BackendInfo info() {
                            BackendInfo info = super.info();
                            return new BackendInfo(
                                    info.name(),
                                    info.device(),
                                    info.cacheTypes(),
                                    info.numerics(),
                                    false,
                                    info.description());
                        }
                    });
            assertEquals(Outcome.PASS, verdict.outcome(), verdict.detail());
        }
    }
}
