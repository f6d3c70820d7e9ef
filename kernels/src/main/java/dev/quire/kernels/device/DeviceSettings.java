package dev.quire.kernels.device;

import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a user sets of a backend (see {@link BackendOptions#settings}): each setting is one of a few words, the constants of an enum in lower case. */
public final class DeviceSettings {
    private final Map<String, String> words;

    /**
     * @param words by name
     * @param known names of the settings that the backend has
     * @throws BackendException of kind UNSUPPORTED if a name is not known
     */
    public DeviceSettings(String backend, Map<String, String> words, List<String> known) {
        this.words = Map.copyOf(words);
        TreeSet<String> unknown = new TreeSet<>(words.keySet());
        known.forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw unsupported("backend %s has no setting '%s'; it has: %s"
                    .formatted(backend, unknown.first(), String.join(", ", known)));
        }
    }

    /**
     * What a user says, else what is best.
     *
     * @throws BackendException of kind UNSUPPORTED if that is no constant of the enum
     */
    public <E extends Enum<E>> E choice(String name, E best) {
        String word = words.getOrDefault(name, word(best));
        E[] choices = best.getDeclaringClass().getEnumConstants();
        return Arrays.stream(choices)
                .filter(choice -> word(choice).equals(word))
                .findFirst()
                .orElseThrow(() -> unsupported("%s=%s: choose one of %s"
                        .formatted(
                                name,
                                word,
                                Arrays.stream(choices).map(DeviceSettings::word).collect(Collectors.joining(", ")))));
    }

    /** How a user says a choice. */
    public static String word(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    private static BackendException unsupported(String message) {
        return new BackendException(BackendException.Kind.UNSUPPORTED, message);
    }
}
