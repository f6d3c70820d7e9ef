package dev.quire.conformance.guards;

/**
 * Something changed that was to be left alone.
 *
 * @param rule the number of the rule in RULES.md
 * @param detail what changed, where, from what to what
 */
public record Violation(String rule, String detail) {}
