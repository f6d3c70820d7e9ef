package dev.quire.core.text.template;

import java.util.List;
import java.util.Optional;

/** A parsed statement or piece of output. Each carries the line where it begins. */
sealed interface Statement {

    int line();

    /** Text of the template that is copied as it stands. */
    record Data(int line, String text) implements Statement {}

    /** {@code {{ expression }}}. */
    record Print(int line, Expression expression) implements Statement {}

    /** {@code if}, its {@code elif}s, and {@code else}. */
    record If(int line, List<Branch> branches, List<Statement> otherwise) implements Statement {}

    /** A test and what to do where it is the first to hold. */
    record Branch(Expression test, List<Statement> body) {}

    record For(
            int line,
            Target target,
            Expression iterable,
            Optional<Expression> filter,
            Repetition repetition,
            List<Statement> body,
            List<Statement> otherwise)
            implements Statement {}

    /** Whether a loop may call itself on nested elements, as {@code loop(children)}. */
    enum Repetition {
        FLAT,
        RECURSIVE
    }

    record Set(int line, Target target, Expression value) implements Statement {}

    record SetBlock(int line, Target target, List<Expression.FilterCall> filters, List<Statement> body)
            implements Statement {}

    record Macro(int line, String name, Signature signature, List<Statement> body) implements Statement {}

    /** {@code {% call(parameters) macro(arguments) %}body{% endcall %}}. */
    record CallBlock(int line, Signature signature, Expression.Call call, List<Statement> body) implements Statement {}

    record FilterBlock(int line, List<Expression.FilterCall> filters, List<Statement> body) implements Statement {}

    /** {@code targets} and {@code values} run in parallel. */
    record With(int line, List<Target> targets, List<Expression> values, List<Statement> body) implements Statement {}

    /** The part of a conversation that the model generates; rendered as it stands. */
    record Generation(int line, List<Statement> body) implements Statement {}

    /** A named part of the template, which sees the variables of the template and not those around it. */
    record Block(int line, List<Statement> body) implements Statement {}

    record Break(int line) implements Statement {}

    record Continue(int line) implements Statement {}

    /**
     * Parameters of a macro or a call block.
     *
     * @param names in order
     * @param defaults of the last {@code defaults.size()} parameters
     * @param mentioned which of {@code caller}, {@code varargs} and {@code kwargs} the body reads
     */
    record Signature(List<String> names, List<Expression> defaults, java.util.Set<String> mentioned) {}

    /** What an assignment assigns to. */
    sealed interface Target {

        record Name(String name) implements Target {}

        record Unpack(List<Target> targets) implements Target {}

        record Attribute(String namespace, String name) implements Target {}
    }
}
