package dev.quire.core.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The settings of pip's configuration files that say where packages are. Later files win; a value goes on in indented lines. */
final class PipConfig {
    private static final Set<String> SECTIONS = Set.of("global", "install", "download");

    private final Map<String, String> values = new HashMap<>();

    private PipConfig() {}

    static PipConfig read(List<Path> files) {
        PipConfig config = new PipConfig();
        for (Path file : files) {
            if (Files.isRegularFile(file)) {
                try {
                    config.add(Files.readAllLines(file));
                } catch (IOException e) {
                    throw new ModelSourceException("pip's configuration %s cannot be read: %s".formatted(file, e), e);
                }
            }
        }
        return config;
    }

    /** The value of {@code key}, if it has one. */
    Optional<String> last(String key) {
        return Optional.ofNullable(values.get(key)).filter(value -> !value.isBlank());
    }

    private void add(List<String> lines) {
        boolean ours = false;
        Optional<String> open = Optional.empty();
        for (String line : lines) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#") || text.startsWith(";")) {
                continue;
            }
            if (Character.isWhitespace(line.charAt(0)) && open.isPresent()) {
                values.merge(open.get(), text, (before, more) -> (before + " " + more).strip());
                continue;
            }
            open = Optional.empty();
            int equals = text.indexOf('=');
            if (text.startsWith("[")) {
                ours = SECTIONS.contains(text.replaceAll("[\\[\\]]", "").strip());
            } else if (ours && equals > 0) {
                String key = text.substring(0, equals)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-');
                values.put(key, text.substring(equals + 1).strip());
                open = Optional.of(key);
            }
        }
    }
}
