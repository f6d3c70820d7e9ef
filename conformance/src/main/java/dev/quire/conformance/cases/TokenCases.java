package dev.quire.conformance.cases;

import dev.quire.api.program.Op;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.cases.OpCases.Kind;
import java.util.ArrayList;
import java.util.List;

/** Ops that depend on a token's id or position. */
final class TokenCases {
    private static final int[] ROWS = {1, 2, 5, 19};

    private final OpCases cases;

    TokenCases(OpCases cases) {
        this.cases = cases;
    }

    void add() {
        for (WeightFormat format : WeightFormat.values()) {
            int width = format.isQuantized() ? 2 * format.blockElements() : 33;
            WeightRef table = new WeightRef("table", 300, width, format);
            Kind kind = Kind.of("Embed/" + format, "W1", "N20");
            boolean required = format == WeightFormat.BF16;
            cases.add(
                    required ? kind : kind.optional(),
                    new Op.Embed(Value.TOKENS, table, 2, Value.tokens("out", width)),
                    ROWS);
        }
        WeightRef learned = new WeightRef("positions table", 2002, 40, WeightFormat.BF16);
        cases.add(
                Kind.of("Embed/positions", "W1", "N20"),
                new Op.Embed(Value.POSITIONS, learned, 2, Value.tokens("out", 40)),
                ROWS);
        for (Rotary.Pairing pairing : Rotary.Pairing.values()) {
            for (int size : new int[] {32, 36, 64, 80, 128}) {
                rope("whole", pairing, size, Rotary.of(size, 10_000, pairing));
                rope("part", pairing, size, Rotary.of(size - 16, 500_000, pairing));
            }
            rope("scaled", pairing, 64, new Rotary(frequencies(), 1.2079441541679836, pairing));
        }
    }

    /** As yarn and longrope make them: no power of one base. */
    private static List<Double> frequencies() {
        List<Double> frequencies = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            double plain = Math.pow(10_000, -i / 32.0);
            frequencies.add(i < 10 ? plain : plain / (1 + (i - 10) * 0.3));
        }
        return frequencies;
    }

    private void rope(String variant, Rotary.Pairing pairing, int size, Rotary rotary) {
        Value a = Value.tokens("a", 3 * size);
        Value out = Value.tokens("out", 3 * size);
        cases.add(
                Kind.of("Rope/%s/%s/size=%d".formatted(pairing, variant, size), "N9"),
                new Op.Rope(a, Value.POSITIONS, rotary, size, out),
                ROWS);
    }
}
