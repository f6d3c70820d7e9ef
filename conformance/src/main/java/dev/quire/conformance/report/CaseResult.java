package dev.quire.conformance.report;

/**
 * One case's result.
 *
 * @param name op, variant and shape, such as {@code Attend/causal/f32/heads=6/kv=2/size=64}
 * @param used largest error as a part of its bound; 0 where nothing was compared
 * @param detail what went wrong, empty for a pass
 */
public record CaseResult(String name, Outcome outcome, double used, String detail) {
    /** The op that the case is about. */
    public String op() {
        return name.substring(0, name.indexOf('/'));
    }
}
