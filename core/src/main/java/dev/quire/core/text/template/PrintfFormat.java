package dev.quire.core.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code format % values}: printf-style conversions. */
final class PrintfFormat {

    private static final Pattern CONVERSION = Pattern.compile(
            "%(?:\\(([^)]*)\\))?([-+ #0]*)(\\*|\\d{1,9})?(?:\\.(\\*|\\d{0,9}))?[hlL]?(.)", Pattern.DOTALL);

    private final Value values;
    private final List<Value> positional;
    private final Sandbox sandbox;
    private int used;

    private PrintfFormat(Value values, Sandbox sandbox) {
        this.values = values;
        this.positional = values instanceof TupleValue tuple ? tuple.elements() : List.of(values);
        this.sandbox = sandbox;
    }

    static Value format(TextValue format, Value values, Sandbox sandbox) {
        return sandbox.text(new PrintfFormat(values, sandbox).expand(format.text()), format);
    }

    private String expand(String format) {
        Writer out = new Writer(sandbox.budget());
        Matcher matcher = CONVERSION.matcher(format);
        int from = 0;
        for (int at = format.indexOf('%'); at >= 0; at = format.indexOf('%', from)) {
            out.append(format.substring(from, at));
            matcher.region(at, format.length());
            if (!matcher.lookingAt()) {
                throw TemplateException.render("incomplete format. Write %% for a percent sign.");
            }
            out.append(convert(matcher));
            from = matcher.end();
        }
        if (used < positional.size() && !subscriptable()) {
            throw TemplateException.render("not all arguments converted during string formatting");
        }
        return out.append(format.substring(from)).toString();
    }

    /** Whether the values could be looked up by name, so that none need be used. */
    private boolean subscriptable() {
        return switch (values) {
            case DictValue _, ListValue _, RangeValue _, UndefinedValue _ -> true;
            default -> false;
        };
    }

    private String convert(Matcher matcher) {
        char type = matcher.group(5).charAt(0);
        if (type == '%') {
            return "%";
        }
        String flags = matcher.group(2);
        int width = number(matcher.group(3), 0);
        int precision = number(matcher.group(4), -1);
        Value value = matcher.group(1) == null ? next() : named(matcher.group(1));
        boolean left = flags.contains("-") || width < 0;
        boolean zero = flags.contains("0") && !left && "rsac".indexOf(type) < 0;
        sandbox.budget().chars(Math.max(0, precision));
        String sign = "";
        String body = body(value, type, flags, precision);
        if ("rsac".indexOf(type) < 0) {
            boolean negative = body.startsWith("-");
            body = negative ? body.substring(1) : body;
            sign = negative ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
        }
        int missing = Math.max(0, Math.abs(width) - CodePoints.length(sign) - CodePoints.length(body));
        if (zero) {
            return sign + TextPadding.pad(body, missing, 0, "0", sandbox);
        }
        return TextPadding.pad(sign + body, left ? 0 : missing, left ? missing : 0, " ", sandbox);
    }

    private int number(String written, int otherwise) {
        if (written == null) {
            return otherwise;
        }
        return written.equals("*") ? Convert.index(next(), "%*") : written.isEmpty() ? 0 : Integer.parseInt(written);
    }

    private Value next() {
        if (used >= positional.size()) {
            throw TemplateException.render("not enough arguments for format string");
        }
        return positional.get(used++);
    }

    private Value named(String name) {
        if (!(values instanceof DictValue dict)) {
            throw TemplateException.render("format requires a mapping for %(" + name + ")");
        }
        return dict.get(name).orElseThrow(() -> TemplateException.render("format has no value named '" + name + "'"));
    }

    private String body(Value value, char type, String flags, int precision) {
        return switch (type) {
            case 's' -> cut(sandbox.str(value), precision);
            case 'r', 'a' -> cut(Repr.repr(value, sandbox), precision);
            case 'c' -> value instanceof TextValue text ? text.text() : Character.toString(Convert.index(value, "%c"));
            case 'd', 'i', 'u' -> filled(whole(value, type), precision);
            case 'x', 'X', 'o' -> radix(whole(value, type), type, flags.contains("#"), precision);
            case 'e', 'E', 'f', 'F', 'g', 'G' -> {
                double number = real(value, type);
                String digits = FloatText.format(number, type, precision < 0 ? 6 : precision, flags.contains("#"));
                yield (number < 0 || 1 / number < 0 ? "-" : "") + digits;
            }
            default -> throw TemplateException.render("unsupported format character '" + type + "'");
        };
    }

    private static String cut(String text, int precision) {
        return precision < 0 ? text : text.substring(0, CodePoints.offset(text, precision));
    }

    private String filled(BigInteger number, int precision) {
        String digits = number.abs().toString();
        String zeros = TextPadding.pad("", Math.max(0, precision - digits.length()), 0, "0", sandbox);
        return (number.signum() < 0 ? "-" : "") + zeros + digits;
    }

    private String radix(BigInteger number, char type, boolean alternate, int precision) {
        String digits = number.abs().toString(type == 'o' ? 8 : 16);
        String zeros = TextPadding.pad("", Math.max(0, precision - digits.length()), 0, "0", sandbox);
        String prefix = alternate ? "0" + type : "";
        String shown = zeros + (type == 'X' ? TextCase.upper(digits) : digits);
        return (number.signum() < 0 ? "-" : "") + prefix + shown;
    }

    private static BigInteger whole(Value value, char type) {
        if (value instanceof FloatValue real && type != 'x' && type != 'X' && type != 'o') {
            if (Double.isNaN(real.value()) || Double.isInfinite(real.value())) {
                throw TemplateException.render("cannot convert float " + FloatText.repr(real.value()) + " to integer");
            }
            return new BigDecimal(real.value()).toBigInteger();
        }
        return Convert.integer(value).orElseThrow(() -> needsNumber(value, type));
    }

    private static double real(Value value, char type) {
        if (!Convert.isNumber(value)) {
            throw needsNumber(value, type);
        }
        return Convert.real(value);
    }

    private static TemplateException needsNumber(Value value, char type) {
        return value instanceof UndefinedValue undefined
                ? undefined.failure()
                : TemplateException.render("%" + type + " format: a number is required, not " + value.typeName());
    }
}
