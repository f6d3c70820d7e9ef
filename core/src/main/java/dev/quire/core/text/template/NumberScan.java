package dev.quire.core.text.template;

/**
 * How far a number reaches in source: digits with single underscores between them, {@code 0x}, {@code 0o} and {@code 0b} prefixes,
 * fractions and exponents.
 *
 * @param end offset after it
 * @param real whether it has a fraction or an exponent
 */
record NumberScan(int end, boolean real) {

    static NumberScan at(String source, int start) {
        int whole = digits(source, start);
        boolean afterDot = start > 0 && source.charAt(start - 1) == '.';
        if (!afterDot) {
            int end = whole;
            if (end < source.length() && source.charAt(end) == '.' && digits(source, end + 1) > end + 1) {
                end = digits(source, end + 1);
            }
            end = exponent(source, end);
            if (end > whole) {
                return new NumberScan(end, true);
            }
        }
        return new NumberScan(integer(source, start, whole), false);
    }

    private static int integer(String source, int start, int whole) {
        if (source.charAt(start) != '0') {
            return whole;
        }
        int radix = start + 1 < source.length()
                ? switch (source.charAt(start + 1)) {
                    case 'b', 'B' -> 2;
                    case 'o', 'O' -> 8;
                    case 'x', 'X' -> 16;
                    default -> 10;
                }
                : 10;
        if (radix != 10) {
            int end = run(source, start + 2, radix, true);
            return end > start + 2 ? end : start + 1;
        }
        int end = start + 1;
        while (end < whole
                && (source.charAt(end) == '0' || source.charAt(end) == '_' && source.charAt(end + 1) == '0')) {
            end++;
        }
        return end;
    }

    private static int exponent(String source, int from) {
        if (from >= source.length() || "eE".indexOf(source.charAt(from)) < 0) {
            return from;
        }
        int start = from + 1;
        if (start < source.length() && "+-".indexOf(source.charAt(start)) >= 0) {
            start++;
        }
        int end = digits(source, start);
        return end > start ? end : from;
    }

    private static int digits(String source, int from) {
        return run(source, from, 10, false);
    }

    private static int run(String source, int from, int radix, boolean underscoreFirst) {
        int end = from;
        while (end < source.length()) {
            boolean separator = source.charAt(end) == '_' && (underscoreFirst || end > from);
            int digit = separator ? end + 1 : end;
            if (digit >= source.length()
                    || source.charAt(digit) > 'f'
                    || Character.digit(source.charAt(digit), radix) < 0) {
                break;
            }
            end = digit + 1;
        }
        return end;
    }
}
