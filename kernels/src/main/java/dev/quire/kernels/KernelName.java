package dev.quire.kernels;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a kernel is asked for by: its function, and what is defined before its source, so that one source gives a kernel for each weight format or
 * tile. As text {@code function:NAME=value,NAME=value}, names in order; {@code function} alone where nothing is defined.
 *
 * @param function also the name of its file, without the ending
 * @param definitions macros by name
 */
public record KernelName(String function, Map<String, String> definitions) {
    private static final Pattern WORD = Pattern.compile("\\w+");

    /** @throws IllegalArgumentException if anything is not a word of letters, digits and underscores */
    public KernelName {
        definitions = Collections.unmodifiableMap(new TreeMap<>(definitions));
        word(function);
        definitions.forEach((name, value) -> {
            word(name);
            word(value);
        });
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException if it is not that
     */
    public static KernelName parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return new KernelName(text, Map.of());
        }
        Map<String, String> definitions = Arrays.stream(
                        text.substring(colon + 1).split(",", -1))
                .map(definition -> definition.split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts.length < 2 ? "" : parts[1]));
        return new KernelName(text.substring(0, colon), definitions);
    }

    /** The lines that stand before the source. */
    String beginning() {
        return definitions.entrySet().stream()
                .map(entry -> "#define %s %s\n".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining());
    }

    private static void word(String text) {
        if (!WORD.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'%s' in the name of a kernel is not a word; a name is function:NAME=value,NAME=value"
                            .formatted(text));
        }
    }

    @Override
    public String toString() {
        return definitions.isEmpty()
                ? function
                : function
                        + definitions.entrySet().stream()
                                .map(entry -> entry.getKey() + "=" + entry.getValue())
                                .collect(Collectors.joining(",", ":", ""));
    }
}
