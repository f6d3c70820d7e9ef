package dev.quire.server.options;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Gathers options from sources and reads them. Of two sources that set the same option the one added first wins: so add flags, then the
 * environment, then a file. Problems are collected and thrown together by {@link #read}. Used by one thread.
 */
public final class OptionReader {
    private static final String PREFIX = "QUIRE_";
    private static final TypeReference<LinkedHashMap<String, Object>> KEYS = new TypeReference<>() {};

    private final Map<String, RawValue> given = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    /** Adds what flags gave: option names without dashes, and their texts. */
    public OptionReader flags(Map<String, List<String>> flags) {
        flags.forEach((name, texts) -> add(name, new RawValue(texts, "--" + name)));
        return this;
    }

    /**
     * Adds variables {@code QUIRE_…} and the few others that options name, such as {@code HF_TOKEN}. An unknown {@code QUIRE_…} is a
     * problem; {@code QUIRE_CONFIG} is the caller's to follow, see {@link #configFile}.
     */
    public OptionReader environment(Map<String, String> environment) {
        for (Option<?> option : OptionTable.all()) {
            Stream.concat(Stream.of(option.variable()), option.variables().stream())
                    .filter(environment::containsKey)
                    .findFirst()
                    .ifPresent(
                            variable -> add(option.name(), new RawValue(List.of(environment.get(variable)), variable)));
        }
        environment.keySet().stream()
                .filter(variable -> variable.startsWith(PREFIX) && !variable.equals("QUIRE_CONFIG"))
                .filter(variable -> OptionTable.all().stream()
                        .noneMatch(option -> option.variable().equals(variable)))
                .sorted()
                .forEach(variable -> problems.add(OptionTable.unknown(
                        variable.substring(PREFIX.length())
                                .toLowerCase(java.util.Locale.ROOT)
                                .replace('_', '-'),
                        variable)));
        return this;
    }

    /** The file that the environment names for {@link #yaml}, used where no {@code --config} is given. */
    public static Optional<Path> configFile(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("QUIRE_CONFIG"))
                .filter(text -> !text.isBlank())
                .map(Path::of);
    }

    /** Adds a YAML file: one mapping from option names to values. */
    public OptionReader yaml(Path file) {
        try {
            return yaml(Files.readString(file), file.toString());
        } catch (IOException e) {
            problems.add("The configuration file %s cannot be read: %s.".formatted(file, e));
            return this;
        }
    }

    /** Adds YAML text; {@code source} names it in messages. */
    public OptionReader yaml(String text, String source) {
        try {
            Map<String, Object> keys = text.isBlank() ? Map.of() : new YAMLMapper().readValue(text, KEYS);
            return mapping(keys == null ? Map.of() : keys, source);
        } catch (JacksonException e) {
            problems.add("%s is not a YAML mapping of options: %s.".formatted(source, e.getOriginalMessage()));
            return this;
        }
    }

    /** Adds a JSON object; {@code source} names it in messages. */
    public OptionReader json(JsonObject object, String source) {
        return mapping(object.getMap(), source);
    }

    /**
     * Reads all options.
     *
     * @throws OptionException listing all problems, one a line
     */
    public QuireOptions read() {
        OptionValues values = new OptionValues(given);
        for (Option<?> option : OptionTable.all()) {
            try {
                values.find(option);
            } catch (OptionException e) {
                problems.add(e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new OptionException(String.join("\n", problems));
        }
        return QuireOptions.of(values);
    }

    private OptionReader mapping(Map<String, Object> keys, String source) {
        keys.forEach((name, value) -> {
            if (value instanceof Iterable<?> list) {
                List<String> texts = new ArrayList<>();
                list.forEach(element -> texts.add(String.valueOf(element)));
                add(name, new RawValue(texts, source));
            } else if (value != null) {
                add(name, new RawValue(List.of(String.valueOf(value)), source));
            }
        });
        return this;
    }

    private void add(String name, RawValue value) {
        OptionTable.find(name)
                .ifPresentOrElse(
                        option -> given.putIfAbsent(option.name(), value),
                        () -> problems.add(OptionTable.unknown(name, value.source())));
    }
}
