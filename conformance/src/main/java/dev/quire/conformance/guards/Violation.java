package dev.quire.conformance.guards;

import dev.quire.conformance.report.Verdict;

/**
 * Something changed that was to be left alone.
 *
 * @param rule the number of the rule in RULES.md
 * @param detail what changed, where, from what to what
 */
public record Violation(String rule, String detail) {
    /** The failure of the case that found it. */
    public Verdict verdict() {
        return Verdict.fail(Double.POSITIVE_INFINITY, "%s: %s".formatted(rule, detail));
    }
}
