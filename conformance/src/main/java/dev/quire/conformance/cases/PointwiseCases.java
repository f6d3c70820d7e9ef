package dev.quire.conformance.cases;

import dev.quire.api.program.Activation;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.conformance.cases.OpCases.Kind;
import java.util.List;
import java.util.Map;

/** Ops that work on single elements, or move them. */
final class PointwiseCases {
    private static final int[] ROWS = {1, 2, 3, 5, 19};

    /** Where formulas change branch, overflow, cancel or vanish. */
    private static final float[] SPECIAL = {
        0f,
        -0f,
        1e-40f,
        -1e-40f,
        1e-20f,
        -1e-20f,
        0.1f,
        -0.1f,
        0.6249999f,
        0.625f,
        -0.6249999f,
        -0.625f,
        1f,
        -1f,
        3f,
        -3f,
        5.5f,
        -5.5f,
        8f,
        -8f,
        9.1f,
        -9.1f,
        20f,
        -20f,
        51f,
        -51f,
        52f,
        -52f,
        86.9f,
        -86.9f,
        87.5f,
        -87.5f,
        88.2f,
        -88.2f,
        89f,
        -89f,
        104f,
        -104f,
        1e4f,
        -1e4f
    };

    private final OpCases cases;

    PointwiseCases(OpCases cases) {
        this.cases = cases;
    }

    void add(Depth depth) {
        for (int width : depth == Depth.QUICK ? new int[] {1, 33, 96} : new int[] {1, 33, 96, 1536, 4097}) {
            ofWidth(width);
        }
        Value a = Value.tokens("a", SPECIAL.length);
        Value b = Value.tokens("b", SPECIAL.length);
        Value out = Value.tokens("out", SPECIAL.length);
        Map<String, float[]> special = Map.of("a", SPECIAL);
        for (Activation activation : Activation.values()) {
            String canon = activation == Activation.TANH ? "N15" : "N16";
            cases.add(
                    Kind.of("Activate/%s/special".formatted(activation), canon),
                    new Op.Activate(a, activation, out),
                    special,
                    1,
                    3);
            cases.add(
                    Kind.of("Gated/%s/special".formatted(activation), canon, "N20"),
                    new Op.Gated(a, b, activation, out),
                    special,
                    1,
                    5);
        }
        cases.add(Kind.of("SoftCap/special", "N20", "N15"), new Op.SoftCap(a, 30f, out), special, 1, 3);
        cases.add(Kind.of("Scale/special", "N20"), new Op.Scale(a, Math.sqrt(2048), out), special, 1, 3);
    }

    private void ofWidth(int width) {
        Value a = Value.tokens("a", width);
        Value b = Value.tokens("b", width);
        Value out = Value.tokens("out", width);
        for (Activation activation : Activation.values()) {
            String canon = activation == Activation.TANH ? "N15" : "N16";
            cases.add(Kind.of("Activate/" + activation, canon), new Op.Activate(a, activation, out), ROWS);
            cases.add(Kind.of("Gated/" + activation, canon, "N20"), new Op.Gated(a, b, activation, out), ROWS);
        }
        cases.add(Kind.of("Add/plain", "N20"), new Op.Add(a, b, out), ROWS);
        cases.add(Kind.of("Add/itself", "N20"), new Op.Add(a, a, out), ROWS);
        cases.add(Kind.of("Scale/plain", "N20"), new Op.Scale(a, 1.7, out), ROWS);
        cases.add(Kind.of("SoftCap/plain", "N20", "N15"), new Op.SoftCap(a, 2.5f, out), ROWS);
        cases.add(
                Kind.of("Slice/tail", "N20"), new Op.Slice(a, width / 2, Value.tokens("out", width - width / 2)), ROWS);
        cases.add(Kind.of("Slice/head", "N20"), new Op.Slice(a, 0, Value.tokens("out", (width + 1) / 2)), ROWS);
        cases.add(Kind.of("GatherRows/some", "N20"), new Op.GatherRows(a, Value.logits("out", width)), ROWS);
        Value half = Value.tokens("half", width);
        List<Op> parts = List.of(new Op.Scale(a, 0.5, half), new Op.Add(half, a, out));
        cases.add(
                Kind.of("Composite/two", "N20"), new Op.Composite("half more", List.of(a), List.of(out), parts), ROWS);
    }
}
