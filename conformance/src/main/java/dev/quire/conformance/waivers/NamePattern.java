package dev.quire.conformance.waivers;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A name in which {@code *} stands for any characters, and every other character for itself.
 *
 * @param text such as {@code Attend/window=*}
 */
public record NamePattern(String text) {
    public NamePattern {
        if (text.isBlank()) {
            throw new IllegalArgumentException("an empty pattern matches nothing; write * for everything");
        }
    }

    /** Whether the whole of {@code name} fits. */
    public boolean matches(String name) {
        String regex = Arrays.stream(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return Pattern.compile(regex, Pattern.DOTALL).matcher(name).matches();
    }

    @Override
    public String toString() {
        return text;
    }
}
