package dev.quire.server.options;

import java.util.Map;
import java.util.Optional;

/** Values that sources gave, read on demand; what no source gave has its default. */
final class OptionValues {
    private final Map<String, RawValue> given;

    OptionValues(Map<String, RawValue> given) {
        this.given = Map.copyOf(given);
    }

    /**
     * The value of an option that has a default or must be given.
     *
     * @throws OptionException if the value is refused, or absent and without default
     */
    <T> T get(Option<T> option) {
        return find(option)
                .orElseThrow(() -> new OptionException("%s is missing; pass --%s or set %s."
                        .formatted(option.name(), option.name(), option.variable())));
    }

    /**
     * The value, if a source gave one or the option has a default.
     *
     * @throws OptionException if the value is refused
     */
    <T> Optional<T> find(Option<T> option) {
        RawValue raw = given.get(option.name());
        if (raw != null) {
            return Optional.of(option.read(raw));
        }
        return option.defaults().map(text -> option.read(new RawValue(java.util.List.of(text), "the default")));
    }
}
