package dev.quire.core.text.template;

/** Applies one comparison operator. */
final class Comparison {

    private Comparison() {}

    static boolean holds(Expression.Comparator comparator, Value left, Value right, Sandbox sandbox) {
        return switch (comparator) {
            case EQUAL -> sandbox.equal(left, right);
            case NOT_EQUAL -> !sandbox.equal(left, right);
            case IN -> Equality.contains(right, left, sandbox);
            case NOT_IN -> !Equality.contains(right, left, sandbox);
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> ordered(comparator, left, right, sandbox);
        };
    }

    private static boolean ordered(Expression.Comparator comparator, Value left, Value right, Sandbox sandbox) {
        sandbox.budget().spend(Math.min(Shape.of(left).weight(), Shape.of(right).weight()));
        int sign = Ordering.compare(left, right, comparator.symbol());
        if (Ordering.isNaN(left) || Ordering.isNaN(right)) {
            return false;
        }
        return switch (comparator) {
            case LESS -> sign < 0;
            case LESS_OR_EQUAL -> sign <= 0;
            case GREATER -> sign > 0;
            default -> sign >= 0;
        };
    }
}
