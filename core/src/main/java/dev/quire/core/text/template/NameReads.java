package dev.quire.core.text.template;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Finds the names that an expression reads. Walks without recursion, so that a chain of any length is walked. */
final class NameReads {

    private final Deque<Expression> pending = new ArrayDeque<>();

    private NameReads() {}

    static void forEach(Expression expression, Consumer<String> reader) {
        NameReads reads = new NameReads();
        reads.pending.push(expression);
        while (!reads.pending.isEmpty()) {
            Expression next = reads.pending.pop();
            if (next instanceof Expression.Name name) {
                reader.accept(name.name());
            } else {
                reads.children(next);
            }
        }
    }

    private void children(Expression expression) {
        switch (expression) {
            case Expression.Literal _, Expression.Name _ -> {}
            case Expression.ListLiteral list -> add(list.elements());
            case Expression.TupleLiteral tuple -> add(tuple.elements());
            case Expression.DictLiteral dict -> {
                add(dict.keys());
                add(dict.values());
            }
            case Expression.Negate negate -> pending.push(negate.operand());
            case Expression.Plus plus -> pending.push(plus.operand());
            case Expression.Not not -> pending.push(not.operand());
            case Expression.Binary binary -> add(List.of(binary.left(), binary.right()));
            case Expression.And and -> add(and.operands());
            case Expression.Or or -> add(or.operands());
            case Expression.Compare compare -> {
                pending.push(compare.first());
                add(compare.operands());
            }
            case Expression.Concat concat -> add(concat.parts());
            case Expression.Conditional conditional -> {
                add(List.of(conditional.test(), conditional.then()));
                add(conditional.otherwise());
            }
            case Expression.Attribute attribute -> pending.push(attribute.subject());
            case Expression.Item item -> add(List.of(item.subject(), item.key()));
            case Expression.Slice slice -> {
                pending.push(slice.subject());
                add(slice.start());
                add(slice.stop());
                add(slice.step());
            }
            case Expression.Call call -> {
                pending.push(call.callee());
                add(call.arguments());
            }
            case Expression.Filtered filtered -> {
                pending.push(filtered.subject());
                add(filtered.filter().arguments());
            }
            case Expression.Tested tested -> {
                pending.push(tested.subject());
                add(tested.arguments());
            }
        }
    }

    private void add(Collection<Expression> expressions) {
        expressions.forEach(pending::push);
    }

    private void add(Optional<Expression> expression) {
        expression.ifPresent(pending::push);
    }

    private void add(Expression.CallArguments arguments) {
        add(arguments.positional());
        arguments.named().forEach(keyword -> pending.push(keyword.value()));
        add(arguments.spread());
        add(arguments.spreadNamed());
    }

    static void forEach(Expression.FilterCall filter, Consumer<String> reader) {
        forEach(
                new Expression.Filtered(filter.line(), new Expression.Literal(filter.line(), NoneValue.NONE), filter),
                reader);
    }
}
