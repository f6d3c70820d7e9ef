package dev.quire.conformance.run;

import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Verdict;
import dev.quire.conformance.report.WaiverCheck;
import dev.quire.conformance.waivers.Waiver;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;

/** Turns what a case found into its result: a refusal of what the profile requires fails, and what is waived is tolerated. */
record Judge(Profile profile, WaiverCheck waivers, LocalDate today) {
    CaseResult result(ConformanceCase one, Verdict found) {
        return new CaseResult(one.name(), one.level(), one.rules(), verdict(one, found));
    }

    /** A refusal is never waived: who cannot run what a profile requires does not have that profile. */
    private Verdict verdict(ConformanceCase one, Verdict found) {
        if (found.outcome() == Outcome.UNSUPPORTED && one.required(profile)) {
            String name = profile.name().toLowerCase(Locale.ROOT);
            return Verdict.fail(0, "refused, but profile '%s' requires it: %s".formatted(name, found.detail()));
        }
        boolean bad = found.outcome() == Outcome.FAIL || found.outcome() == Outcome.ERROR;
        Optional<Waiver> waiver = bad ? waivers.of(one.name(), today) : Optional.empty();
        return waiver.map(why -> new Verdict(
                        Outcome.WAIVED,
                        found.used(),
                        "%s (%s, until %s). It was: %s %s"
                                .formatted(why.reason(), why.link(), why.expires(), found.outcome(), found.detail()),
                        found.errors()))
                .orElse(found);
    }
}
