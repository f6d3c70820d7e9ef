package dev.quire.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.program.Activation;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class OpRunsTest {
    private static final Predicate<WeightFormat> BF16 = format -> format == WeightFormat.BF16;
    private static final int WIDTH = 16;

    private static final Value X = Value.tokens("x", WIDTH);
    private static final Value GATE = Value.tokens("gate", WIDTH);
    private static final Value UP = Value.tokens("up", WIDTH);
    private static final Value PRODUCT = Value.tokens("product", WIDTH);
    private static final Value DOWN = Value.tokens("down", WIDTH);
    private static final Value MORE = Value.tokens("more", WIDTH);

    private static final Op.Linear GATES = linear("gate", X, WeightFormat.BF16, GATE);
    private static final Op.Linear UPS = linear("up", X, WeightFormat.BF16, UP);
    private static final Op BY = gated(GATE, UP, Activation.SILU);
    private static final Op.Linear READER = linear("down", PRODUCT, WeightFormat.BF16, DOWN);

    @Test
    void aGatedMlpIsOneRunWithAllLayersThatReadIt() {
        assertEquals(List.of(1, 4), sizes(BF16, List.of(DOWN), GATES, UPS, BY, READER));
        Op second = linear("more", PRODUCT, WeightFormat.BF16, MORE);
        assertEquals(List.of(1, 5), sizes(BF16, List.of(DOWN, MORE), GATES, UPS, BY, READER, second));
        Op after = new Op.Add(DOWN, X, MORE);
        assertEquals(List.of(1, 4, 1), sizes(BF16, List.of(MORE), GATES, UPS, BY, READER, after));
    }

    @Test
    void whereNoKernelGatesLayersOfTheSameRowsAreOneRunAsEver() {
        assertEquals(List.of(1, 2, 1, 1), sizes(format -> false, List.of(DOWN), GATES, UPS, BY, READER));
    }

    @Test
    void valuesThatSomeoneElseReadsKeepTheirOps() {
        List<Integer> apart = List.of(1, 2, 1, 1);
        for (Value outside : List.of(GATE, UP, PRODUCT)) {
            assertEquals(apart, sizes(BF16, List.of(DOWN, outside), GATES, UPS, BY, READER), outside.name());
            Op other = new Op.Add(outside, X, MORE);
            assertEquals(
                    List.of(1, 2, 1, 1, 1),
                    sizes(BF16, List.of(DOWN, MORE), GATES, UPS, BY, READER, other),
                    outside.name());
        }
    }

    @Test
    void otherMlpsKeepTheirOps() {
        List<Integer> apart = List.of(1, 2, 1, 1);
        assertEquals(apart, sizes(BF16, List.of(DOWN), GATES, UPS, gated(GATE, UP, Activation.GELU_TANH), READER));
        assertEquals(apart, sizes(BF16, List.of(DOWN), GATES, UPS, gated(UP, GATE, Activation.SILU), READER));
        Op biased = new Op.Linear(
                X, GATES.weight(), Optional.of(WeightRef.vector("bias", WIDTH)), Op.Linear.Split.WHOLE, GATE);
        assertEquals(apart, sizes(BF16, List.of(DOWN), biased, UPS, BY, READER));
        Op wide = linear("down", PRODUCT, WeightFormat.F32, DOWN);
        assertEquals(apart, sizes(BF16, List.of(DOWN), GATES, UPS, BY, wide));
        Op.Linear gate = linear("gate", X, WeightFormat.F32, GATE);
        Op.Linear up = linear("up", X, WeightFormat.F32, UP);
        assertEquals(apart, sizes(BF16, List.of(DOWN), gate, up, BY, wide));
        Op activated = new Op.Activate(PRODUCT, Activation.RELU, MORE);
        assertEquals(List.of(1, 2, 1, 1), sizes(BF16, List.of(MORE), GATES, UPS, BY, activated));
    }

    /** Ops of each run, the first of which makes x. */
    private static List<Integer> sizes(Predicate<WeightFormat> gates, List<Value> outputs, Op... ops) {
        Value table = Value.tokens("embedded", WIDTH);
        List<Op> all = new ArrayList<>(List.of(new Op.Scale(table, 2, X)));
        all.addAll(List.of(ops));
        return OpRuns.of(Program.of(List.of(table), all, outputs), gates).stream()
                .map(List::size)
                .toList();
    }

    private static Op gated(Value gate, Value up, Activation activation) {
        return new Op.Gated(gate, up, activation, PRODUCT);
    }

    private static Op.Linear linear(String name, Value x, WeightFormat format, Value out) {
        return new Op.Linear(
                x, new WeightRef(name, WIDTH, WIDTH, format), Optional.empty(), Op.Linear.Split.WHOLE, out);
    }
}
