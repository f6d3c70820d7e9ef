package dev.quire.conformance.cases;

import dev.quire.api.program.Program;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.api.step.StepBatch;
import dev.quire.conformance.scenario.Action;
import dev.quire.conformance.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** RULES S, one rule at a time and all together, over logits with ties, infinities and NaN. Row r reads row r modulo {@value #LOGITS} of the logits. */
final class SampleCases {
    private static final int LOGITS = 5;
    private static final int TOP = 4;
    private static final int[] NONE = {};
    private static final Row PLAIN = new Row(1, 0, 1, 0, OptionalInt.empty(), TOP, Adjustments.NONE);

    private final OpCases cases;

    SampleCases(OpCases cases) {
        this.cases = cases;
    }

    /** A sampling row but for its randomness. */
    private record Row(
            float temperature, int topK, float topP, float minP, OptionalInt forced, int top, Adjustments adjustments) {
        Row temperature(double t) {
            return new Row((float) t, topK, topP, minP, forced, top, adjustments);
        }

        Row topK(int k) {
            return new Row(temperature, k, topP, minP, forced, top, adjustments);
        }

        Row topP(double p) {
            return new Row(temperature, topK, (float) p, minP, forced, top, adjustments);
        }

        Row minP(double p) {
            return new Row(temperature, topK, topP, (float) p, forced, top, adjustments);
        }

        Row forced(int token) {
            return new Row(temperature, topK, topP, minP, OptionalInt.of(token), top, adjustments);
        }

        Row top(int n) {
            return new Row(temperature, topK, topP, minP, forced, n, adjustments);
        }

        Row adjusted(Adjustments changes) {
            return new Row(temperature, topK, topP, minP, forced, top, changes);
        }
    }

    void add(Depth depth) {
        for (int vocabulary : depth == Depth.QUICK ? new int[] {97, 1031} : new int[] {7, 97, 1031, 50_257, 151_936}) {
            double[] temperatures = {1e-3, 0.1, 0.7, 1, 1.5, 100};
            int[] ks = {1, 2, 7, vocabulary, vocabulary + 5};
            double[] ps = {0, 0.01, 0.3, 0.5, 0.9, 0.999, 1};
            double[] ms = {0.001, 0.05, 0.5, 1};
            add("greedy", "S3", vocabulary, 10, r -> PLAIN.temperature(0));
            add("forced", "S1", vocabulary, 10, r -> PLAIN.temperature(r % 2).forced(r * 7 % vocabulary));
            add(
                    "adjusted greedy",
                    "S2",
                    vocabulary,
                    40,
                    r -> PLAIN.temperature(0).adjusted(adjustments(r, vocabulary)));
            add("adjusted", "S2", vocabulary, 40, r -> PLAIN.adjusted(adjustments(r, vocabulary)));
            add("temperature", "S4", vocabulary, 30, r -> PLAIN.temperature(temperatures[r % temperatures.length]));
            quotients(vocabulary);
            add("top-k", "S5", vocabulary, 30, r -> PLAIN.topK(ks[r % ks.length]));
            add("top-p", "S6", vocabulary, 42, r -> PLAIN.topP(ps[r % ps.length]));
            add("min-p", "S7", vocabulary, 30, r -> PLAIN.minP(ms[r % ms.length]));
            add("draw", "S8", vocabulary, 64, r -> PLAIN.top(-1));
            add(
                    "logprobs",
                    "S9",
                    vocabulary,
                    24,
                    r -> PLAIN.temperature(r % 3).top(r % (TOP + 2) - 1).adjusted(adjustments(r, vocabulary)));
            add(
                    "mixed",
                    "S6",
                    vocabulary,
                    60,
                    r -> PLAIN.temperature(r % 4 * 0.5)
                            .topK(r % 5 == 1 ? 7 : 0)
                            .topP(r % 3 == 2 ? 0.6 : 1)
                            .minP(r % 7 == 3 ? 0.1 : 0)
                            .top(r % (TOP + 2) - 1)
                            .adjusted(adjustments(r, vocabulary)));
        }
    }

    /** No change, each kind of change, and several at once, in turn. */
    private static Adjustments adjustments(int r, int vocabulary) {
        int[] few = few(vocabulary);
        int[] produced = {few[0], few[1]};
        int[] counts = {2, 1};
        float[] biases = {2, 1, -1};
        float[] ban = {Float.NEGATIVE_INFINITY, 30, -0.5f};
        float[] no = new float[0];
        return switch (r % 8) {
            case 0 -> Adjustments.NONE;
            case 1 -> new Adjustments(1.5f, 0, 0, few, NONE, NONE, NONE, no, NONE);
            case 2 -> new Adjustments(1, 0.3f, 0, NONE, produced, counts, NONE, no, NONE);
            case 3 -> new Adjustments(1, 0, 0.7f, NONE, produced, counts, NONE, no, NONE);
            case 4 -> new Adjustments(1, 0, 0, NONE, NONE, NONE, few, biases, NONE);
            case 5 -> new Adjustments(1, 0, 0, NONE, NONE, NONE, NONE, no, few);
            case 6 -> new Adjustments(1.2f, 0.3f, 0.2f, few, produced, counts, few, ban, NONE);
            default -> new Adjustments(0.8f, -0.4f, 0.2f, few, produced, counts, few, biases, produced);
        };
    }

    /** Tokens that adjustments are about. */
    private static int[] few(int vocabulary) {
        return new int[] {vocabulary / 20, vocabulary / 2, vocabulary - 1};
    }

    /** Temperatures whose reciprocals are inexact, where min-p sees the last bit of a quotient. */
    private void quotients(int vocabulary) {
        Random random = cases.samples().random("quotients" + vocabulary);
        List<QuotientEdge> edges = Stream.of(0.7f, 0.3f, 1.1f, 0.9f, 1.7f)
                .map(temperature -> QuotientEdge.of(temperature, random))
                .toList();
        IntFunction<Row> settings = r -> {
            QuotientEdge edge = edges.get(r % LOGITS);
            return PLAIN.temperature(edge.temperature()).minP(edge.minP());
        };
        add("quotients", "S4", vocabulary, 20, settings, name -> {
            float[] all = new float[LOGITS * vocabulary];
            for (int row = 0; row < LOGITS; row++) {
                edges.get(row).fill(all, row * vocabulary, vocabulary);
            }
            return all;
        });
    }

    private void add(String variant, String rule, int vocabulary, int count, IntFunction<Row> settings) {
        add(variant, rule, vocabulary, count, settings, name -> logits(name, vocabulary));
    }

    private void add(
            String variant,
            String rule,
            int vocabulary,
            int count,
            IntFunction<Row> settings,
            Function<String, float[]> logits) {
        String name = "Sample/%s/rows=%d/vocabulary=%d".formatted(variant, count, vocabulary);
        List<String> rules = List.of(rule, "N13", "N19", "N1", "M9", "M10", "T7");
        cases.add(new OpCase(
                name,
                rules,
                rule,
                OpCases.MODEL,
                () -> scenario(name, variant, vocabulary, count, settings, logits.apply(name))));
    }

    private Scenario scenario(
            String name, String variant, int vocabulary, int count, IntFunction<Row> settings, float[] values) {
        Random random = cases.samples().random(name);
        int[] from = new int[count];
        List<SamplingRow> rows = new ArrayList<>();
        for (int r = 0; r < count; r++) {
            from[r] = r % LOGITS;
            Row row = settings.apply(r);
            rows.add(new SamplingRow(
                    row.temperature(),
                    row.topK(),
                    row.topP(),
                    row.minP(),
                    r % 2 == 0 ? random.nextLong() : r,
                    r % 3 == 0 ? random.nextLong() : r,
                    row.forced(),
                    row.top(),
                    row.adjustments()));
        }
        Program program = Program.sampling(vocabulary, TOP);
        Action step = Action.Step.judged(variant, program, StepBatch.sampling(from, rows), Map.of("logits", values));
        return Scenario.of(List.of(step));
    }

    /** Rows: uniform under three tokens that any penalty puts in another order, rounded so that many tie, one token far above, some bans and NaN, and large. */
    private float[] logits(String name, int vocabulary) {
        float[] all = cases.samples().floats(name + "logits", LOGITS * vocabulary, 4);
        for (int i = 0; i < vocabulary; i++) {
            all[vocabulary + i] = Math.round(all[vocabulary + i]);
            all[2 * vocabulary + i] += i == vocabulary / 3 ? 30 : 0;
            int at = 3 * vocabulary + i;
            all[at] = i % 11 == 2 ? Float.NEGATIVE_INFINITY : i % 13 == 5 ? Float.NaN : all[at];
            all[4 * vocabulary + i] *= 25;
        }
        for (int i = 0; i < few(vocabulary).length; i++) {
            all[few(vocabulary)[i]] = 5 - i / 4f;
        }
        return all;
    }
}
