package dev.quire.conformance.cases;

import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.conformance.cases.OpCases.Kind;
import java.util.Optional;

/** Norms over rows and over heads, with and without weights. */
final class NormCases {
    private static final int[] ROWS = {1, 2, 5, 19};

    private final OpCases cases;

    NormCases(OpCases cases) {
        this.cases = cases;
    }

    void add(Depth depth) {
        for (int width :
                depth == Depth.QUICK ? new int[] {33, 192, 576} : new int[] {7, 33, 64, 192, 576, 2048, 4100}) {
            norms(width, width);
        }
        norms(96, 32);
        norms(99, 33);
        norms(256, 128);
        rms(1, 1);
    }

    private void norms(int width, int group) {
        rms(width, group);
        Value a = Value.tokens("a", width);
        Value out = Value.tokens("out", width);
        Optional<WeightRef> weight = Optional.of(WeightRef.vector("weight", group));
        Optional<WeightRef> bias = Optional.of(WeightRef.vector("bias", group));
        Optional<WeightRef> none = Optional.empty();
        String runs = "/group=" + group;
        cases.add(Kind.of("LayerNorm/plain" + runs, "N17"), new Op.LayerNorm(a, none, none, 1e-5f, group, out), ROWS);
        cases.add(
                Kind.of("LayerNorm/weight" + runs, "N17"), new Op.LayerNorm(a, weight, none, 1e-5f, group, out), ROWS);
        cases.add(Kind.of("LayerNorm/bias" + runs, "N17"), new Op.LayerNorm(a, weight, bias, 1e-5f, group, out), ROWS);
        cases.add(Kind.of("LayerNorm/eps" + runs, "N17"), new Op.LayerNorm(a, weight, bias, 0.5f, group, out), ROWS);
    }

    private void rms(int width, int group) {
        Value a = Value.tokens("a", width);
        Value out = Value.tokens("out", width);
        Optional<WeightRef> weight = Optional.of(WeightRef.vector("weight", group));
        Optional<WeightRef> none = Optional.empty();
        String runs = "/group=" + group;
        cases.add(Kind.of("RmsNorm/plain" + runs, "N8"), new Op.RmsNorm(a, none, 0, 1e-5f, group, out), ROWS);
        cases.add(Kind.of("RmsNorm/weight" + runs, "N8"), new Op.RmsNorm(a, weight, 0, 1e-6f, group, out), ROWS);
        cases.add(Kind.of("RmsNorm/offset" + runs, "N8"), new Op.RmsNorm(a, weight, 1, 1e-5f, group, out), ROWS);
        cases.add(Kind.of("RmsNorm/eps" + runs, "N8"), new Op.RmsNorm(a, weight, 0, 0.5f, group, out), ROWS);
    }
}
