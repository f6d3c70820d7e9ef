package dev.quire.conformance.cases;

import dev.quire.conformance.report.Profile;
import dev.quire.conformance.scenario.Scenario;
import java.util.List;
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
 */
record OpCase(String name, List<String> rules, String canon, Set<Profile> required, Supplier<Scenario> scenario) {}
