package dev.quire.core.text.template;

import java.util.List;
import java.util.Optional;

/** A parsed expression. Each carries the line where it stands. */
sealed interface Expression {

    int line();

    /** Binary operators on numbers, text and sequences. */
    enum Operator {
        ADD("+"),
        SUBTRACT("-"),
        MULTIPLY("*"),
        DIVIDE("/"),
        FLOOR_DIVIDE("//"),
        MODULO("%"),
        POWER("**");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        String symbol() {
            return symbol;
        }
    }

    /** Comparison operators, which chain. */
    enum Comparator {
        EQUAL("=="),
        NOT_EQUAL("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        IN("in"),
        NOT_IN("not in");

        private final String symbol;

        Comparator(String symbol) {
            this.symbol = symbol;
        }

        String symbol() {
            return symbol;
        }
    }

    record Literal(int line, Value value) implements Expression {}

    record Name(int line, String name) implements Expression {}

    record ListLiteral(int line, List<Expression> elements) implements Expression {}

    record TupleLiteral(int line, List<Expression> elements) implements Expression {}

    /** {@code keys} and {@code values} run in parallel. */
    record DictLiteral(int line, List<Expression> keys, List<Expression> values) implements Expression {}

    record Negate(int line, Expression operand) implements Expression {}

    record Plus(int line, Expression operand) implements Expression {}

    record Not(int line, Expression operand) implements Expression {}

    record Binary(int line, Operator operator, Expression left, Expression right) implements Expression {}

    record And(int line, List<Expression> operands) implements Expression {}

    record Or(int line, List<Expression> operands) implements Expression {}

    /** {@code first comparators[0] operands[0] comparators[1] operands[1] …}. */
    record Compare(int line, Expression first, List<Comparator> comparators, List<Expression> operands)
            implements Expression {}

    record Concat(int line, List<Expression> parts) implements Expression {}

    record Conditional(int line, Expression test, Expression then, Optional<Expression> otherwise)
            implements Expression {}

    record Attribute(int line, Expression subject, String name) implements Expression {}

    record Item(int line, Expression subject, Expression key) implements Expression {}

    /** {@code subject[start:stop:step]}. */
    record Slice(
            int line,
            Expression subject,
            Optional<Expression> start,
            Optional<Expression> stop,
            Optional<Expression> step)
            implements Expression {}

    record Call(int line, Expression callee, CallArguments arguments) implements Expression {}

    record Filtered(int line, Expression subject, FilterCall filter) implements Expression {}

    record Tested(int line, Expression subject, String test, CallArguments arguments) implements Expression {}

    /** A filter with its arguments, waiting for a subject. */
    record FilterCall(int line, String name, CallArguments arguments) {}

    /** One {@code name=value} of a call. */
    record Keyword(String name, Expression value) {}

    /** What stands between the parentheses of a call; {@code spread} is {@code *list}, {@code spreadNamed} is {@code **dict}. */
    record CallArguments(
            List<Expression> positional,
            List<Keyword> named,
            Optional<Expression> spread,
            Optional<Expression> spreadNamed) {

        static final CallArguments NONE = new CallArguments(List.of(), List.of(), Optional.empty(), Optional.empty());
    }
}
