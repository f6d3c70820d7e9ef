package dev.quire.server.options;

import dev.quire.api.BackendOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How the text of an option becomes a value.
 *
 * @param name shown in help and in the documentation
 * @param shape how many texts it takes
 * @param reader throws {@link IllegalArgumentException} whose message completes the sentence "give …"
 */
public record OptionType<T>(String name, Shape shape, Function<List<String>, T> reader) {
    /** How many texts a value has. */
    public enum Shape {
        /** One text. */
        VALUE,
        /** {@code true} or {@code false}; as a flag it needs no text. */
        SWITCH,
        /** Any number of texts; one text may hold several, separated by commas. */
        LIST
    }

    private static final Pattern COUNT = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([a-zA-Z]*)");

    static final OptionType<String> TEXT = value("text", text -> text);
    static final OptionType<Path> PATH = value("path", Path::of);
    static final OptionType<URI> ADDRESS = value("address", OptionType::address);
    static final OptionType<Boolean> SWITCH = new OptionType<>("true|false", Shape.SWITCH, OptionType::truth);
    static final OptionType<List<String>> TEXTS = new OptionType<>("list", Shape.LIST, OptionType::split);
    static final OptionType<Map<String, String>> SETTINGS =
            new OptionType<>("name=value", Shape.LIST, BackendOptions::settings);
    static final OptionType<Integer> INTEGER = value("integer", OptionType::integer);
    static final OptionType<Long> LONG = value("integer", text -> parsed(text, Long::parseLong, "an integer"));
    static final OptionType<Double> DECIMAL = value("number", text -> parsed(text, Double::parseDouble, "a number"));
    static final OptionType<Duration> SECONDS = value("seconds", OptionType::seconds);
    static final OptionType<Integer> TOKENS = value("integer, or like 4k or 4Ki", OptionType::tokens);
    static final OptionType<Long> BYTES = value("bytes, or like 512MiB or 8G", OptionType::scaled);

    /** One of the constants of an enum, written in lower case. */
    static <E extends Enum<E>> OptionType<E> choice(Class<E> type) {
        List<E> constants = List.of(type.getEnumConstants());
        String names = constants.stream().map(OptionType::spelling).collect(Collectors.joining("|"));
        return value(
                names,
                text -> constants.stream()
                        .filter(constant -> spelling(constant).equalsIgnoreCase(text.replace('_', '-')))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("one of " + names.replace("|", ", "))));
    }

    T read(List<String> texts) {
        return reader.apply(texts);
    }

    private static <E extends Enum<E>> String spelling(E constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <T> OptionType<T> value(String name, Function<String, T> reader) {
        return new OptionType<>(name, Shape.VALUE, texts -> {
            if (texts.size() != 1 || texts.getFirst().isBlank()) {
                throw new IllegalArgumentException("one value: " + name);
            }
            return reader.apply(texts.getFirst().strip());
        });
    }

    private static Boolean truth(List<String> texts) {
        return switch (String.join(",", texts).strip().toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> true;
            case "false", "0", "no", "off" -> false;
            default -> throw new IllegalArgumentException("true or false");
        };
    }

    private static List<String> split(List<String> texts) {
        return texts.stream()
                .flatMap(text -> Arrays.stream(text.split(",")))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static <N> N parsed(String text, Function<String, N> reader, String expected) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(expected, e);
        }
    }

    private static Integer integer(String text) {
        return parsed(text, Integer::parseInt, "an integer");
    }

    private static Duration seconds(String text) {
        double seconds = parsed(text, Double::parseDouble, "a number of seconds");
        if (!(seconds >= 0 && seconds < 1e9)) {
            throw new IllegalArgumentException("a number of seconds, 0 or more");
        }
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private static URI address(String text) {
        URI address = parsed(text.replaceAll("/+$", ""), URI::create, "an address like https://host");
        if (address.getHost() == null) {
            throw new IllegalArgumentException("an address like https://host");
        }
        return address;
    }

    private static Integer tokens(String text) {
        long count = scaled(text);
        if (count > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("at most " + Integer.MAX_VALUE);
        }
        return (int) count;
    }

    /** Decimal letters k, M, G, T scale by powers of 1000, as vLLM reads them; Ki, Mi, Gi, Ti by powers of 1024; a final B is allowed. */
    private static long scaled(String text) {
        Matcher matcher = COUNT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a number, with k, M, G, Ki, Mi or Gi if you like");
        }
        String unit = matcher.group(2).toLowerCase(Locale.ROOT).replaceFirst("b$", "");
        int power = unit.isEmpty() ? 0 : "kmgt".indexOf(unit.charAt(0)) + 1;
        boolean binary = unit.endsWith("i") && unit.length() == 2;
        if ((power == 0 && !unit.isEmpty()) || unit.length() > (binary ? 2 : 1)) {
            throw new IllegalArgumentException("a unit among k, M, G, T, Ki, Mi, Gi, Ti");
        }
        double value = Double.parseDouble(matcher.group(1)) * Math.pow(binary ? 1024 : 1000, power);
        if (value != Math.rint(value) || value > 1L << 53) {
            throw new IllegalArgumentException("a whole number");
        }
        return (long) value;
    }
}
