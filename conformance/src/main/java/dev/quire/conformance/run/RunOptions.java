package dev.quire.conformance.run;

import dev.quire.api.DeviceChoice;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Scope;
import dev.quire.conformance.waivers.NamePattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What to run.
 *
 * @param program what the user types before the options, for commands in reports
 * @param backend the provider's name
 * @param device which of its devices
 * @param model runs beside the kit's own, if one is given
 * @param level the highest level to try
 * @param only the cases to run, if not all
 * @param waivers the waiver file
 * @param caseLimit how long a case may take
 * @param threads host threads that the backend may use; 0 lets it choose
 * @param settings the backend's own, by name
 */
public record RunOptions(
        String program,
        String backend,
        DeviceChoice device,
        Profile profile,
        Numerics numerics,
        Level level,
        long seed,
        Depth depth,
        Optional<ExtraModel> model,
        Optional<NamePattern> only,
        Optional<Path> waivers,
        Duration caseLimit,
        int threads,
        SortedMap<String, String> settings) {
    /** The seed of a run that names none. */
    public static final long SEED = 4711;

    /** How long a case may take if nothing is said: much, for a model on one busy scalar core is slow and not hung. */
    public static final Duration CASE_LIMIT = Duration.ofMinutes(10);

    public RunOptions {
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        if (level.compareTo(Scope.highest(numerics)) > 0) {
            throw new UsageException(
                    "--level %s is bit-identity, which %s does not promise; choose C1, C2 or C3, or pass --numerics reproducible"
                            .formatted(level, numerics));
        }
        if (caseLimit.isZero() || caseLimit.isNegative()) {
            throw new UsageException("--timeout-per-case is %s; at least one second is needed".formatted(caseLimit));
        }
        if (threads < 0) {
            throw new UsageException("--threads is %d; it cannot be negative".formatted(threads));
        }
    }

    /** All cases of a mode, for a backend's best device. */
    public static RunOptions of(String backend, Numerics numerics) {
        return new RunOptions(
                "./quire conformance",
                backend,
                DeviceChoice.BEST,
                Profile.MODEL,
                numerics,
                Scope.highest(numerics),
                SEED,
                Depth.FULL,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                CASE_LIMIT,
                0,
                Collections.emptySortedMap());
    }

    /** The same on another device. */
    public RunOptions with(DeviceChoice other) {
        return new RunOptions(
                program, backend, other, profile, numerics, level, seed, depth, model, only, waivers, caseLimit,
                threads, settings);
    }

    /** The same for another profile. */
    public RunOptions with(Profile other) {
        return new RunOptions(
                program, backend, device, other, numerics, level, seed, depth, model, only, waivers, caseLimit, threads,
                settings);
    }

    /** The same up to another level. */
    public RunOptions with(Level other) {
        return new RunOptions(
                program, backend, device, profile, numerics, other, seed, depth, model, only, waivers, caseLimit,
                threads, settings);
    }

    /** The same at another depth. */
    public RunOptions with(Depth other) {
        return new RunOptions(
                program, backend, device, profile, numerics, level, seed, other, model, only, waivers, caseLimit,
                threads, settings);
    }

    /** The same for the cases of a pattern. */
    public RunOptions with(NamePattern pattern) {
        return new RunOptions(
                program,
                backend,
                device,
                profile,
                numerics,
                level,
                seed,
                depth,
                model,
                Optional.of(pattern),
                waivers,
                caseLimit,
                threads,
                settings);
    }

    /** The same with other settings of the backend. */
    public RunOptions with(Map<String, String> others) {
        return new RunOptions(
                program,
                backend,
                device,
                profile,
                numerics,
                level,
                seed,
                depth,
                model,
                only,
                waivers,
                caseLimit,
                threads,
                new TreeMap<>(others));
    }

    /** The arguments that {@link Arguments#parse} turns into these options. */
    List<String> arguments() {
        List<String> all = new ArrayList<>(List.of("--backend", backend, "--device", device.text()));
        all.addAll(List.of("--profile", lower(profile), "--numerics", lower(numerics), "--level", level.name()));
        all.addAll(List.of("--seed", String.valueOf(seed), "--threads", String.valueOf(threads)));
        all.addAll(List.of("--timeout-per-case", String.valueOf(caseLimit.toSeconds())));
        if (depth == Depth.QUICK) {
            all.add("--quick");
        }
        settings.forEach((name, value) -> all.addAll(List.of("--backend-option", name + "=" + value)));
        model.ifPresent(extra -> all.addAll(List.of("--model", extra.text())));
        only.ifPresent(pattern -> all.addAll(List.of("--only", pattern.text())));
        return all;
    }

    /** What a report says of these options. */
    Scope scope() {
        List<String> narrowed = new ArrayList<>();
        if (depth == Depth.QUICK) {
            narrowed.add("--quick");
        }
        only.ifPresent(pattern -> narrowed.add("--only '%s'".formatted(pattern)));
        List<String> models = model.map(ExtraModel::name).stream().toList();
        return new Scope(profile, numerics, level, seed, models, narrowed, command());
    }

    /** A command for the same cases, without {@code --only} and without what is as it is by default. */
    private String command() {
        StringBuilder command = new StringBuilder(program).append(" --backend ").append(backend);
        if (!device.equals(DeviceChoice.BEST)) {
            command.append(" --device ").append(word(device.text()));
        }
        settings.forEach((name, value) -> command.append(" --backend-option ").append(word(name + "=" + value)));
        if (profile != Profile.MODEL) {
            command.append(" --profile ").append(lower(profile));
        }
        command.append(" --numerics ")
                .append(lower(numerics))
                .append(" --seed ")
                .append(seed);
        if (depth == Depth.QUICK) {
            command.append(" --quick");
        }
        model.ifPresent(extra -> command.append(" --model ").append(extra.name()));
        if (threads != 0) {
            command.append(" --threads ").append(threads);
        }
        return command.toString();
    }

    /** Text as a shell takes it for one word. */
    private static String word(String text) {
        return text.matches("[\\w.=-]+") ? text : "'%s'".formatted(text.replace("'", "'\\''"));
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
