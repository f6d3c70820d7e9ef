package dev.quire.core.text.template;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Doubles as Python writes them. */
final class FloatText {

    private FloatText() {}

    /** {@code repr(number)}: the fewest digits that read back as the same double. */
    static String repr(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(Math.abs(number))).stripTrailingZeros();
        String digits = decimal.unscaledValue().toString();
        int exponent = digits.length() - decimal.scale() - 1;
        String sign = number < 0 ? "-" : "";
        if (exponent < -4 || exponent >= 16) {
            return sign + scientific(digits, exponent);
        }
        String plain = decimal.toPlainString();
        return sign + (plain.contains(".") ? plain : plain + ".0");
    }

    private static String scientific(String digits, int exponent) {
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return mantissa + exponent('e', exponent);
    }

    private static String exponent(char letter, int exponent) {
        return letter + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    /** The magnitude of a number in printf's formats e, f, g or their capitals, or in %; {@code alternate} keeps zeros of g. */
    static String format(double number, char type, int precision, boolean alternate) {
        double magnitude = Math.abs(number);
        if (Double.isNaN(magnitude) || Double.isInfinite(magnitude)) {
            String word = Double.isNaN(magnitude) ? "nan" : "inf";
            return Character.isUpperCase(type) ? word.toUpperCase(java.util.Locale.ROOT) : word;
        }
        return switch (type) {
            case 'f', 'F' -> fixed(magnitude, precision);
            case 'e', 'E' -> exponential(magnitude, precision, type);
            case '%' -> fixed(magnitude * 100, precision) + "%";
            default -> general(magnitude, Math.max(1, precision), type, alternate);
        };
    }

    private static String fixed(double magnitude, int precision) {
        return new BigDecimal(magnitude)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .toPlainString();
    }

    private static String exponential(double magnitude, int precision, char letter) {
        if (magnitude == 0) {
            return fixed(0, precision) + exponent(letter, 0);
        }
        BigDecimal rounded =
                new BigDecimal(magnitude).round(new java.math.MathContext(precision + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        String mantissa =
                rounded.scaleByPowerOfTen(-exponent).setScale(precision).toPlainString();
        return mantissa + exponent(letter, exponent);
    }

    private static String general(double magnitude, int precision, char type, boolean alternate) {
        char letter = type == 'G' ? 'E' : 'e';
        int exponent = 0;
        if (magnitude != 0) {
            BigDecimal rounded =
                    new BigDecimal(magnitude).round(new java.math.MathContext(precision, RoundingMode.HALF_EVEN));
            exponent = rounded.precision() - rounded.scale() - 1;
        }
        boolean plain = exponent >= -4 && exponent < precision;
        String text =
                plain ? fixed(magnitude, precision - 1 - exponent) : exponential(magnitude, precision - 1, letter);
        return alternate ? text : withoutTrailingZeros(text, letter);
    }

    private static String withoutTrailingZeros(String text, char letter) {
        int e = text.indexOf(letter);
        String mantissa = e < 0 ? text : text.substring(0, e);
        if (mantissa.contains(".")) {
            int end = mantissa.length();
            while (mantissa.charAt(end - 1) == '0') {
                end--;
            }
            mantissa = mantissa.substring(0, mantissa.charAt(end - 1) == '.' ? end - 1 : end);
        }
        return e < 0 ? mantissa : mantissa + text.substring(e);
    }
}
