package dev.quire.conformance.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.definition.KitBackends;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Verdict;
import dev.quire.conformance.suite.CaseSuite;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The kit's own test: every deliberate mistake is caught by a case that names the rule, and the same case passes without the mistake. A case that
 * cannot fail would not catch anything.
 */
class BrokenBackendsTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);

    private final Map<Numerics, List<ConformanceCase>> cases = new EnumMap<>(Numerics.class);

    @TestFactory
    Stream<DynamicTest> isCaught() {
        return Faults.all().stream()
                .flatMap(fault -> fault.modes().stream()
                        .sorted()
                        .map(numerics -> dynamicTest(
                                "a backend that %s in %s is caught".formatted(fault, numerics),
                                () -> assertCaught(fault, numerics))));
    }

    @Test
    void thereAreEnoughMistakesAndNoTwoOfAName() {
        Set<String> names = new HashSet<>();
        Faults.all().forEach(fault -> assertTrue(names.add(fault.name()), fault.name()));
        assertTrue(names.size() >= 100, "there are " + names.size());
    }

    private void assertCaught(Fault fault, Numerics numerics) {
        List<String> passed = new ArrayList<>();
        List<String> misnamed = new ArrayList<>();
        for (ConformanceCase one : inOrder(fault, numerics)) {
            Verdict verdict = run(one, new CaseContext(() -> fault.backend().apply(numerics), numerics));
            if (fails(one, verdict)) {
                if (one.rules().contains(fault.rule()) || names(verdict.detail(), fault.rule())) {
                    assertPassesWithout(one, numerics);
                    return;
                }
                misnamed.add("%s %s: %s".formatted(one.name(), one.rules(), verdict.detail()));
            }
            passed.add(one.name());
        }
        throw new AssertionError("seed %d: a backend that %s survives %d cases; caught without the rule by %s"
                .formatted(
                        SEED, fault, passed.size(), misnamed.stream().limit(3).toList()));
    }

    /** Cases of the rule first, then those of the op. */
    private List<ConformanceCase> inOrder(Fault fault, Numerics numerics) {
        return cases.computeIfAbsent(numerics, mode -> CaseSuite.of(mode, Depth.QUICK, SEED)).stream()
                .filter(one -> one.rules().contains(fault.rule()) || one.name().startsWith(fault.cases()))
                .sorted(Comparator.comparingInt(one -> rank(one, fault)))
                .toList();
    }

    private static int rank(ConformanceCase one, Fault fault) {
        int place = one.rules().indexOf(fault.rule());
        return (place < 0 ? 100 : place) + (one.name().startsWith(fault.cases()) ? 0 : 200);
    }

    private static void assertPassesWithout(ConformanceCase one, Numerics numerics) {
        Verdict verdict = run(one, new CaseContext(() -> KitBackends.definition(numerics), numerics));
        assertEquals(Outcome.PASS, verdict.outcome(), one.name() + " without the mistake: " + verdict.detail());
    }

    /** Also by refusing what a certificate requires. */
    private static boolean fails(ConformanceCase one, Verdict verdict) {
        return switch (verdict.outcome()) {
            case FAIL, ERROR -> true;
            case UNSUPPORTED -> one.required(Profile.MODEL);
            case PASS, WAIVED -> false;
        };
    }

    private static boolean names(String detail, String rule) {
        return Pattern.compile("\\b" + rule + "\\b").matcher(detail).find();
    }

    private static Verdict run(ConformanceCase one, CaseContext context) {
        try {
            return one.run(context);
        } catch (RuntimeException e) {
            return Verdict.error(e.toString());
        }
    }
}
