package dev.quire.conformance.run;

import dev.quire.api.BackendOptions;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A run's arguments.
 *
 * @param out the folder for reports
 */
public record Arguments(RunOptions options, Optional<Path> out) {
    private static final String QUICK = "--quick";
    private static final String SETTING = "--backend-option";
    private static final List<String> WITH_VALUE = List.of(
            "--backend",
            "--device",
            SETTING,
            "--profile",
            "--numerics",
            "--level",
            "--seed",
            "--model",
            "--only",
            "--waivers",
            "--timeout-per-case",
            "--threads",
            "--out");

    /**
     * Reads arguments.
     *
     * @param program what the user types before them
     * @throws UsageException naming the argument that is wrong and what may stand there
     */
    public static Arguments parse(String program, List<String> args) {
        Map<String, String> given = given(args);
        if (!given.containsKey("--backend")) {
            throw new UsageException("--backend NAME is missing; on the class path: " + BackendChoice.names());
        }
        Numerics numerics = choice(given, "--numerics", Numerics.class, Numerics.FAST);
        RunOptions options = new RunOptions(
                program,
                given.get("--backend"),
                device(given),
                choice(given, "--profile", Profile.class, Profile.MODEL),
                numerics,
                choice(given, "--level", Level.class, Scope.highest(numerics)),
                number(given, "--seed", RunOptions.SEED, Long.MAX_VALUE),
                given.containsKey(QUICK) ? Depth.QUICK : Depth.FULL,
                Optional.ofNullable(given.get("--model")).map(ExtraModel::parse),
                Optional.ofNullable(given.get("--only")).map(Arguments::pattern),
                Optional.ofNullable(given.get("--waivers")).map(Path::of),
                Duration.ofSeconds(number(given, "--timeout-per-case", RunOptions.CASE_LIMIT.toSeconds(), 1_000_000)),
                Math.toIntExact(number(given, "--threads", 0, Integer.MAX_VALUE)),
                settings(given.getOrDefault(SETTING, "")));
        return new Arguments(options, Optional.ofNullable(given.get("--out")).map(Path::of));
    }

    /** Reads the arguments of a list of cases, which needs no backend. */
    static RunOptions parseList(String program, List<String> args) {
        List<String> all = new ArrayList<>(args);
        if (!args.contains("--backend")) {
            all.addAll(List.of("--backend", "any"));
        }
        return parse(program, all).options();
    }

    /** The same arguments, where {@code --name=value} becomes {@code --name value}. */
    public static List<String> separated(List<String> args) {
        List<String> separated = new ArrayList<>();
        for (String arg : args) {
            int at = arg.indexOf('=');
            if (at > 0 && WITH_VALUE.contains(arg.substring(0, at))) {
                separated.add(arg.substring(0, at));
                separated.add(arg.substring(at + 1));
            } else {
                separated.add(arg);
            }
        }
        return separated;
    }

    private static Map<String, String> given(List<String> args) {
        Map<String, String> given = new LinkedHashMap<>();
        for (int i = 0; i < args.size(); i++) {
            String name = args.get(i);
            String value = "";
            if (WITH_VALUE.contains(name)) {
                if (++i == args.size()) {
                    throw new UsageException("'%s' needs a value".formatted(name));
                }
                value = args.get(i);
            } else if (!name.equals(QUICK)) {
                throw new UsageException(
                        "unknown argument '%s'; known: %s %s".formatted(name, String.join(" ", WITH_VALUE), QUICK));
            }
            if (name.equals(SETTING)) {
                given.merge(name, value, (first, next) -> first + "," + next);
            } else if (given.putIfAbsent(name, value) != null) {
                throw new UsageException("'%s' is given twice".formatted(name));
            }
        }
        return given;
    }

    private static <E extends Enum<E>> E choice(Map<String, String> given, String name, Class<E> type, E otherwise) {
        String value = given.getOrDefault(name, otherwise.name());
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(value)) {
                return constant;
            }
        }
        List<String> choices = Arrays.stream(type.getEnumConstants())
                .map(one -> type == Level.class ? one.name() : one.name().toLowerCase(Locale.ROOT))
                .toList();
        throw new UsageException("%s '%s' is unknown; choose one of %s".formatted(name, value, choices));
    }

    private static long number(Map<String, String> given, String name, long otherwise, long most) {
        String value = given.getOrDefault(name, String.valueOf(otherwise));
        try {
            long number = Long.parseLong(value);
            if (number > most) {
                throw new UsageException("%s is %s; at most %d".formatted(name, value, most));
            }
            return number;
        } catch (NumberFormatException e) {
            throw new UsageException("%s is '%s'; a whole number is needed".formatted(name, value), e);
        }
    }

    private static SortedMap<String, String> settings(String texts) {
        try {
            return new TreeMap<>(BackendOptions.settings(List.of(texts)));
        } catch (IllegalArgumentException e) {
            throw new UsageException("%s is '%s'; give %s".formatted(SETTING, texts, e.getMessage()), e);
        }
    }

    private static DeviceChoice device(Map<String, String> given) {
        try {
            return DeviceChoice.parse(given.getOrDefault("--device", DeviceChoice.AUTO));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--device: " + e.getMessage(), e);
        }
    }

    private static NamePattern pattern(String text) {
        try {
            return new NamePattern(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--only: " + e.getMessage(), e);
        }
    }
}
