package dev.quire.core.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;

/** Filters that make numbers. */
final class NumberFilters {

    static final Map<String, Filter> FILTERS = Map.of(
            "abs", NumberFilters::abs,
            "int", NumberFilters::toInteger,
            "float", NumberFilters::toFloat,
            "round", NumberFilters::round,
            "filesizeformat", NumberFilters::fileSize);

    private static final int MOST_DIGITS = 400;

    private NumberFilters() {}

    private static Value abs(Filter.Environment environment, Value value, Arguments arguments) {
        arguments.only("abs", 0, 0);
        return switch (value) {
            case FloatValue number -> new FloatValue(Math.abs(number.value()));
            case IntValue number -> new IntValue(number.value().abs());
            case BoolValue bool -> IntValue.of(bool == BoolValue.TRUE ? 1 : 0);
            case UndefinedValue undefined -> throw undefined.failure();
            default -> throw TemplateException.render("bad operand type for abs(): '" + value.typeName() + "'");
        };
    }

    private static Value toInteger(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("int", "default", "base");
        Value otherwise = bound.or(0, IntValue.of(0));
        return switch (value) {
            case UndefinedValue undefined -> throw undefined.failure();
            case IntValue number -> number;
            case BoolValue bool -> IntValue.of(bool == BoolValue.TRUE ? 1 : 0);
            case FloatValue number -> truncated(number.value(), otherwise);
            case TextValue text ->
                Convert.integer(bound.or(1, IntValue.of(10)))
                        .flatMap(base -> NumberText.integer(text.text(), base.intValue()))
                        .<Value>map(IntValue::new)
                        .or(() -> NumberText.real(text.text()).map(number -> truncated(number, otherwise)))
                        .orElse(otherwise);
            default -> otherwise;
        };
    }

    private static Value truncated(double number, Value otherwise) {
        return Double.isNaN(number) || Double.isInfinite(number)
                ? otherwise
                : new IntValue(new BigDecimal(number).toBigInteger());
    }

    private static Value toFloat(Filter.Environment environment, Value value, Arguments arguments) {
        Value otherwise = arguments.bind("float", "default").or(0, new FloatValue(0));
        if (value instanceof UndefinedValue undefined) {
            throw undefined.failure();
        }
        Optional<Double> number = value instanceof TextValue text
                ? NumberText.real(text.text())
                : Convert.isNumber(value) ? Optional.of(Convert.real(value)) : Optional.empty();
        return number.<Value>map(FloatValue::new).orElse(otherwise);
    }

    private static Value round(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("round", "precision", "method");
        boolean toWhole =
                bound.optional(0).filter(given -> given == NoneValue.NONE).isPresent();
        int precision = toWhole ? 0 : bound.integer(0, 0);
        String method = bound.text(1, "common");
        if (value instanceof UndefinedValue undefined) {
            throw undefined.failure();
        }
        if (!Convert.isNumber(value)) {
            throw TemplateException.render("round needs a number, got '" + value.typeName() + "'");
        }
        if (Math.abs((long) precision) > MOST_DIGITS) {
            throw TemplateException.limit("round precision " + precision + " exceeds " + MOST_DIGITS + " digits.");
        }
        return switch (method) {
            case "common" ->
                value instanceof FloatValue real
                        ? rounded(real.value(), precision, toWhole)
                        : new IntValue(rounded(Convert.integer(value).orElseThrow(), precision));
            case "ceil", "floor" -> scaled(value, precision, method.equals("ceil"), environment.sandbox());
            default ->
                throw TemplateException.render(
                        "round method '" + method + "' is unknown. Choices: common, ceil, floor.");
        };
    }

    private static Value rounded(double number, int precision, boolean toWhole) {
        FloatValue rounded = new FloatValue(rounded(number, precision));
        return toWhole ? whole(rounded.value()) : rounded;
    }

    private static Value whole(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            throw TemplateException.render("cannot convert float " + FloatText.repr(number) + " to integer");
        }
        return new IntValue(new BigDecimal(number).toBigInteger());
    }

    private static double rounded(double number, int precision) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return number;
        }
        double result = new BigDecimal(number)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .doubleValue();
        return Math.copySign(result, number);
    }

    private static BigInteger rounded(BigInteger number, int precision) {
        return precision >= 0
                ? number
                : new BigDecimal(number)
                        .setScale(precision, RoundingMode.HALF_EVEN)
                        .toBigInteger();
    }

    private static Value scaled(Value value, int precision, boolean up, Sandbox sandbox) {
        Arithmetic arithmetic = new Arithmetic(sandbox);
        Value power = arithmetic.apply(Expression.Operator.POWER, IntValue.of(10), IntValue.of(precision));
        Value product = arithmetic.apply(Expression.Operator.MULTIPLY, value, power);
        if (product instanceof FloatValue real) {
            product = whole(up ? Math.ceil(real.value()) : Math.floor(real.value()));
        }
        return arithmetic.apply(Expression.Operator.DIVIDE, product, power);
    }

    private static Value fileSize(Filter.Environment environment, Value value, Arguments arguments) {
        boolean binary = arguments.bind("filesizeformat", "binary").flag(0, false);
        Value number = toFloat(environment, value, Arguments.of(NoneValue.NONE));
        if (!(number instanceof FloatValue size)) {
            throw TemplateException.render("filesizeformat needs a number, got '" + value.typeName() + "'");
        }
        return environment.sandbox().text(fileSize(size.value(), binary));
    }

    private static String fileSize(double bytes, boolean binary) {
        int base = binary ? 1024 : 1000;
        if (bytes == 1) {
            return "1 Byte";
        }
        if (Double.isNaN(bytes) || bytes == Double.NEGATIVE_INFINITY) {
            throw TemplateException.render("filesizeformat needs a number of bytes, got " + FloatText.repr(bytes));
        }
        if (bytes < base) {
            return new BigDecimal(bytes).toBigInteger() + " Bytes";
        }
        String units = "kMGTPEZY";
        double unit = (double) base * base;
        int index = 0;
        while (index < units.length() - 1 && bytes >= unit) {
            unit *= base;
            index++;
        }
        String prefix = binary ? Character.toUpperCase(units.charAt(index)) + "i" : "" + units.charAt(index);
        return FloatText.format(base * bytes / unit, 'f', 1, false) + " " + prefix + "B";
    }
}
