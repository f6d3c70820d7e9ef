package dev.quire.core.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic: floor division, modulo with the divisor's sign, true division, and {@code +} and {@code *} of sequences. */
final class Arithmetic {

    /** Longest integer, about the 4300 digits that Python prints. */
    static final int MAX_BITS = 14_284;

    private final Sandbox sandbox;

    Arithmetic(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    Value apply(Expression.Operator operator, Value left, Value right) {
        if (operator == Expression.Operator.MODULO && left instanceof TextValue format) {
            return PrintfFormat.format(format, right, sandbox);
        }
        if (left instanceof UndefinedValue undefined) {
            throw undefined.failure();
        }
        if (right instanceof UndefinedValue undefined) {
            throw undefined.failure();
        }
        if (Convert.isNumber(left) && Convert.isNumber(right)) {
            return left instanceof FloatValue || right instanceof FloatValue
                    ? reals(operator, Convert.real(left), Convert.real(right))
                    : integers(
                            operator,
                            Convert.integer(left).orElseThrow(),
                            Convert.integer(right).orElseThrow());
        }
        return switch (operator) {
            case ADD -> concatenate(left, right);
            case MULTIPLY -> repeat(left, right);
            default -> throw unsupported(operator, left, right);
        };
    }

    Value negate(Value value) {
        return switch (value) {
            case FloatValue number -> new FloatValue(-number.value());
            case UndefinedValue undefined -> throw undefined.failure();
            default ->
                new IntValue(Convert.integer(value)
                        .orElseThrow(() ->
                                TemplateException.render("bad operand type for unary -: '" + value.typeName() + "'"))
                        .negate());
        };
    }

    Value plus(Value value) {
        return value instanceof FloatValue ? value : negate(negate(value));
    }

    private Value integers(Expression.Operator operator, BigInteger left, BigInteger right) {
        sandbox.budget().spend(1 + (left.bitLength() + right.bitLength()) / 256);
        return switch (operator) {
            case ADD -> bounded(left.add(right));
            case SUBTRACT -> bounded(left.subtract(right));
            case MULTIPLY -> bounded(left.multiply(right));
            case DIVIDE -> divide(left, nonZero(right, "division by zero"));
            case FLOOR_DIVIDE -> {
                BigInteger[] parts = left.divideAndRemainder(nonZero(right, "integer division or modulo by zero"));
                boolean below = parts[1].signum() * right.signum() < 0;
                yield new IntValue(below ? parts[0].subtract(BigInteger.ONE) : parts[0]);
            }
            case MODULO -> {
                BigInteger rest = left.remainder(nonZero(right, "integer division or modulo by zero"));
                yield new IntValue(rest.signum() * right.signum() < 0 ? rest.add(right) : rest);
            }
            case POWER -> power(left, right);
        };
    }

    private static BigInteger nonZero(BigInteger divisor, String message) {
        if (divisor.signum() == 0) {
            throw TemplateException.render(message);
        }
        return divisor;
    }

    private static Value divide(BigInteger left, BigInteger right) {
        if (left.bitLength() <= 53 && right.bitLength() <= 53) {
            return new FloatValue(left.doubleValue() / right.doubleValue());
        }
        return new FloatValue(finite(new BigDecimal(left)
                .divide(new BigDecimal(right), new MathContext(60))
                .doubleValue()));
    }

    private static Value power(BigInteger base, BigInteger exponent) {
        if (exponent.signum() < 0) {
            return reals(Expression.Operator.POWER, base.doubleValue(), exponent.doubleValue());
        }
        if (base.bitLength() <= 1) {
            boolean odd = exponent.testBit(0);
            return new IntValue(exponent.signum() == 0 ? BigInteger.ONE : odd ? base : base.multiply(base));
        }
        if (exponent.bitLength() > 31 || (long) (base.bitLength() - 1) * exponent.intValue() > MAX_BITS) {
            throw tooLarge();
        }
        return bounded(base.pow(exponent.intValue()));
    }

    private static Value bounded(BigInteger value) {
        if (value.bitLength() > MAX_BITS) {
            throw tooLarge();
        }
        return new IntValue(value);
    }

    private static TemplateException tooLarge() {
        return TemplateException.limit("an integer exceeds " + MAX_BITS + " bits.");
    }

    private static double finite(double value) {
        if (Double.isInfinite(value)) {
            throw TemplateException.render("int too large to convert to float");
        }
        return value;
    }

    private static Value reals(Expression.Operator operator, double left, double right) {
        return new FloatValue(
                switch (operator) {
                    case ADD -> left + right;
                    case SUBTRACT -> left - right;
                    case MULTIPLY -> left * right;
                    case DIVIDE -> left / nonZero(right, "float division by zero");
                    case FLOOR_DIVIDE ->
                        Math.floor((left - modulo(left, nonZero(right, "float floor division by zero"))) / right + 0.5);
                    case MODULO -> modulo(left, nonZero(right, "float modulo"));
                    case POWER -> powerOfReals(left, right);
                });
    }

    private static double powerOfReals(double base, double exponent) {
        if (base == 0 && exponent < 0) {
            throw TemplateException.render("0.0 cannot be raised to a negative power");
        }
        if (base < 0 && exponent != Math.rint(exponent)) {
            throw TemplateException.render("a fractional power of a negative number is not a real number");
        }
        double power = Math.pow(base, exponent);
        if (Double.isInfinite(power) && !Double.isInfinite(base) && !Double.isInfinite(exponent)) {
            throw TemplateException.render("power is too large for a float");
        }
        return power;
    }

    private static double nonZero(double divisor, String message) {
        if (divisor == 0) {
            throw TemplateException.render(message);
        }
        return divisor;
    }

    private static double modulo(double left, double right) {
        double rest = left % right;
        if (rest == 0) {
            return Math.copySign(0.0, right);
        }
        return rest * right < 0 ? rest + right : rest;
    }

    private Value concatenate(Value left, Value right) {
        if (left instanceof TextValue a && right instanceof TextValue b) {
            boolean markup = a.markup() || b.markup();
            String first = markup && !a.markup() ? Html.escape(a.text()) : a.text();
            String second = markup && !b.markup() ? Html.escape(b.text()) : b.text();
            sandbox.budget().chars((long) first.length() + second.length());
            return new TextValue(first + second, markup);
        }
        if (left instanceof ListValue a && right instanceof ListValue b) {
            return sandbox.list(joined(a.elements(), b.elements()));
        }
        if (left instanceof TupleValue a && right instanceof TupleValue b) {
            return sandbox.tuple(joined(a.elements(), b.elements()));
        }
        if (left instanceof TextValue) {
            throw TemplateException.render(
                    "can only concatenate str (not \"" + right.typeName() + "\") to str. Use ~, or the string filter.");
        }
        throw unsupported(Expression.Operator.ADD, left, right);
    }

    private static List<Value> joined(List<Value> left, List<Value> right) {
        List<Value> all = new ArrayList<>(left.size() + right.size());
        all.addAll(left);
        all.addAll(right);
        return all;
    }

    private Value repeat(Value left, Value right) {
        if (!(left instanceof TextValue || left instanceof SequenceValue)
                && Convert.integer(left).isPresent()) {
            return repeat(right, left);
        }
        if (Convert.integer(right).isEmpty()) {
            throw unsupported(Expression.Operator.MULTIPLY, left, right);
        }
        int count = Math.max(0, Convert.index(right, "*"));
        return switch (left) {
            case TextValue text -> {
                sandbox.budget().chars((long) text.text().length() * count);
                yield new TextValue(text.text().repeat(count), text.markup());
            }
            case ListValue list -> sandbox.list(repeated(list.elements(), count));
            case TupleValue tuple -> sandbox.tuple(repeated(tuple.elements(), count));
            default -> throw unsupported(Expression.Operator.MULTIPLY, left, right);
        };
    }

    private List<Value> repeated(List<Value> elements, int count) {
        sandbox.budget().items((long) elements.size() * count);
        List<Value> all = new ArrayList<>(elements.size() * count);
        for (int i = 0; i < count && !elements.isEmpty(); i++) {
            all.addAll(elements);
        }
        return all;
    }

    private static TemplateException unsupported(Expression.Operator operator, Value left, Value right) {
        return TemplateException.render("unsupported operand types for " + operator.symbol() + ": '" + left.typeName()
                + "' and '" + right.typeName() + "'");
    }
}
