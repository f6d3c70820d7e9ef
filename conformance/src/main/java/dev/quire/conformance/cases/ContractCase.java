package dev.quire.conformance.cases;

import dev.quire.api.AttentionBackend;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Verdict;
import dev.quire.conformance.scenario.Refusal;
import dev.quire.conformance.scenario.Scenario;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Level C1: a promise of the SPI that no output shows.
 *
 * @param name what is promised
 * @param rules that it proves
 * @param required profiles that may not refuse it
 * @param ops a scenario with the ops that it needs
 * @param promise checked on an open backend: what is wrong, if anything is
 */
record ContractCase(String name, List<String> rules, Set<Profile> required, Scenario ops, Promise promise)
        implements ConformanceCase {
    /** What a backend must do. */
    @FunctionalInterface
    interface Promise {
        /** What is wrong, if anything is. */
        Optional<String> broken(AttentionBackend backend, CaseContext context) throws InterruptedException;
    }

    @Override
    public Level level() {
        return Level.C1;
    }

    @Override
    public Verdict run(CaseContext context) {
        try (AttentionBackend backend = context.open().get()) {
            Optional<String> refusal = Refusal.of(backend, ops, context.numerics());
            if (refusal.isPresent()) {
                return Verdict.unsupported(refusal.get());
            }
            return promise.broken(backend, context)
                    .map(wrong -> Verdict.fail(Double.POSITIVE_INFINITY, "%s: %s".formatted(rules.getFirst(), wrong)))
                    .orElse(Verdict.pass(0));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Verdict.error("interrupted");
        }
    }
}
