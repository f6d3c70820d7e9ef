package dev.quire.conformance.report;

import dev.quire.api.types.Numerics;
import java.util.List;
import java.util.Locale;

/**
 * What a run was asked for.
 *
 * @param level the highest that is tried
 * @param seed of all data
 * @param models names of models that were run beside the kit's own
 * @param narrowed what leaves cases out, such as {@code --quick}; a run that is narrowed certifies nothing
 * @param command runs the same cases again, without {@code --only}
 */
public record Scope(
        Profile profile,
        Numerics numerics,
        Level level,
        long seed,
        List<String> models,
        List<String> narrowed,
        String command) {
    public Scope {
        models = List.copyOf(models);
        narrowed = List.copyOf(narrowed);
    }

    /** The highest level that a mode has: bit-identity is for REPRODUCIBLE alone. */
    public static Level highest(Numerics numerics) {
        return numerics == Numerics.REPRODUCIBLE ? Level.C4 : Level.C3;
    }

    /** The command that runs one case alone. */
    public String repeat(String name) {
        return "%s --only '%s'".formatted(command, name.replace("'", "'\\''"));
    }

    /** Mode and profile in words. */
    public String text() {
        return "%s, profile %s".formatted(numerics, profile.name().toLowerCase(Locale.ROOT));
    }
}
