package dev.quire.kernels.portable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FusionTest {
    private static final int WIDTH = 16;
    private static final CacheRef CACHE = new CacheRef(0, 0);
    private static final Rotary ROTARY = Rotary.of(8, 10_000, Rotary.Pairing.HALF);

    private static final Value X = Value.tokens("x", WIDTH);
    private static final Value NORMED = Value.tokens("normed", WIDTH);
    private static final Value Q = Value.tokens("q", WIDTH);
    private static final Value K = Value.tokens("k", WIDTH);
    private static final Value V = Value.tokens("v", WIDTH);
    private static final Value ROTATED_Q = Value.tokens("rotated q", WIDTH);
    private static final Value ROTATED_K = Value.tokens("rotated k", WIDTH);
    private static final Value ATTENDED = Value.tokens("attended", WIDTH);
    private static final Value O = Value.tokens("o", WIDTH);
    private static final Value SUM = Value.tokens("sum", WIDTH);
    private static final Value NORMED_SUM = Value.tokens("normed sum", WIDTH);
    private static final Value GATE = Value.tokens("gate", WIDTH);
    private static final Value UP = Value.tokens("up", WIDTH);
    private static final Value GATED = Value.tokens("gated", WIDTH);
    private static final Value DOWN = Value.tokens("down", WIDTH);
    private static final Value OUT = Value.tokens("out", WIDTH);

    /** A layer as most models have it. */
    private static List<Op> layer() {
        HeadShape shape = new HeadShape(2, 2, 8, 1);
        KeySource keys = new KeySource.Cached(CACHE);
        return List.of(
                norm(X, NORMED),
                linear(NORMED, Q),
                linear(NORMED, K),
                linear(NORMED, V),
                new Op.Rope(Q, Value.POSITIONS, ROTARY, 8, ROTATED_Q),
                new Op.Rope(K, Value.POSITIONS, ROTARY, 8, ROTATED_K),
                new Op.WriteKv(ROTATED_K, V, CACHE),
                new Op.Attend(ROTATED_Q, keys, shape, Mask.CAUSAL, Optional.empty(), List.of(), ATTENDED),
                linear(ATTENDED, O),
                new Op.Add(X, O, SUM),
                norm(SUM, NORMED_SUM),
                linear(NORMED_SUM, GATE),
                linear(NORMED_SUM, UP),
                new Op.Gated(GATE, UP, Activation.SILU, GATED),
                linear(GATED, DOWN),
                new Op.Add(SUM, DOWN, OUT));
    }

    private static Op norm(Value x, Value out) {
        return new Op.RmsNorm(x, Optional.empty(), 0, 1e-5f, WIDTH, out);
    }

    private static Op linear(Value x, Value out) {
        return linear(x, out, WeightFormat.BF16);
    }

    private static Op linear(Value x, Value out, WeightFormat format) {
        WeightRef weight = new WeightRef(out.name(), WIDTH, WIDTH, format);
        return new Op.Linear(x, weight, Optional.empty(), Split.WHOLE, out);
    }

    private static Fusion.Result fuse(WorkItem workItem, List<Op> ops, Value... outputs) {
        return Fusion.of(
                Program.of(List.of(X, Value.POSITIONS), ops, List.of(outputs)),
                KernelChoice.of(workItem, Numerics.REPRODUCIBLE));
    }

    private static List<String> kinds(Fusion.Result result) {
        return result.stages().stream()
                .map(stage -> stage instanceof Stage.Single(Op op)
                        ? op.kind()
                        : stage.getClass().getSimpleName())
                .toList();
    }

    @Test
    void aLayerIsEightStagesAndTheLastResidual() {
        List<String> kinds = List.of(
                "RmsNorm", "Siblings", "RotateWrite", "Attend", "Linear", "AddNorm", "GatedLinears", "Linear", "Add");
        assertEquals(kinds, kinds(fuse(WorkItem.VECTOR, layer(), OUT)));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void inFastLayersThatRoundWhatTheyReadAreFusedAndOthersStayAlone(WeightFormat format) { // W3
        boolean rounds = format == WeightFormat.BF16;
        List<Op> ops =
                List.of(norm(X, NORMED), linear(NORMED, Q, format), linear(NORMED, K, format), new Op.Add(Q, K, OUT));
        Program program = Program.of(List.of(X), ops, List.of(OUT));
        Fusion.Result fast = Fusion.of(program, KernelChoice.of(WorkItem.VECTOR, Numerics.FAST));
        assertEquals(rounds ? Set.of(NORMED) : Set.of(), fast.multiplied());
        assertEquals(rounds, kinds(fast).contains("Siblings"));
    }

    @Test
    void everyOpStandsInOneStageInTheProgramsOrder() {
        for (WorkItem workItem : WorkItem.values()) {
            List<Op> ops = new ArrayList<>();
            fuse(workItem, layer(), OUT).stages().forEach(stage -> ops.addAll(stage.ops()));
            assertEquals(layer(), ops);
        }
    }

    @Test
    void onlyWhatMatricesAloneReadIsRoundedWhereItIsMade() {
        Set<Value> multiplied = Set.of(NORMED, ATTENDED, NORMED_SUM, GATED);
        assertEquals(multiplied, fuse(WorkItem.VECTOR, layer(), OUT).multiplied());
        assertEquals(
                Set.of(NORMED, ATTENDED, NORMED_SUM),
                fuse(WorkItem.VECTOR, layer(), OUT, GATED).multiplied());
    }

    @Test
    void whatIsReadElsewhereIsNotFusedAway() {
        List<String> withKeys = kinds(fuse(WorkItem.VECTOR, layer(), OUT, ROTATED_K));
        assertTrue(withKeys.containsAll(List.of("Rope", "WriteKv")), withKeys.toString());
        List<String> withGate = kinds(fuse(WorkItem.VECTOR, layer(), OUT, GATE));
        assertTrue(withGate.contains("Gated"), withGate.toString());
    }
}
