package dev.quire.conformance.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Scope;
import dev.quire.conformance.report.Subject;
import dev.quire.conformance.report.Verdict;
import dev.quire.conformance.report.WaiverCheck;
import dev.quire.conformance.waivers.DriverRange;
import dev.quire.conformance.waivers.NamePattern;
import dev.quire.conformance.waivers.Waiver;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static final LocalDate DAY = LocalDate.of(2031, 5, 6);

    /** A case that the attention profile requires, and the model profile does not. */
    private record Required(String name) implements ConformanceCase {
        @Override
        public Level level() {
            return Level.C1;
        }

        @Override
        public List<String> rules() {
            return List.of("A1");
        }

        @Override
        public Set<Profile> required() {
            return Set.of(Profile.ATTENTION);
        }

        @Override
        public Verdict run(CaseContext context) {
            throw new AssertionError("judged, not run");
        }
    }

    @Test
    void aRefusalFailsWhereTheProfileRequiresTheCaseAndNoWaiverHelps() {
        Verdict refused = Verdict.unsupported("no masks");
        assertEquals(Outcome.UNSUPPORTED, judged(Profile.MODEL, refused).outcome());
        Verdict failed = judged(Profile.ATTENTION, refused);
        assertEquals(Outcome.FAIL, failed.outcome());
        assertEquals("refused, but profile 'attention' requires it: no masks", failed.detail());
    }

    @Test
    void whatFailsOrIsLostIsWaivedAndKeepsItsStory() {
        Verdict waived = judged(Profile.MODEL, Verdict.fail(2, "row 3 is off"));
        assertEquals(Outcome.WAIVED, waived.outcome());
        assertEquals("sticks (https://example.org/1, until 2031-05-06). It was: FAIL row 3 is off", waived.detail());
        assertEquals(
                Outcome.WAIVED, judged(Profile.MODEL, Verdict.error("crashed")).outcome());
    }

    @Test
    void aPassStaysAPass() {
        assertEquals(Outcome.PASS, judged(Profile.MODEL, Verdict.pass(0.5)).outcome());
    }

    private static Verdict judged(Profile profile, Verdict found) {
        Waiver waiver = new Waiver(
                new NamePattern("*"),
                DriverRange.ALL,
                Optional.empty(),
                new NamePattern("Attend/*"),
                "sticks",
                "https://example.org/1",
                DAY);
        Subject subject = new Subject("abacus", 0, "Beads", "", "wood", "a JVM", "a system");
        Scope scope = new Scope(profile, Numerics.FAST, Level.C3, 7, List.of(), List.of(), "quire");
        WaiverCheck check = new WaiverCheck(subject, scope, List.of(waiver));
        return new Judge(profile, check, DAY)
                .result(new Required("Attend/x"), found)
                .verdict();
    }
}
