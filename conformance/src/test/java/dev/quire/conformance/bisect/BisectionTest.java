package dev.quire.conformance.bisect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.conformance.bits.Canon;
import dev.quire.conformance.broken.OtherOps;
import dev.quire.conformance.guards.WrappedBackend;
import dev.quire.conformance.oracle.OracleBackend;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The first op that is wrong is the one that is named, whatever it spoils after it. */
class BisectionTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final Agreement NEAR = new Agreement.Near(1);

    @Test
    void twoOfTheSameBackendAgreeToTheLastBit() {
        Finding finding = bisect(oracle -> oracle, new Agreement.Bitwise(), 3);
        assertEquals(new Finding.Same(4, 21), finding);
    }

    @Test
    void anOpThatIsWrongInOneLayerIsNamedWithItsLayersValue() {
        UnaryOperator<Op> fault =
                op -> op instanceof Op.Rope rope && rope.out().name().startsWith("layer1")
                        ? new Op.Scale(rope.x(), 1, rope.out())
                        : op;
        Difference first = difference(oracle -> new OtherOps(oracle, fault), new Agreement.Bitwise());
        assertInstanceOf(Op.Rope.class, first.op());
        assertEquals("layer1.rotated", first.value().name());
        assertEquals(14, first.index());
        assertEquals(0, first.step());
        assertEquals(1, first.row(), "position 0 is not rotated");
        assertEquals(0, first.element());
        assertNotEquals(first.first(), first.second());
        assertTrue(first.differing() > 100 && first.differing() <= 6 * 32, first.toString());
        assertEquals(7 * 32, first.elements());
    }

    @Test
    void inFastAnOpIsNotBlamedForWhatItWasGiven() {
        UnaryOperator<Op> fault =
                op -> op instanceof Op.Add add && add.out().name().startsWith("layer0")
                        ? new Op.Add(add.a(), add.a(), add.out())
                        : op;
        assertEquals(
                "layer0.out",
                difference(oracle -> new OtherOps(oracle, fault), NEAR).value().name());
    }

    @Test
    void aKeyThatIsStoredWronglyShowsInTheAttentionThatReadsIt() {
        UnaryOperator<Op> fault =
                op -> op instanceof Op.WriteKv write && write.target().layer() == 1
                        ? new Op.WriteKv(write.v(), write.k(), write.target())
                        : op;
        Difference first = difference(oracle -> new OtherOps(oracle, fault), NEAR);
        assertEquals("layer1.attention", first.value().name());
    }

    @Test
    void aFaultThatOnlyALongerContextShowsIsFoundInADecodeStep() {
        UnaryOperator<Op> fault = op -> op instanceof Op.Attend a
                ? new Op.Attend(a.q(), a.keys(), a.shape(), new Mask.SlidingWindow(8), a.softCap(), a.alibi(), a.out())
                : op;
        Finding finding = bisect(oracle -> new OtherOps(oracle, fault), NEAR, 4);
        Difference first = assertInstanceOf(Finding.Differs.class, finding).first();
        assertEquals(2, first.step());
        assertEquals("layer0.attention", first.value().name());
    }

    @Test
    void whatASideRefusesIsRunByTheBackendBehindItAndSaidSo() {
        Function<AttentionBackend, AttentionBackend> attentionOnly = oracle -> new WrappedBackend(oracle) {
            @Override
            public Support supports(Op op, Numerics numerics) {
                return op.cache().isPresent() ? Support.YES : Support.no("only attention");
            }
        };
        assertInstanceOf(Finding.Same.class, bisect(attentionOnly, NEAR, 2));
        UnaryOperator<Op> fault = op -> op instanceof Op.Attend a
                ? new Op.Attend(a.q(), a.keys(), a.shape(), new Mask.SlidingWindow(2), a.softCap(), a.alibi(), a.out())
                : op;
        Difference first = difference(oracle -> attentionOnly.apply(new OtherOps(oracle, fault)), NEAR);
        assertInstanceOf(Op.Attend.class, first.op());
        assertEquals("second", first.secondRunner());
    }

    @ParameterizedTest
    @EnumSource
    void anExpertsLayerIsLetPassWhatALinearLayerIs(WeightFormat format) {
        Value x = Value.tokens("x", 256);
        Value out = Value.tokens("out", 40);
        WeightRef weight = new WeightRef("weight", 40, 256, format);
        Value experts = new Value("experts", Rows.TOKENS, 1, DType.I32);
        Op linear = new Op.Linear(x, weight, Optional.empty(), Op.Linear.Split.WHOLE, out);
        Op expert = new ExpertOp.ExpertLinear(x, experts, List.of(weight), Op.Linear.Split.WHOLE, out);
        KvCacheLayout none = new KvCacheLayout(List.of());
        assertEquals(Tolerance.of(linear, none), Tolerance.of(expert, none));
    }

    @Test
    void aSideThatDoesNotOfferTheNumericsIsRefused() {
        try (AttentionBackend oracle = new OracleBackend()) {
            Side side = new Side("oracle", oracle, oracle);
            BackendException refused = assertThrows(
                    BackendException.class,
                    () -> Bisection.run(
                            SmallModel.subject(SEED, 0), side, side, Numerics.REPRODUCIBLE, new Agreement.Bitwise()));
            assertTrue(
                    refused.getMessage().contains("'oracle' does not offer REPRODUCIBLE numerics; it offers [FAST]"),
                    refused.getMessage());
        }
    }

    @Test
    void inReproducibleOneBitIsADifference() { // N2
        Canon canon = new Canon() {
            @Override
            public float weight(float score, float max) {
                return exp(score - max);
            }
        };
        Difference first = assertInstanceOf(Finding.Differs.class, reproducible(new BitsBackend(canon)))
                .first();
        assertEquals("layer0.attention", first.value().name());
        assertEquals(1, first.row(), "one weight alone is 1, rounded or not");
    }

    @Test
    void whatOnlyTheProgramAsItIsServedGetsWrongIsSaidSo() { // N2
        AttentionBackend fuses = new WrappedBackend(new BitsBackend()) {
            @Override
            public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
                List<Op> ops = program.ops().stream()
                        .map(op -> op instanceof Op.Add add && program.outputs().size() == 1
                                ? new Op.Add(add.b(), add.b(), add.out())
                                : op)
                        .toList();
                return super.compile(
                        new Program(program.inputs(), program.weights(), ops, program.outputs()),
                        weights,
                        limits,
                        numerics);
            }
        };
        Finding.DiffersWhole whole = assertInstanceOf(Finding.DiffersWhole.class, reproducible(fuses));
        assertEquals("second", whole.side());
        assertEquals("logits", whole.value().name());
        assertNotEquals(whole.exposed(), whole.whole());
    }

    @Test
    void twoOfTheBitsInterpreterAgreeInPiecesAndAsServed() { // N2
        assertEquals(new Finding.Same(3, 21), reproducible(new BitsBackend()));
    }

    private static Finding reproducible(AttentionBackend second) {
        try (AttentionBackend bits = new BitsBackend();
                second) {
            return Bisection.run(
                    SmallModel.subject(SEED, 2),
                    new Side("first", bits, bits),
                    new Side("second", second, bits),
                    Numerics.REPRODUCIBLE,
                    new Agreement.Bitwise());
        }
    }

    private static Difference difference(Function<AttentionBackend, AttentionBackend> second, Agreement agreement) {
        return assertInstanceOf(Finding.Differs.class, bisect(second, agreement, 1))
                .first();
    }

    private static Finding bisect(
            Function<AttentionBackend, AttentionBackend> second, Agreement agreement, int decodes) {
        try (AttentionBackend fallback = new OracleBackend();
                AttentionBackend a = new OracleBackend();
                AttentionBackend b = second.apply(new OracleBackend())) {
            return Bisection.run(
                    SmallModel.subject(SEED, decodes),
                    new Side("first", a, fallback),
                    new Side("second", b, fallback),
                    Numerics.FAST,
                    agreement);
        }
    }
}
