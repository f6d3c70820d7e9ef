package dev.quire.conformance.broken;

import dev.quire.api.memory.Buffer;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.api.step.StepBatch;
import dev.quire.conformance.bits.Canon;
import dev.quire.conformance.bits.TokenChoice;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Mistakes of {@code Sample}. */
final class SamplingFaults {
    private static final int[] NONE = {};

    private SamplingFaults() {}

    static List<Fault> list() {
        return List.of(
                row("ignores forced tokens", "S1", r -> new RowCopy(r).free()),
                adjusted("ignores the allowed tokens", a -> copy(a, a.repetitionPenalty(), a.seen(), a.counts(), NONE)),
                adjusted(
                        "penalizes a token twice",
                        a -> copy(a, a.repetitionPenalty() * a.repetitionPenalty(), a.seen(), a.counts(), a.allowed())),
                adjusted(
                        "forgets the prompt in the repetition penalty",
                        a -> copy(a, a.repetitionPenalty(), NONE, a.counts(), a.allowed())),
                adjusted(
                        "counts a token once however often it was produced",
                        a -> copy(a, a.repetitionPenalty(), a.seen(), ones(a), a.allowed())),
                adjusted("ignores the presence penalty", SamplingFaults::withoutPresence),
                adjusted("ignores biases", SamplingFaults::withoutBiases),
                row(
                        "takes 1 for any temperature above 0",
                        "S4",
                        r -> new RowCopy(r).temperature(r.temperature() == 0 ? 0 : 1)),
                chosen("multiplies by the reciprocal of the temperature", "S4", SamplingFaults::byReciprocal),
                row(
                        "keeps one token more than top-k",
                        "S5",
                        r -> new RowCopy(r).topK(r.topK() == 0 ? 0 : r.topK() + 1)),
                row("ignores top-p", "S6", r -> new RowCopy(r).topP(1)),
                row("ends top-p a little early", "S6", r -> new RowCopy(r).topP(r.topP() < 1 ? r.topP() * 0.97f : 1)),
                row("ignores min-p", "S7", r -> new RowCopy(r).minP(0)),
                row("ignores the seed", "S8", r -> new RowCopy(r).draw(0, r.counter())),
                row(
                        "ignores the upper half of the seed",
                        "S8",
                        r -> new RowCopy(r).draw(r.key() & 0xffff_ffffL, r.counter())),
                row("draws the same number for every token", "S8", r -> new RowCopy(r).draw(r.key(), 0)),
                chosen("takes the last of the best", "S3", SamplingFaults::lastOfBest),
                chosen("lets NaN win", "N13", SamplingFaults::notANumber),
                chosen("counts ranks from 0", "S9", (op, batch, io) -> {
                    for (int r = 0; r < batch.logitRowCount(); r++) {
                        Buffer ranks = io.buffer(op.ranks().name());
                        put(ranks, r, ranks.intAt(r, 0) - 1);
                    }
                }),
                chosen("adds biases to log-probabilities", "S9", SamplingFaults::biasedLogprobs),
                chosen(
                        "changes the logits",
                        "M10",
                        (op, batch, io) -> io.buffer(op.logits().name())
                                .memory()
                                .setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, 1, 0.5f)),
                Fault.of(
                        "samples every row from the first logits",
                        "S3",
                        "Sample",
                        right -> new OtherSteps(
                                right,
                                (program, executable, batch, io) -> executable.submit(
                                        samples(program) ? BatchFaults.logitRows(batch, r -> 0) : batch, io))));
    }

    /** What is done to the results of a sampling step. */
    private interface Spoiling {
        void spoil(Op.Sample op, StepBatch batch, Bindings io);
    }

    private static boolean samples(Program program) {
        return program.ops().stream().anyMatch(Op.Sample.class::isInstance);
    }

    private static Fault chosen(String name, String rule, Spoiling spoiling) {
        return Fault.of(
                name,
                rule,
                "Sample",
                right -> OtherSteps.after(right, (program, batch, io) -> {
                    for (Op op : program.ops()) {
                        if (op instanceof Op.Sample sample) {
                            spoiling.spoil(sample, batch, io);
                        }
                    }
                }));
    }

    private static Fault row(String name, String rule, UnaryOperator<SamplingRow> change) {
        return Fault.of(
                name,
                rule,
                "Sample",
                right -> new OtherSteps(
                        right, (program, executable, batch, io) -> executable.submit(with(batch, change), io)));
    }

    private static StepBatch with(StepBatch b, UnaryOperator<SamplingRow> change) {
        return new StepBatch(
                b.tokens(),
                b.positions(),
                b.queryStarts(),
                b.logitRows(),
                b.adapters(),
                b.groups(),
                b.sampling().stream().map(change).toList());
    }

    private static Fault adjusted(String name, UnaryOperator<Adjustments> change) {
        return row(name, "S2", r -> new RowCopy(r).adjustments(change.apply(r.adjustments())));
    }

    private static Adjustments copy(Adjustments a, float repetition, int[] seen, int[] counts, int[] allowed) {
        return new Adjustments(
                repetition,
                a.frequencyPenalty(),
                a.presencePenalty(),
                seen,
                a.produced(),
                counts,
                a.biased(),
                a.biases(),
                allowed);
    }

    private static Adjustments withoutPresence(Adjustments a) {
        return new Adjustments(
                a.repetitionPenalty(),
                a.frequencyPenalty(),
                0,
                a.seen(),
                a.produced(),
                a.counts(),
                a.biased(),
                a.biases(),
                a.allowed());
    }

    private static Adjustments withoutBiases(Adjustments a) {
        return new Adjustments(
                a.repetitionPenalty(),
                a.frequencyPenalty(),
                a.presencePenalty(),
                a.seen(),
                a.produced(),
                a.counts(),
                NONE,
                new float[0],
                a.allowed());
    }

    private static int[] ones(Adjustments a) {
        int[] ones = new int[a.counts().length];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** Where nothing adjusts the logits, the highest id among those that equal the chosen one's. */
    private static void lastOfBest(Op.Sample op, StepBatch batch, Bindings io) {
        Buffer logits = io.buffer(op.logits().name());
        Buffer tokens = io.buffer(op.tokens().name());
        for (int r = 0; r < batch.logitRowCount(); r++) {
            SamplingRow row = batch.sampling().get(r);
            if (row.temperature() == 0 && row.forced().isEmpty() && isPlain(row.adjustments())) {
                int from = batch.logitRows()[r];
                float best = logits.floatAt(from, tokens.intAt(r, 0));
                int last = IntStream.range(0, logits.width())
                        .filter(i -> logits.floatAt(from, i) == best)
                        .max()
                        .orElse(tokens.intAt(r, 0));
                put(tokens, r, last);
            }
        }
    }

    private static void byReciprocal(Op.Sample op, StepBatch batch, Bindings io) {
        TokenChoice choice = new TokenChoice(new Canon() {
            @Override
            public float tempered(float below, float temperature) {
                return below * (1 / temperature);
            }
        });
        Buffer logits = io.buffer(op.logits().name());
        for (int r = 0; r < batch.logitRowCount(); r++) {
            float[] raw = new float[logits.width()];
            for (int i = 0; i < raw.length; i++) {
                raw[i] = logits.floatAt(batch.logitRows()[r], i);
            }
            put(io.buffer(op.tokens().name()), r, choice.of(batch.sampling().get(r), raw));
        }
    }

    /** Where nothing adjusts the logits, the first NaN. */
    private static void notANumber(Op.Sample op, StepBatch batch, Bindings io) {
        Buffer logits = io.buffer(op.logits().name());
        for (int r = 0; r < batch.logitRowCount(); r++) {
            SamplingRow row = batch.sampling().get(r);
            int from = batch.logitRows()[r];
            if (row.temperature() == 0 && row.forced().isEmpty() && isPlain(row.adjustments())) {
                int at = r;
                IntStream.range(0, logits.width())
                        .filter(i -> Float.isNaN(logits.floatAt(from, i)))
                        .findFirst()
                        .ifPresent(i -> put(io.buffer(op.tokens().name()), at, i));
            }
        }
    }

    private static boolean isPlain(Adjustments a) {
        return !a.penalizes() && a.biased().length == 0 && a.allowed().length == 0;
    }

    private static void biasedLogprobs(Op.Sample op, StepBatch batch, Bindings io) {
        Buffer logprobs = io.buffer(op.topLogprobs().name());
        Buffer tokens = io.buffer(op.tokens().name());
        for (int r = 0; r < batch.logitRowCount(); r++) {
            Adjustments a = batch.sampling().get(r).adjustments();
            for (int i = 0; i < a.biased().length; i++) {
                if (a.biased()[i] == tokens.intAt(r, 0)) {
                    logprobs.memory()
                            .setAtIndex(
                                    ValueLayout.JAVA_FLOAT_UNALIGNED,
                                    (long) r * logprobs.width(),
                                    logprobs.floatAt(r, 0) + a.biases()[i]);
                }
            }
        }
    }

    private static void put(Buffer column, int row, int value) {
        column.memory().setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, (long) row * column.width(), value);
    }
}
