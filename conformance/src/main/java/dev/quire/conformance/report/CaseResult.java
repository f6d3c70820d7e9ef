package dev.quire.conformance.report;

import java.util.List;

/**
 * One case's result.
 *
 * @param name op, variant and shape, such as {@code Attend/causal/f32/heads=6/kv=2/size=64}
 * @param level that the case belongs to
 * @param rules numbers of RULES.md that it proves, the one that it is about first
 * @param verdict what it found
 */
public record CaseResult(String name, Level level, List<String> rules, Verdict verdict) {
    public CaseResult {
        rules = List.copyOf(rules);
    }

    /** The op that the case is about. */
    public String op() {
        return name.substring(0, name.indexOf('/'));
    }

    /** What became of it. */
    public Outcome outcome() {
        return verdict.outcome();
    }
}
