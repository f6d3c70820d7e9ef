package dev.quire.core.text.template;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Reads a value as the kind that an operation needs, or fails saying what it found instead. */
final class Convert {

    private static final BigInteger MOST = BigInteger.valueOf(Integer.MAX_VALUE);
    private static final BigInteger LEAST = BigInteger.valueOf(-Integer.MAX_VALUE);

    private Convert() {}

    static String text(Value value, String user) {
        return switch (value) {
            case TextValue text -> text.text();
            case UndefinedValue undefined -> throw undefined.failure();
            default -> throw TemplateException.render(user + "() needs a string, got '" + value.typeName() + "'");
        };
    }

    /** An integer, or a boolean as 0 or 1. */
    static Optional<BigInteger> integer(Value value) {
        return switch (value) {
            case IntValue number -> Optional.of(number.value());
            case BoolValue bool -> Optional.of(bool == BoolValue.TRUE ? BigInteger.ONE : BigInteger.ZERO);
            default -> Optional.empty();
        };
    }

    static boolean isNumber(Value value) {
        return value instanceof IntValue || value instanceof FloatValue || value instanceof BoolValue;
    }

    static double real(Value value) {
        return value instanceof FloatValue number
                ? number.value()
                : integer(value).orElseThrow().doubleValue();
    }

    /** An integer for a position, a width or a count; what exceeds 31 bits becomes the nearest that does not. */
    static int index(Value value, String user) {
        if (value instanceof UndefinedValue undefined) {
            throw undefined.failure();
        }
        return integer(value)
                .map(number -> number.min(MOST).max(LEAST).intValue())
                .orElseThrow(
                        () -> TemplateException.render(user + " needs an integer, got '" + value.typeName() + "'"));
    }

    static boolean isIterable(Value value) {
        return switch (value) {
            case TextValue _, SequenceValue _, DictValue _, DictView _, IteratorValue _, UndefinedValue _ -> true;
            case NoneValue _, BoolValue _, IntValue _, FloatValue _ -> false;
            case NamespaceValue _, CallableValue _, LoopValue _, CyclerValue _ -> false;
        };
    }

    /** The elements of a value: characters of a string, keys of a dictionary. */
    static Iterator<Value> iterate(Value value) {
        return switch (value) {
            case TextValue text -> CodePoints.iterate(text.text());
            case SequenceValue sequence -> sequence.elements().iterator();
            case DictValue dict -> dict.keyIterator();
            case DictView view -> view.elements().iterator();
            case IteratorValue iterator -> iterator.elements();
            case UndefinedValue _ -> List.<Value>of().iterator();
            default -> throw TemplateException.render("'" + value.typeName() + "' object is not iterable");
        };
    }

    /** The length of a sized value. */
    static Optional<Integer> size(Value value) {
        return switch (value) {
            case TextValue text -> Optional.of(CodePoints.length(text.text()));
            case SequenceValue sequence -> Optional.of(sequence.elements().size());
            case DictValue dict -> Optional.of(dict.entries().size());
            case DictView view -> Optional.of(view.elements().size());
            case LoopValue loop -> Optional.of(loop.length());
            case UndefinedValue _ -> Optional.of(0);
            default -> Optional.empty();
        };
    }
}
