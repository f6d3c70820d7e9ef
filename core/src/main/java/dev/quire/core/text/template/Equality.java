package dev.quire.core.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Python's {@code ==}, and the keys under which dictionaries and sets find a value. */
final class Equality {

    private Equality() {}

    static boolean equal(Value left, Value right) {
        if (Convert.isNumber(left) && Convert.isNumber(right)) {
            return numbersEqual(left, right);
        }
        return switch (left) {
            case TextValue a -> right instanceof TextValue b && a.text().equals(b.text());
            case ListValue a -> right instanceof ListValue b && elementsEqual(a.elements(), b.elements());
            case TupleValue a -> right instanceof TupleValue b && elementsEqual(a.elements(), b.elements());
            case RangeValue a -> right instanceof RangeValue b && elementsEqual(a.elements(), b.elements());
            case DictValue a -> right instanceof DictValue b && dictsEqual(a, b);
            case DictView a -> right instanceof DictView b && viewsEqual(a, b);
            case UndefinedValue _ -> right instanceof UndefinedValue;
            default -> left == right || left.equals(right);
        };
    }

    private static boolean numbersEqual(Value left, Value right) {
        return Objects.equals(number(left), number(right))
                && !(left instanceof FloatValue number && Double.isNaN(number.value()));
    }

    private static boolean elementsEqual(List<Value> left, List<Value> right) {
        if (left.size() != right.size()) {
            return false;
        }
        Iterator<Value> other = right.iterator();
        for (Value value : left) {
            if (!equal(value, other.next())) {
                return false;
            }
        }
        return true;
    }

    private static boolean dictsEqual(DictValue left, DictValue right) {
        if (left.entries().size() != right.entries().size()) {
            return false;
        }
        for (Map.Entry<Object, DictValue.Entry> entry : left.entries().entrySet()) {
            DictValue.Entry other = right.entries().get(entry.getKey());
            if (other == null || !equal(entry.getValue().value(), other.value())) {
                return false;
            }
        }
        return true;
    }

    private static boolean viewsEqual(DictView left, DictView right) {
        if (left.part() == DictView.Part.VALUES || left.part() != right.part()) {
            return left == right;
        }
        return left.part() == DictView.Part.ITEMS
                ? dictsEqual(left.dict(), right.dict())
                : left.dict().entries().keySet().equals(right.dict().entries().keySet());
    }

    /** A Java object that equals another value's exactly where the values are equal; lists and dictionaries have none. */
    static Object key(Value value) {
        return switch (value) {
            case TextValue text -> text.text();
            case IntValue _, BoolValue _, FloatValue _ -> number(value);
            case TupleValue tuple -> {
                List<Object> keys = new ArrayList<>(tuple.elements().size());
                tuple.elements().forEach(element -> keys.add(key(element)));
                yield keys;
            }
            case UndefinedValue _ -> UndefinedValue.class;
            case ListValue _, DictValue _, DictView _ ->
                throw TemplateException.render("unhashable type: '" + value.typeName()
                        + "'. Only text, numbers, none and tuples can be keys.");
            default -> value;
        };
    }

    private static Object number(Value value) {
        if (!(value instanceof FloatValue real)) {
            return Convert.integer(value).orElseThrow();
        }
        double number = real.value();
        boolean whole = number == Math.rint(number) && !Double.isInfinite(number);
        return whole ? new BigDecimal(number).toBigInteger() : (Object) number;
    }

    /** {@code needle in haystack}. */
    static boolean contains(Value haystack, Value needle, Sandbox sandbox) {
        sandbox.budget().spend(Shape.of(needle).weight());
        return switch (haystack) {
            case TextValue text -> {
                if (!(needle instanceof TextValue part)) {
                    throw TemplateException.render("'in <string>' requires string as left operand, not "
                            + needle.typeName() + ". Check the value with 'is string' first.");
                }
                sandbox.budget().chars(text.text().length());
                yield TextSearch.indexOf(text.text(), part.text(), 0) >= 0;
            }
            case DictValue dict -> dict.entries().containsKey(key(needle));
            case DictView view
            when view.part() == DictView.Part.KEYS -> view.dict().entries().containsKey(key(needle));
            case RangeValue range -> rangeContains(range, needle);
            default -> {
                if (!Convert.isIterable(haystack)) {
                    throw TemplateException.render("argument of type '" + haystack.typeName() + "' is not iterable");
                }
                Iterator<Value> elements = Convert.iterate(haystack);
                while (elements.hasNext()) {
                    sandbox.budget().spend(1);
                    Value element = elements.next();
                    if (element == needle || sandbox.equal(element, needle)) {
                        yield true;
                    }
                }
                yield false;
            }
        };
    }

    private static boolean rangeContains(RangeValue range, Value needle) {
        if (!Convert.isNumber(needle) || !(number(needle) instanceof BigInteger wanted) || wanted.bitLength() > 62) {
            return false;
        }
        long offset = wanted.longValueExact() - range.start();
        return offset % range.step() == 0 && offset / range.step() >= 0 && offset / range.step() < range.size();
    }
}
