package dev.quire.conformance.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The verdict on a backend.
 *
 * @param level the highest whose cases, and those of all levels before, passed, were waived, or were refused and not required; empty for none
 * @param reasons what stood against a higher level, or against any; never empty together with {@code level}
 */
public record Certificate(Optional<Level> level, List<String> reasons) {
    public Certificate {
        reasons = List.copyOf(reasons);
    }

    /** Judges results; {@code faults} of the waivers forbid any certificate, as does what narrowed the run. */
    static Certificate of(Scope scope, List<CaseResult> results, List<String> faults) {
        List<String> reasons = new ArrayList<>(faults);
        Optional<Level> reached = Optional.empty();
        for (Level level : Level.values()) {
            if (level.compareTo(scope.level()) > 0) {
                break;
            }
            List<CaseResult> cases =
                    results.stream().filter(result -> result.level() == level).toList();
            long bad = count(cases, Outcome.FAIL) + count(cases, Outcome.ERROR);
            if (bad > 0) {
                reasons.add("%s: %d of %d cases failed".formatted(level, bad, cases.size()));
                break;
            }
            if (count(cases, Outcome.PASS) == 0) {
                reasons.add(
                        cases.isEmpty()
                                ? "%s: no case was run".formatted(level)
                                : "%s: none of %d cases passed".formatted(level, cases.size()));
                break;
            }
            reached = Optional.of(level);
        }
        if (!scope.narrowed().isEmpty()) {
            reasons.addFirst(String.join(" ", scope.narrowed()) + " runs a part of the cases");
        }
        boolean none = !faults.isEmpty() || !scope.narrowed().isEmpty();
        return new Certificate(none ? Optional.empty() : reached, reasons);
    }

    /** Such as {@code certified C3} or {@code not certified: --quick runs a part of the cases}. */
    public String text() {
        String why = String.join("; ", reasons);
        return level.map(l -> "certified " + l + (why.isEmpty() ? "" : " (" + why + ")"))
                .orElse("not certified: " + why);
    }

    private static long count(List<CaseResult> cases, Outcome outcome) {
        return cases.stream().filter(one -> one.outcome() == outcome).count();
    }
}
