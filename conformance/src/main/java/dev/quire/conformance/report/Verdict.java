package dev.quire.conformance.report;

import java.util.Optional;

/**
 * What a case found.
 *
 * @param used largest error as a part of its bound; 0 where nothing was compared
 * @param detail what went wrong, with the rule, the place and both values; empty for a pass
 * @param errors where errors lie, in the value that is worst
 */
public record Verdict(Outcome outcome, double used, String detail, Optional<ErrorMap> errors) {
    /** All is as it should be. */
    public static Verdict pass(double used) {
        return new Verdict(Outcome.PASS, used, "", Optional.empty());
    }

    /** Something differs. */
    public static Verdict fail(double used, String detail) {
        return new Verdict(Outcome.FAIL, used, detail, Optional.empty());
    }

    /** The backend refuses, with its reason. */
    public static Verdict unsupported(String reason) {
        return new Verdict(Outcome.UNSUPPORTED, 0, reason, Optional.empty());
    }

    /** The backend threw. */
    public static Verdict error(String detail) {
        return new Verdict(Outcome.ERROR, 0, detail, Optional.empty());
    }

    /** The same with a picture of where errors lie. */
    public Verdict with(ErrorMap where) {
        return new Verdict(outcome, used, detail, Optional.of(where));
    }

    /** The same without the picture. */
    public Verdict withoutErrors() {
        return new Verdict(outcome, used, detail, Optional.empty());
    }
}
