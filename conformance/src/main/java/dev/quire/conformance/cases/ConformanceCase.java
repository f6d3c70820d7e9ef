package dev.quire.conformance.cases;

import dev.quire.api.program.Op;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Verdict;
import java.util.List;
import java.util.Set;

/** One thing that the kit runs on a backend and judges. Immutable; the same name and seed give the same data. */
public interface ConformanceCase {
    /** Unique: op, variant, scene, types and sizes, parted by '/'. */
    String name();

    /** The level that it belongs to. */
    Level level();

    /** Numbers of RULES.md that it proves, the one that it is about first. */
    List<String> rules();

    /** Profiles under which a backend fails that refuses it. */
    Set<Profile> required();

    /** Whether a backend that refuses it fails under {@code profile}. */
    default boolean required(Profile profile) {
        return required().contains(profile);
    }

    /** Ops that it is about, whose data may have to be made for that; none where it is about something else. */
    default List<Op> covers() {
        return List.of();
    }

    /** Runs it. What the backend throws passes through. */
    Verdict run(CaseContext context);
}
