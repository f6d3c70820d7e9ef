package dev.quire.server.bench.report;

import java.util.List;

/**
 * What a benchmark found.
 *
 * @param mode name of the benchmark, such as {@code ops}
 * @param facts on what it ran
 * @param tables the figures
 * @param plots pictures of some of them, for the page
 */
public record Report(String mode, List<Fact> facts, List<Table> tables, List<Plot> plots) {
    /** One line about machine, backend, model or time. */
    public record Fact(String name, String value) {}

    public Report {
        facts = List.copyOf(facts);
        tables = List.copyOf(tables);
        plots = List.copyOf(plots);
    }
}
