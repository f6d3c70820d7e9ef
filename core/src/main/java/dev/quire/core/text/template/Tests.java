package dev.quire.core.text.template;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** What can stand after {@code is}. */
final class Tests {

    /** A question about a value. */
    @FunctionalInterface
    private interface Question {
        boolean holds(Sandbox sandbox, Value subject, Arguments arguments);
    }

    private static final Map<String, Question> ALL = all();

    private final Sandbox sandbox;

    Tests(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    static boolean exists(String name) {
        return ALL.containsKey(name);
    }

    static String unknown(String name) {
        return "no test named '" + name + "'. Supported: "
                + String.join(", ", ALL.keySet().stream().sorted().toList()) + ".";
    }

    boolean holds(String name, Value subject, Arguments arguments) {
        Question question = ALL.get(name);
        if (question == null) {
            throw TokenStream.unsupported(unknown(name), 0);
        }
        sandbox.budget().spend(1);
        return question.holds(sandbox, subject, arguments);
    }

    private static Map<String, Question> all() {
        Map<String, Question> all = new HashMap<>();
        kinds(all);
        comparisons(all);
        plain(all, "odd", value -> remainder(value, BigInteger.TWO).equals(BigInteger.ONE));
        plain(all, "even", value -> remainder(value, BigInteger.TWO).signum() == 0);
        all.put("divisibleby", (_, value, arguments) -> {
            Value divisor = arguments.only("divisibleby", 1, 1).getFirst();
            return remainder(value, Convert.integer(divisor).orElseThrow(() -> notWhole(divisor)))
                            .signum()
                    == 0;
        });
        all.put("lower", (sandbox, value, arguments) -> {
            arguments.only("lower", 0, 0);
            return TextCase.isLower(sandbox.str(value));
        });
        all.put("upper", (sandbox, value, arguments) -> {
            arguments.only("upper", 0, 0);
            return TextCase.isUpper(sandbox.str(value));
        });
        plain(all, "filter", value -> Equality.key(value) instanceof String name && Filters.exists(name));
        plain(all, "test", value -> Equality.key(value) instanceof String name && exists(name));
        all.put(
                "sameas",
                (_, value, arguments) ->
                        same(value, arguments.only("sameas", 1, 1).getFirst()));
        return Map.copyOf(all);
    }

    private static void plain(Map<String, Question> all, String name, Predicate<Value> question) {
        all.put(name, (_, value, arguments) -> {
            arguments.only(name, 0, 0);
            return question.test(value);
        });
    }

    private static void kinds(Map<String, Question> all) {
        plain(all, "defined", value -> !(value instanceof UndefinedValue));
        plain(all, "undefined", value -> value instanceof UndefinedValue);
        plain(all, "none", value -> value == NoneValue.NONE);
        plain(all, "boolean", value -> value instanceof BoolValue);
        plain(all, "true", value -> value == BoolValue.TRUE);
        plain(all, "false", value -> value == BoolValue.FALSE);
        plain(all, "integer", value -> value instanceof IntValue);
        plain(all, "float", value -> value instanceof FloatValue);
        plain(all, "number", Convert::isNumber);
        plain(all, "string", value -> value instanceof TextValue);
        plain(all, "mapping", value -> value instanceof DictValue);
        plain(all, "iterable", Convert::isIterable);
        plain(all, "sequence", value -> switch (value) {
            case TextValue _, SequenceValue _, DictValue _, UndefinedValue _ -> true;
            default -> false;
        });
        plain(
                all,
                "callable",
                value -> value instanceof CallableValue
                        || value instanceof LoopValue
                        || value instanceof UndefinedValue);
        plain(all, "escaped", value -> value instanceof TextValue text && text.markup());
    }

    private static void comparisons(Map<String, Question> all) {
        comparison(all, Expression.Comparator.EQUAL, "==", "eq", "equalto");
        comparison(all, Expression.Comparator.NOT_EQUAL, "!=", "ne");
        comparison(all, Expression.Comparator.LESS, "<", "lt", "lessthan");
        comparison(all, Expression.Comparator.LESS_OR_EQUAL, "<=", "le");
        comparison(all, Expression.Comparator.GREATER, ">", "gt", "greaterthan");
        comparison(all, Expression.Comparator.GREATER_OR_EQUAL, ">=", "ge");
        comparison(all, Expression.Comparator.IN, "in");
    }

    private static void comparison(Map<String, Question> all, Expression.Comparator comparator, String... names) {
        for (String name : names) {
            all.put(name, (sandbox, value, arguments) -> {
                Value other = arguments.only(name, 1, 1).getFirst();
                return Comparison.holds(comparator, value, other, sandbox);
            });
        }
    }

    private static BigInteger remainder(Value value, BigInteger divisor) {
        if (value instanceof UndefinedValue undefined) {
            throw undefined.failure();
        }
        if (divisor.signum() == 0) {
            throw TemplateException.render("integer division or modulo by zero");
        }
        if (value instanceof FloatValue real) {
            double rest = real.value() % divisor.doubleValue();
            boolean whole = rest == Math.rint(rest);
            return whole ? BigInteger.valueOf((long) Math.abs(rest)) : BigInteger.valueOf(-1);
        }
        return Convert.integer(value).orElseThrow(() -> notWhole(value)).mod(divisor.abs());
    }

    private static TemplateException notWhole(Value value) {
        return TemplateException.render("an integer is needed, got '" + value.typeName() + "'");
    }

    private static boolean same(Value value, Value other) {
        boolean scalar = value instanceof IntValue || value instanceof TextValue;
        return value == other || scalar && value.equals(other);
    }
}
