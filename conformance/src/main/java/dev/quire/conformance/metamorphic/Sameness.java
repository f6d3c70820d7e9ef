package dev.quire.conformance.metamorphic;

import dev.quire.api.program.Op;
import dev.quire.conformance.report.ErrorMap;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.report.Verdict;
import dev.quire.conformance.scenario.ScenarioRun.Ran;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Rows of one way of computing sequences against those of another. */
final class Sameness {
    private final Subject subject;
    private final Texts texts;
    private final Map<SamePlace, int[]> expected;
    private final Tolerance tolerance;
    private final String rule;
    private final String way;
    private final String otherWay;
    private final List<double[]> used = new ArrayList<>();
    private double worst;
    private String detail = "";

    /**
     * Nothing compared yet.
     *
     * @param expected bits of each row
     * @param rule that a difference breaks
     * @param way how the rows that will be compared were computed
     * @param otherWay how the expected ones were
     */
    Sameness(
            Subject subject,
            Texts texts,
            Map<SamePlace, int[]> expected,
            Tolerance tolerance,
            String rule,
            String way,
            String otherWay) {
        this.subject = subject;
        this.texts = texts;
        this.expected = expected;
        this.tolerance = tolerance;
        this.rule = rule;
        this.way = way;
        this.otherWay = otherWay;
    }

    /** Hands over the bits of every row. */
    static void eachRow(Subject subject, Playback.Played played, List<Ran> ran, BiConsumer<SamePlace, int[]> sink) {
        int width = subject.out().width();
        List<Ran> judged =
                ran.stream().filter(one -> one.step().judged().isPresent()).toList();
        for (int i = 0; i < judged.size(); i++) {
            int[] bits = judged.get(i).outputs().get(subject.out());
            int[][] rows = played.rows().get(i);
            for (int row = 0; row < rows.length; row++) {
                sink.accept(
                        new SamePlace(rows[row][0], rows[row][1]),
                        Arrays.copyOfRange(bits, row * width, (row + 1) * width));
            }
        }
    }

    /** Compares one row. */
    void compare(SamePlace place, int[] bits) {
        int[] alone = expected.get(place);
        double[] row = new double[bits.length];
        for (int i = 0; i < bits.length; i++) {
            row[i] = tolerance.used(place, i, alone, bits[i]);
            if (row[i] > worst) {
                worst = row[i];
                detail = worst > 1 ? describe(place, i, alone[i], bits[i]) : "";
            }
        }
        used.add(row);
    }

    Verdict verdict() {
        if (worst <= 1) {
            return Verdict.pass(worst);
        }
        double[] all = used.stream().flatMapToDouble(Arrays::stream).toArray();
        ErrorMap map = ErrorMap.of(subject.out().name(), subject.out().width(), all);
        return new Verdict(Outcome.FAIL, worst, detail, Optional.of(map));
    }

    private String describe(SamePlace place, int column, int alone, int now) {
        boolean attends = subject.program().ops().getLast() instanceof Op.Attend;
        int size = attends
                ? ((Op.Attend) subject.program().ops().getLast()).shape().headSize()
                : 1;
        String element =
                attends ? "head %d element %d".formatted(column / size, column % size) : "column %d".formatted(column);
        return "%s: '%s' of sequence %d (of %d tokens) at position %d, %s, is %s (0x%08x) %s, and %s (0x%08x) %s%s"
                .formatted(
                        rule,
                        subject.out().name(),
                        place.sequence(),
                        texts.length(place.sequence()),
                        place.position(),
                        element,
                        Float.intBitsToFloat(now),
                        now,
                        way,
                        Float.intBitsToFloat(alone),
                        alone,
                        otherWay,
                        tolerance == Tolerance.BITWISE ? "; every bit must be the same" : "");
    }
}
