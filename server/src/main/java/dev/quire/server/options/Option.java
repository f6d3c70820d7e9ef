package dev.quire.server.options;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One option of the program.
 *
 * @param name vLLM's name where vLLM has the option; the flag is {@code --name}, the YAML key {@code name}, the variable {@code QUIRE_NAME}
 * @param type how its text is read
 * @param defaults its value where no source gives one; empty for an option that may be absent
 * @param constraint what a value must satisfy
 * @param variables environment variables beside its own that also set it, such as {@code HF_TOKEN}
 * @param doc a sentence or two for the person who sets it
 */
public record Option<T>(
        String name,
        OptionType<T> type,
        Optional<String> defaults,
        Constraint<T> constraint,
        List<String> variables,
        String doc) {
    /**
     * A condition and its wording.
     *
     * @param wording completes the sentence "give …"
     */
    public record Constraint<T>(Predicate<T> holds, String wording) {}

    /** An option without default or constraint. */
    static <T> Option<T> of(String name, OptionType<T> type, String doc) {
        return new Option<>(name, type, Optional.empty(), new Constraint<>(value -> true, ""), List.of(), doc);
    }

    /** The same with a default, written as a user would. */
    Option<T> defaults(String text) {
        return new Option<>(name, type, Optional.of(text), constraint, variables, doc);
    }

    /** The same, refusing values for which {@code holds} is false. */
    Option<T> require(Predicate<T> holds, String wording) {
        return new Option<>(name, type, defaults, new Constraint<>(holds, wording), variables, doc);
    }

    /** The same, also set by another environment variable. */
    Option<T> alsoFrom(String variable) {
        return new Option<>(name, type, defaults, constraint, List.of(variable), doc);
    }

    /** Its environment variable. */
    public String variable() {
        return "QUIRE_" + name.toUpperCase(java.util.Locale.ROOT).replace('-', '_');
    }

    /**
     * Reads a value.
     *
     * @throws OptionException naming the option, the value, where it came from and what to give instead
     */
    T read(RawValue raw) {
        T value;
        try {
            value = type.read(raw.texts());
        } catch (IllegalArgumentException e) {
            throw refusal(raw, e.getMessage());
        }
        if (!constraint.holds().test(value)) {
            throw refusal(raw, constraint.wording());
        }
        return value;
    }

    private OptionException refusal(RawValue raw, String expected) {
        return new OptionException("%s is '%s' (from %s); give %s."
                .formatted(name, String.join(",", raw.texts()), raw.source(), expected));
    }
}
