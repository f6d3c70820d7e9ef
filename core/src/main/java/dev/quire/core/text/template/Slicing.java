package dev.quire.core.text.template;

import java.util.ArrayList;
import java.util.List;

/** {@code subject[start:stop:step]} with Python's negative indexes and clamping. */
final class Slicing {

    private Slicing() {}

    static boolean applies(Value subject) {
        return subject instanceof TextValue || subject instanceof SequenceValue;
    }

    /** Bounds are integers or none; strings slice by code point. */
    static Value slice(Value subject, Value start, Value stop, Value step, Sandbox sandbox) {
        return switch (subject) {
            case TextValue text -> sandbox.text(slice(text.text(), start, stop, step, sandbox), text);
            case ListValue list -> sandbox.list(slice(list.elements(), start, stop, step, sandbox));
            case TupleValue tuple -> sandbox.tuple(slice(tuple.elements(), start, stop, step, sandbox));
            case RangeValue range -> slice(range, start, stop, step);
            case UndefinedValue undefined -> throw undefined.failure();
            default -> throw TemplateException.render("'" + subject.typeName() + "' object cannot be sliced");
        };
    }

    private record Bounds(int first, int step, int count) {

        static Bounds of(int size, Value start, Value stop, Value stepValue) {
            int step = stepValue == NoneValue.NONE ? 1 : Convert.index(stepValue, "slice step");
            if (step == 0) {
                throw TemplateException.render("slice step cannot be zero");
            }
            int first = clamp(start, step > 0 ? 0 : size - 1, size, step);
            int last = clamp(stop, step > 0 ? size : -1, size, step);
            long distance = (long) last - first;
            long count = step > 0 ? (distance + step - 1) / step : (distance + step + 1) / step;
            return new Bounds(first, step, (int) Math.max(0, count));
        }

        private static int clamp(Value bound, int otherwise, int size, int step) {
            if (bound == NoneValue.NONE) {
                return otherwise;
            }
            long index = Convert.index(bound, "slice");
            long fromStart = index < 0 ? index + size : index;
            int lowest = step > 0 ? 0 : -1;
            int highest = step > 0 ? size : size - 1;
            return (int) Math.max(lowest, Math.min(highest, fromStart));
        }
    }

    private static List<Value> slice(List<Value> elements, Value start, Value stop, Value step, Sandbox sandbox) {
        Bounds bounds = Bounds.of(elements.size(), start, stop, step);
        sandbox.budget().items(bounds.count());
        List<Value> slice = new ArrayList<>(bounds.count());
        for (int i = 0; i < bounds.count(); i++) {
            slice.add(elements.get(bounds.first() + i * bounds.step()));
        }
        return slice;
    }

    private static String slice(String text, Value start, Value stop, Value step, Sandbox sandbox) {
        sandbox.budget().chars(text.length());
        int size = CodePoints.length(text);
        Bounds bounds = Bounds.of(size, start, stop, step);
        if (bounds.count() == 0) {
            return "";
        }
        if (bounds.step() == 1) {
            int from = CodePoints.offset(text, bounds.first());
            return text.substring(from, text.offsetByCodePoints(from, bounds.count()));
        }
        int[] codePoints = text.codePoints().toArray();
        StringBuilder slice = new StringBuilder();
        for (int i = 0; i < bounds.count(); i++) {
            slice.appendCodePoint(codePoints[bounds.first() + i * bounds.step()]);
        }
        return slice.toString();
    }

    private static Value slice(RangeValue range, Value start, Value stop, Value step) {
        Bounds bounds = Bounds.of(range.size(), start, stop, step);
        long first = range.start() + bounds.first() * range.step();
        long stride = range.step() * bounds.step();
        return new RangeValue(first, first + stride * bounds.count(), stride, bounds.count());
    }
}
