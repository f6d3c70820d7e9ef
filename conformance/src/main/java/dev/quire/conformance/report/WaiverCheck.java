package dev.quire.conformance.report;

import dev.quire.conformance.waivers.Waiver;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Applies waivers to what failed, and finds those that must go. */
public final class WaiverCheck {
    private final Scope scope;
    private final List<Waiver> waivers;

    /** Waivers for the device and mode of a run; others are of no concern. */
    public WaiverCheck(Subject subject, Scope scope, List<Waiver> waivers) {
        this.scope = scope;
        this.waivers = waivers.stream()
                .filter(waiver -> waiver.concerns(subject.device(), subject.driver(), scope.numerics()))
                .toList();
    }

    /** The first waiver in force for a case. */
    public Optional<Waiver> of(String name, LocalDate today) {
        return waivers.stream()
                .filter(waiver -> !waiver.expired(today) && waiver.cases().matches(name))
                .findFirst();
    }

    /** What fails the run: waivers that have expired, and, where no case was left out, those that no case needed. */
    public List<String> faults(List<CaseResult> results, LocalDate today) {
        List<String> faults = new ArrayList<>();
        for (Waiver waiver : waivers) {
            String name = "the waiver of '%s' (%s)".formatted(waiver.cases(), waiver.reason());
            if (waiver.expired(today)) {
                faults.add(
                        "%s expired on %s; mend the backend, or give it a new date".formatted(name, waiver.expires()));
            } else if (judged(results, waiver) && !needed(results, waiver, today)) {
                faults.add("%s is no longer needed; delete it".formatted(name));
            }
        }
        return faults;
    }

    /** A waiver that names no case of this run may be needed by a run of more cases; where every case ran, it names nothing. */
    private boolean judged(List<CaseResult> results, Waiver waiver) {
        boolean named = results.stream().anyMatch(one -> waiver.cases().matches(one.name()));
        return scope.narrowed().isEmpty() && (named || scope.level() == Scope.highest(scope.numerics()));
    }

    /** Whether some case was waived by it: by it and not by an earlier one. */
    private boolean needed(List<CaseResult> results, Waiver waiver, LocalDate today) {
        return results.stream()
                .filter(one -> one.outcome() == Outcome.WAIVED)
                .anyMatch(one -> of(one.name(), today).filter(waiver::equals).isPresent());
    }
}
