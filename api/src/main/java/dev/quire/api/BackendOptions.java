package dev.quire.api;

import java.nio.file.Path;
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
}
