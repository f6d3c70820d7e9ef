package dev.quire.conformance.run;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.suite.CaseSuite;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The cases that options ask for. */
public final class CaseSelection {
    private static final int EXAMPLES = 5;

    private CaseSelection() {}

    /**
     * Cases in the order in which they run.
     *
     * @throws UsageException if there is none
     */
    public static List<ConformanceCase> of(RunOptions options) {
        List<ConformanceCase> all =
                new ArrayList<>(all(options.numerics(), options.level(), options.depth(), options.seed()));
        options.model().ifPresent(extra -> all.addAll(ExtraCases.of(extra, options)));
        List<ConformanceCase> selected = all.stream()
                .filter(one ->
                        options.only().map(only -> only.matches(one.name())).orElse(true))
                .toList();
        if (selected.isEmpty()) {
            List<String> examples =
                    all.stream().map(ConformanceCase::name).limit(EXAMPLES).toList();
            throw new UsageException(
                    "--only '%s' matches none of %d cases, such as %s; a * stands for anything, and 'list' prints all"
                            .formatted(options.only().map(Object::toString).orElse("*"), all.size(), examples));
        }
        return selected;
    }

    /** Every case of a mode, up to a level. */
    static List<ConformanceCase> all(Numerics numerics, Level level, Depth depth, long seed) {
        List<ConformanceCase> all = CaseSuite.of(numerics, depth, seed).stream()
                .filter(one -> one.level().compareTo(level) <= 0)
                .toList();
        Set<String> names = new HashSet<>();
        for (ConformanceCase one : all) {
            if (!names.add(one.name())) {
                throw new IllegalStateException("two cases are named '%s'".formatted(one.name()));
            }
        }
        return all;
    }
}
