package dev.quire.core.text.template;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/** Python's {@code <}, {@code <=}, {@code >} and {@code >=}, and stable sorting by them. */
final class Ordering {

    private Ordering() {}

    /** Sign of the comparison of two values of comparable types; {@code symbol} is for the message. */
    static int compare(Value left, Value right, String symbol) {
        if (left instanceof UndefinedValue undefined) {
            throw undefined.failure();
        }
        if (right instanceof UndefinedValue undefined) {
            throw undefined.failure();
        }
        if (Convert.isNumber(left) && Convert.isNumber(right)) {
            return compareNumbers(left, right);
        }
        if (left instanceof TextValue a && right instanceof TextValue b) {
            return compareText(a.text(), b.text());
        }
        if (left instanceof ListValue a && right instanceof ListValue b) {
            return compareElements(a.elements(), b.elements(), symbol);
        }
        if (left instanceof TupleValue a && right instanceof TupleValue b) {
            return compareElements(a.elements(), b.elements(), symbol);
        }
        throw TemplateException.render("'" + symbol + "' not supported between instances of '" + left.typeName()
                + "' and '" + right.typeName() + "'");
    }

    static boolean isNaN(Value value) {
        return value instanceof FloatValue number && Double.isNaN(number.value());
    }

    private static int compareNumbers(Value left, Value right) {
        boolean integers = !(left instanceof FloatValue) && !(right instanceof FloatValue);
        if (integers) {
            return Convert.integer(left)
                    .orElseThrow()
                    .compareTo(Convert.integer(right).orElseThrow());
        }
        double a = Convert.real(left);
        double b = Convert.real(right);
        if (Double.isInfinite(a) || Double.isInfinite(b) || Double.isNaN(a) || Double.isNaN(b)) {
            return a == b ? 0 : Double.compare(a, b);
        }
        return exact(left).compareTo(exact(right));
    }

    private static BigDecimal exact(Value number) {
        return number instanceof FloatValue real
                ? new BigDecimal(real.value())
                : new BigDecimal(Convert.integer(number).orElseThrow());
    }

    private static int compareElements(List<Value> left, List<Value> right, String symbol) {
        Iterator<Value> other = right.iterator();
        for (Value value : left) {
            if (!other.hasNext()) {
                return 1;
            }
            Value opposite = other.next();
            if (!Equality.equal(value, opposite)) {
                return compare(value, opposite, symbol);
            }
        }
        return other.hasNext() ? -1 : 0;
    }

    /** By code point, which UTF-16 order is not. */
    private static int compareText(String left, String right) {
        int shorter = Math.min(left.length(), right.length());
        for (int i = 0; i < shorter; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                boolean surrogates = Character.isSurrogate(a) != Character.isSurrogate(b);
                return surrogates ? (Character.isSurrogate(a) ? 1 : -1) : Character.compare(a, b);
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    private record Keyed(Value key, Value value) {}

    /** A stable merge sort; equal elements keep their order in both directions. */
    static List<Value> sort(List<Value> values, Function<Value, Value> key, boolean descending, Sandbox sandbox) {
        List<Keyed> keyed = new ArrayList<>(values.size());
        for (Value value : values) {
            keyed.add(new Keyed(key.apply(value), value));
        }
        return sorted(keyed, descending, sandbox).stream().map(Keyed::value).toList();
    }

    private static List<Keyed> sorted(List<Keyed> run, boolean descending, Sandbox sandbox) {
        if (run.size() < 2) {
            return run;
        }
        int middle = run.size() / 2;
        List<Keyed> left = sorted(run.subList(0, middle), descending, sandbox);
        List<Keyed> right = sorted(run.subList(middle, run.size()), descending, sandbox);
        List<Keyed> merged = new ArrayList<>(run.size());
        int i = 0;
        int j = 0;
        while (i < left.size() && j < right.size()) {
            Value a = left.get(i).key();
            Value b = right.get(j).key();
            sandbox.budget().spend(Math.min(Shape.of(a).weight(), Shape.of(b).weight()));
            int sign = compare(b, a, "<");
            boolean rightFirst = descending ? sign > 0 : sign < 0;
            merged.add(rightFirst ? right.get(j++) : left.get(i++));
        }
        merged.addAll(left.subList(i, left.size()));
        merged.addAll(right.subList(j, right.size()));
        return merged;
    }
}
