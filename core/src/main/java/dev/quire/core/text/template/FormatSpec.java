package dev.quire.core.text.template;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of a replacement field after its colon: {@code [[fill]align][sign][#][0][width][grouping][.precision][type]}. */
record FormatSpec(
        String fill,
        String align,
        String sign,
        boolean alternate,
        int width,
        String grouping,
        int precision,
        String type) {

    private static final Pattern SYNTAX = Pattern.compile(
            "(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\\d{1,9})?([,_])?(?:\\.(\\d{1,9}))?([bcdeEfFgGnosxX%])?",
            Pattern.DOTALL);

    static FormatSpec parse(String spec) {
        Matcher matcher = SYNTAX.matcher(spec);
        if (!matcher.matches()) {
            throw TemplateException.render("invalid format specifier '" + spec + "'");
        }
        boolean zero = matcher.group(5) != null;
        String align = matcher.group(2) != null ? matcher.group(2) : zero ? "=" : "";
        String fill = matcher.group(1) != null ? matcher.group(1) : zero ? "0" : " ";
        return new FormatSpec(
                fill,
                align,
                matcher.group(3) == null ? "-" : matcher.group(3),
                matcher.group(4) != null,
                matcher.group(6) == null ? 0 : Integer.parseInt(matcher.group(6)),
                matcher.group(7) == null ? "" : matcher.group(7),
                matcher.group(8) == null ? -1 : Integer.parseInt(matcher.group(8)),
                matcher.group(9) == null ? "" : matcher.group(9));
    }

    static String format(Value value, String spec, Sandbox sandbox) {
        if (spec.isEmpty()) {
            return sandbox.str(value);
        }
        FormatSpec parsed = parse(spec);
        return switch (value) {
            case TextValue text -> parsed.text(text.text(), sandbox);
            case IntValue _, BoolValue _ ->
                parsed.integer(Convert.integer(value).orElseThrow(), sandbox);
            case FloatValue number -> parsed.real(number.value(), sandbox);
            default ->
                throw TemplateException.render(
                        "unsupported format string passed to " + value.typeName() + ": '" + spec + "'");
        };
    }

    private String text(String text, Sandbox sandbox) {
        if (!type.isEmpty() && !type.equals("s") || align.equals("=") || !sign.equals("-") || alternate) {
            throw TemplateException.render("format type '" + type + align + "' is not for strings");
        }
        String cut = precision >= 0 && precision < CodePoints.length(text)
                ? text.substring(0, CodePoints.offset(text, precision))
                : text;
        return aligned("", cut, align.isEmpty() ? "<" : align, sandbox);
    }

    private String integer(BigInteger number, Sandbox sandbox) {
        if (type.matches("[eEfFgG%]")) {
            return real(number.doubleValue(), sandbox);
        }
        if (type.equals("c")) {
            return aligned("", Character.toString(number.intValueExact()), align.isEmpty() ? "<" : align, sandbox);
        }
        if (precision >= 0 || type.equals("s")) {
            throw TemplateException.render("format type '" + type + "' or a precision is not for integers");
        }
        int radix = switch (type) {
            case "b" -> 2;
            case "o" -> 8;
            case "x", "X" -> 16;
            default -> 10;
        };
        String digits = grouped(number.abs().toString(radix), radix == 10 ? 3 : 4);
        String prefix = alternate && radix != 10 ? "0" + type : "";
        String shown = type.equals("X") ? TextCase.upper(digits) : digits;
        return aligned(signOf(number.signum() < 0) + prefix, shown, align.isEmpty() ? ">" : align, sandbox);
    }

    private String real(double number, Sandbox sandbox) {
        sandbox.budget().chars(Math.max(0, precision));
        if (type.matches("[bcdnosxX]") && !type.equals("n")) {
            throw TemplateException.render("format type '" + type + "' is not for floats");
        }
        String digits;
        if (type.isEmpty() && precision < 0) {
            digits = FloatText.repr(Math.abs(number));
        } else {
            char letter = type.isEmpty() || type.equals("n") ? 'g' : type.charAt(0);
            digits = FloatText.format(number, letter, precision < 0 ? 6 : precision, alternate);
            if (type.isEmpty() && digits.matches("\\d+")) {
                digits += ".0";
            }
        }
        int point = digits.indexOf('.') < 0 ? digits.length() : digits.indexOf('.');
        boolean negative = number < 0 || number == 0 && 1 / number < 0;
        String shown = grouped(digits.substring(0, point), 3) + digits.substring(point);
        return aligned(signOf(negative), shown, align.isEmpty() ? ">" : align, sandbox);
    }

    private String signOf(boolean negative) {
        return negative ? "-" : sign.equals("-") ? "" : sign;
    }

    private String grouped(String digits, int size) {
        if (grouping.isEmpty() || !digits.matches("[0-9a-f]+")) {
            return digits;
        }
        StringBuilder grouped = new StringBuilder(digits);
        for (int i = digits.length() - size; i > 0; i -= size) {
            grouped.insert(i, grouping);
        }
        return grouped.toString();
    }

    private String aligned(String head, String body, String how, Sandbox sandbox) {
        int missing = Math.max(0, width - CodePoints.length(head) - CodePoints.length(body));
        return switch (how) {
            case "<" -> TextPadding.pad(head + body, 0, missing, fill, sandbox);
            case "^" -> TextPadding.pad(head + body, missing / 2, missing - missing / 2, fill, sandbox);
            case "=" -> head + TextPadding.pad(body, missing, 0, fill, sandbox);
            default -> TextPadding.pad(head + body, missing, 0, fill, sandbox);
        };
    }
}
