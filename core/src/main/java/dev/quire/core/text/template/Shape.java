package dev.quire.core.text.template;

/**
 * Size of a value with everything in it. Values cannot be modified, so the shape is known when one is made, and a value too large or too
 * deep to walk is never made.
 *
 * @param weight values in it, itself included; saturates at {@code Long.MAX_VALUE / 4}
 * @param depth levels of nesting, 1 for a value that holds no other
 */
record Shape(long weight, int depth) {

    private static final Shape SCALAR = new Shape(1, 1);
    private static final long HEAVIEST = Long.MAX_VALUE / 4;

    static Shape of(Value value) {
        return switch (value) {
            case ListValue list -> list.shape();
            case TupleValue tuple -> tuple.shape();
            case DictValue dict -> dict.shape();
            case DictView view -> view.dict().shape();
            case TextValue text -> new Shape(1 + text.text().length() / 64, 1);
            default -> SCALAR;
        };
    }

    static Shape around(Iterable<Value> elements) {
        long weight = 1;
        int depth = 0;
        for (Value element : elements) {
            Shape shape = of(element);
            weight = Math.min(HEAVIEST, weight + shape.weight);
            depth = Math.max(depth, shape.depth);
        }
        return new Shape(weight, depth + 1);
    }
}
