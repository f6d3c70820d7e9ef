package dev.quire.conformance.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Cases of one level about one op.
 *
 * @param counts by outcome's ordinal
 * @param used the largest error, as a part of its bound
 */
record Tally(Level level, String op, List<Long> counts, double used) {
    Tally {
        counts = List.copyOf(counts);
    }

    /** By level, then in the order of first appearance. */
    static List<Tally> of(List<CaseResult> results) {
        Map<List<Object>, List<CaseResult>> groups = new LinkedHashMap<>();
        for (CaseResult result : results) {
            groups.computeIfAbsent(List.of(result.level(), result.op()), key -> new ArrayList<>())
                    .add(result);
        }
        return groups.values().stream()
                .map(Tally::one)
                .sorted(Comparator.comparing(Tally::level))
                .toList();
    }

    private static Tally one(List<CaseResult> group) {
        List<Long> counts = new ArrayList<>();
        for (Outcome outcome : Outcome.values()) {
            counts.add(group.stream().filter(one -> one.outcome() == outcome).count());
        }
        double used =
                group.stream().mapToDouble(one -> one.verdict().used()).max().orElse(0);
        return new Tally(group.getFirst().level(), group.getFirst().op(), counts, used);
    }

    long count(Outcome outcome) {
        return counts.get(outcome.ordinal());
    }

    long cases() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
