package dev.quire.conformance.guards;

import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A part of a program's ops that a port may carry before it carries them all; for {@link RefusingBackend}.
 *
 * @param name what it is, for messages
 * @param refuses whether an op is not of it
 */
public record OpSubset(String name, Predicate<Op> refuses) {
    /** Those of a program that split it most differently: attention alone, one kind alone or missing, every other op. */
    public static List<OpSubset> of(Program program) {
        List<OpSubset> all = new ArrayList<>();
        all.add(new OpSubset("attention alone", op -> op.cache().isEmpty()));
        all.add(new OpSubset("all but attention", op -> op.cache().isPresent()));
        Set<String> kinds = new LinkedHashSet<>();
        program.ops().forEach(op -> kinds.add(op.kind()));
        for (String kind : kinds) {
            all.add(new OpSubset("all but " + kind, op -> op.kind().equals(kind)));
        }
        all.add(new OpSubset("linear layers alone", op -> !(op instanceof Op.Linear)));
        all.add(new OpSubset("every other op, from the first", otherThan(program, 0)::contains));
        all.add(new OpSubset("every other op, from the second", otherThan(program, 1)::contains));
        all.add(new OpSubset("nothing", op -> true));
        return List.copyOf(all);
    }

    /** Every second op but those of caches, which stay together. */
    private static Set<Op> otherThan(Program program, int first) {
        Set<Op> refused = new HashSet<>();
        for (int i = 1 - first; i < program.ops().size(); i += 2) {
            if (program.ops().get(i).cache().isEmpty()) {
                refused.add(program.ops().get(i));
            }
        }
        return refused;
    }

    @Override
    public String toString() {
        return name;
    }
}
