package dev.quire.conformance.cases;

import dev.quire.conformance.report.Profile;
import dev.quire.conformance.scenario.Scenario;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One thing to run and compare with the oracle.
 *
 * @param name op, variant and shape
 * @param rules that it proves, the one that it is about first
 * @param canon the rule that defines its bits in REPRODUCIBLE
 * @param required profiles that may not refuse it
 * @param scenario made when it is run: its data would fill memory
 * @param earlier run first, on a backend that is opened and closed for it
 */
record OpCase(
        String name,
        List<String> rules,
        String canon,
        Set<Profile> required,
        Supplier<Scenario> scenario,
        Optional<Supplier<Scenario>> earlier) {
    OpCase(String name, List<String> rules, String canon, Set<Profile> required, Supplier<Scenario> scenario) {
        this(name, rules, canon, required, scenario, Optional.empty());
    }

    /** The same case after another scenario, whose backend is closed again: it leaves memory that is not zero. */
    OpCase after(Supplier<Scenario> other) {
        return new OpCase(name, rules, canon, required, scenario, Optional.of(other));
    }
}
