package dev.quire.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.program.Op;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.conformance.bits.Canon;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.guards.WrappedBackend;
import dev.quire.conformance.models.KitModel;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Verdict;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class FreshModelCaseTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);

    @Test
    void theInterpreterGivesTheSameBitsBatchedAndAlone() { // A6, N2
        Verdict verdict = new FreshModelCase(1, SEED).run(new CaseContext(BitsBackend::new, Numerics.REPRODUCIBLE));
        assertEquals(Outcome.PASS, verdict.outcome(), "seed %d: %s".formatted(SEED, verdict));
    }

    @Test
    void oneUlpInOnePrimitiveIsCaughtAndDrawn() { // N10
        Canon broken = new Canon() {
            @Override
            public float exp(float x) {
                return Math.nextUp(super.exp(x));
            }
        };
        Verdict verdict =
                new FreshModelCase(1, SEED).run(new CaseContext(() -> new BitsBackend(broken), Numerics.REPRODUCIBLE));
        assertEquals(Outcome.FAIL, verdict.outcome());
        assertTrue(verdict.detail().startsWith("N2: the logit of token "), verdict.detail());
        assertTrue(verdict.errors().orElseThrow().worst() > 1);
    }

    @Test
    void eachSeedMakesAnotherModel() {
        Set<String> shapes = new HashSet<>();
        for (int seed = 0; seed < 20; seed++) {
            KitModel model = FreshModel.of(SEED + seed);
            shapes.add(model.forward().toString());
        }
        assertEquals(20, shapes.size());
    }

    @Test
    void aBackendOfAttentionAloneRunsModelsWithTheKitsHelpUnderItsProfileOnly() { // T7
        Supplier<AttentionBackend> attention = () -> only(op -> op instanceof Op.Attend || op instanceof Op.WriteKv);
        assertEquals(Outcome.PASS, verdict(attention, Profile.ATTENTION).outcome());
        Verdict model = verdict(attention, Profile.MODEL);
        assertEquals(Outcome.UNSUPPORTED, model.outcome());
        assertEquals("Embed: attention alone", model.detail());
    }

    @Test
    void aBackendThatRefusesAttentionIsNotCarriedByTheKit() { // T7
        Verdict verdict = verdict(() -> only(op -> op instanceof Op.Linear), Profile.ATTENTION);
        assertEquals(Outcome.UNSUPPORTED, verdict.outcome());
        assertEquals("WriteKv: attention alone", verdict.detail());
    }

    private static Verdict verdict(Supplier<AttentionBackend> open, Profile profile) {
        return new FreshModelCase(2, SEED).run(new CaseContext(open, Numerics.REPRODUCIBLE, profile));
    }

    private static AttentionBackend only(Predicate<Op> granted) {
        return new WrappedBackend(new BitsBackend()) {
            @Override
            public Support supports(Op op, Numerics numerics) {
                return granted.test(op) ? super.supports(op, numerics) : Support.no("attention alone");
            }
        };
    }
}
