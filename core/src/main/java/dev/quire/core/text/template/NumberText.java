package dev.quire.core.text.template;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;

/** Numbers read from text as Python's {@code int()} and {@code float()} read them. */
final class NumberText {

    private static final Pattern MISPLACED_SEPARATOR = Pattern.compile("(?<![0-9])_|_(?![0-9])");
    private static final Pattern DECIMAL = Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[-+]?[0-9]+)?");

    private NumberText() {}

    /** An integer with sign, surrounding white space and single underscores; base 0 and prefixes as in Python. */
    static Optional<BigInteger> integer(String written, int base) {
        String text = TextSplit.strip(written, NoneValue.NONE, TextSplit.Side.BOTH);
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        String prefix = digits.length() > 2 ? TextCase.lower(digits.substring(0, 2)) : "";
        int prefixed = switch (prefix) {
            case "0b" -> 2;
            case "0o" -> 8;
            case "0x" -> 16;
            default -> 10;
        };
        boolean strip = prefixed != 10 && (base == prefixed || base == 0);
        int radix = base == 0 ? prefixed : base;
        String body = strip ? digits.substring(digits.charAt(2) == '_' ? 3 : 2) : digits;
        if (radix < 2 || radix > 36 || body.length() > Arithmetic.MAX_BITS / 4 || !wellFormed(body, radix)) {
            return Optional.empty();
        }
        BigInteger value = new BigInteger(ascii(body, radix), radix);
        return Optional.of(negative ? value.negate() : value);
    }

    private static boolean wellFormed(String digits, int radix) {
        boolean separators = !digits.startsWith("_") && !digits.endsWith("_") && !digits.contains("__");
        return !digits.isEmpty()
                && separators
                && digits.codePoints().allMatch(c -> c == '_' || Character.digit(c, radix) >= 0);
    }

    private static String ascii(String digits, int radix) {
        StringBuilder plain = new StringBuilder();
        digits.codePoints()
                .filter(c -> c != '_')
                .forEach(c -> plain.append(Character.forDigit(Character.digit(c, radix), radix)));
        return plain.toString();
    }

    static Optional<Double> real(String written) {
        String text = TextCase.lower(TextSplit.strip(written, NoneValue.NONE, TextSplit.Side.BOTH));
        boolean negative = text.startsWith("-");
        String body = negative || text.startsWith("+") ? text.substring(1) : text;
        double magnitude;
        switch (body) {
            case "inf", "infinity" -> magnitude = Double.POSITIVE_INFINITY;
            case "nan" -> magnitude = Double.NaN;
            default -> {
                String plain = body.replace("_", "");
                if (MISPLACED_SEPARATOR.matcher(body).find()
                        || !DECIMAL.matcher(plain).matches()) {
                    return Optional.empty();
                }
                magnitude = Double.parseDouble(plain);
            }
        }
        return Optional.of(negative ? -magnitude : magnitude);
    }
}
