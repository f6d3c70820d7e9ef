package dev.quire.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.program.Op;
import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.api.program.Program;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.conformance.bits.Canon;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.models.Golden;
import dev.quire.conformance.models.KitModel;
import dev.quire.conformance.models.OpenModel;
import dev.quire.conformance.models.References;
import dev.quire.conformance.models.TinyModel;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.report.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelCasesTest {
    private static final CaseContext BITS = new CaseContext(BitsBackend::new, Numerics.REPRODUCIBLE);

    @Test
    void aBackendOfTheCanonHasTheGoldenTokensAndTheReferenceBits() {
        assertEquals(
                Outcome.PASS,
                new GoldenTokensCase("short", () -> new OpenModel(TinyModel.load()), some())
                        .run(BITS)
                        .outcome());
        assertEquals(Outcome.PASS, references(TinyModel.load()).run(BITS).outcome());
    }

    @Test
    void aScaleThatIsAThirdTooLargeFailsTheGoldenTokens() {
        KitModel tiny = TinyModel.load();
        List<Op> ops = tiny.forward().ops().stream()
                .map(op -> op instanceof Op.Attend attend ? scaled(attend, 1.33) : op)
                .toList();
        Program forward = new Program(
                tiny.forward().inputs(),
                tiny.forward().weights(),
                ops,
                tiny.forward().outputs());
        Verdict verdict = new GoldenTokensCase(
                        "short",
                        () -> new OpenModel(new KitModel(tiny.name(), forward, tiny.cache(), tiny.weights())),
                        some())
                .run(BITS);
        assertEquals(Outcome.FAIL, verdict.outcome());
        assertTrue(verdict.detail().startsWith("N1: token "), verdict.detail());
    }

    @Test
    void anotherOrderOfFoldingFailsTheReferenceBits() {
        Canon wrong = new Canon() {
            @Override
            public float fold(float[] lanes) {
                float sum = 0;
                for (float lane : lanes) {
                    sum += lane;
                }
                return sum;
            }
        };
        CaseContext context = new CaseContext(() -> new BitsBackend(wrong), Numerics.REPRODUCIBLE);
        Verdict verdict = references(TinyModel.load()).run(context);
        assertEquals(Outcome.FAIL, verdict.outcome());
        assertTrue(
                verdict.detail().startsWith("N2: of 2 reference texts of tiny (Canon 1), 2 have other bits"),
                verdict.detail());
    }

    private static Op.Attend scaled(Op.Attend attend, double factor) {
        HeadShape shape = attend.shape();
        HeadShape other = new HeadShape(shape.heads(), shape.kvHeads(), shape.headSize(), shape.scale() * factor);
        return new Op.Attend(
                attend.q(), attend.keys(), other, attend.mask(), attend.softCap(), attend.alibi(), attend.out());
    }

    private static Golden some() {
        return Golden.of(TinyModel.NAME).upTo(90);
    }

    private static ReferenceBitsCase references(KitModel model) {
        return new ReferenceBitsCase(
                "first",
                () -> new OpenModel(model),
                Golden.of(TinyModel.NAME),
                References.of(TinyModel.NAME).upTo(90, 2));
    }
}
