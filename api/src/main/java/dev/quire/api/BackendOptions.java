package dev.quire.api;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a backend is opened with.
 *
 * @param threads host threads that the backend may use; 0 lets it choose
 * @param cacheDirectory where it may keep compiled kernels and extracted libraries between runs
 * @param notices receives sentences that an operator should read, such as a fallback that was taken
 * @param settings backend-specific settings by name; a backend refuses names that it does not know
 */
public record BackendOptions(int threads, Path cacheDirectory, Consumer<String> notices, Map<String, String> settings) {
    public BackendOptions {
        settings = Map.copyOf(settings);
        if (threads < 0) {
            throw new IllegalArgumentException(
                    "threads is %d; give a positive number, or 0 to let the backend choose".formatted(threads));
        }
    }

    /** The backend chooses threads; notices are dropped. */
    public static BackendOptions defaults(Path cacheDirectory) {
        return new BackendOptions(0, cacheDirectory, notice -> {}, Map.of());
    }

    /**
     * Settings as people write them.
     *
     * @param texts each one or more of {@code name=value}, separated by commas
     * @return values by name, in the order of the texts
     * @throws IllegalArgumentException if one is no {@code name=value}, or a name comes twice; its message completes the sentence "give …"
     */
    public static Map<String, String> settings(List<String> texts) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String text : texts) {
            for (String part : text.split(",")) {
                add(part.strip(), settings);
            }
        }
        return Collections.unmodifiableMap(settings);
    }

    private static void add(String setting, Map<String, String> settings) {
        if (setting.isEmpty()) {
            return;
        }
        int at = setting.indexOf('=');
        if (at < 1) {
            throw new IllegalArgumentException("NAME=VALUE, such as kernels=tiles");
        }
        String name = setting.substring(0, at);
        if (settings.putIfAbsent(name, setting.substring(at + 1)) != null) {
            throw new IllegalArgumentException("each name once, not '%s' twice".formatted(name));
        }
    }
}
