package dev.quire.core.text.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Evaluates expressions in a scope. Owned by the thread that renders. */
final class Evaluator {

    private final Sandbox sandbox;
    private final Arithmetic arithmetic;
    private final Filters filters;
    private final Tests tests;
    private final Attributes attributes;
    private int line;

    Evaluator(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.arithmetic = new Arithmetic(sandbox);
        this.attributes = new Attributes(sandbox);
        this.tests = new Tests(sandbox);
        this.filters = new Filters(sandbox, attributes, tests);
    }

    /** Line of the expression that was evaluated last, which is the one to blame for a failure. */
    int line() {
        return line;
    }

    void line(int line) {
        this.line = line;
    }

    Value evaluate(Expression expression, Scope scope) {
        sandbox.budget().enter();
        Value value = switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Name name -> scope.get(name.name());
            case Expression.ListLiteral list -> sandbox.list(all(list.elements(), scope));
            case Expression.TupleLiteral tuple -> sandbox.tuple(all(tuple.elements(), scope));
            case Expression.DictLiteral dict -> dict(dict, scope);
            case Expression.Negate negate -> {
                Value operand = evaluate(negate.operand(), scope);
                line = negate.line();
                yield arithmetic.negate(operand);
            }
            case Expression.Plus plus -> arithmetic.plus(evaluate(plus.operand(), scope));
            case Expression.Not not ->
                BoolValue.of(!evaluate(not.operand(), scope).truth());
            case Expression.Binary binary -> binary(binary, scope);
            case Expression.And and -> and(and.operands(), scope);
            case Expression.Or or -> or(or.operands(), scope);
            case Expression.Compare compare -> compare(compare, scope);
            case Expression.Concat concat -> concat(concat, scope);
            case Expression.Conditional conditional -> conditional(conditional, scope);
            case Expression.Attribute attribute -> {
                Value subject = evaluate(attribute.subject(), scope);
                line = attribute.line();
                yield attributes.attribute(subject, attribute.name());
            }
            case Expression.Item item -> item(item, scope);
            case Expression.Slice slice -> slice(slice, scope);
            case Expression.Call call -> call(call, Optional.empty(), scope);
            case Expression.Filtered filtered -> filter(filtered.filter(), evaluate(filtered.subject(), scope), scope);
            case Expression.Tested tested -> test(tested, scope);
        };
        sandbox.budget().leave();
        return value;
    }

    private List<Value> all(List<Expression> expressions, Scope scope) {
        List<Value> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private Value dict(Expression.DictLiteral dict, Scope scope) {
        LinkedHashMap<Object, DictValue.Entry> entries = new LinkedHashMap<>();
        for (int i = 0; i < dict.keys().size(); i++) {
            Value key = evaluate(dict.keys().get(i), scope);
            DictValue.put(entries, key, evaluate(dict.values().get(i), scope));
        }
        return sandbox.dict(entries);
    }

    private Value binary(Expression.Binary binary, Scope scope) {
        Value left = evaluate(binary.left(), scope);
        Value right = evaluate(binary.right(), scope);
        line = binary.line();
        return arithmetic.apply(binary.operator(), left, right);
    }

    private Value and(List<Expression> operands, Scope scope) {
        Value value = BoolValue.TRUE;
        for (Expression operand : operands) {
            value = evaluate(operand, scope);
            if (!value.truth()) {
                return value;
            }
        }
        return value;
    }

    private Value or(List<Expression> operands, Scope scope) {
        Value value = BoolValue.FALSE;
        for (Expression operand : operands) {
            value = evaluate(operand, scope);
            if (value.truth()) {
                return value;
            }
        }
        return value;
    }

    private Value compare(Expression.Compare compare, Scope scope) {
        Value left = evaluate(compare.first(), scope);
        for (int i = 0; i < compare.operands().size(); i++) {
            Value right = evaluate(compare.operands().get(i), scope);
            line = compare.line();
            if (!Comparison.holds(compare.comparators().get(i), left, right, sandbox)) {
                return BoolValue.FALSE;
            }
            left = right;
        }
        return BoolValue.TRUE;
    }

    private Value concat(Expression.Concat concat, Scope scope) {
        Writer out = new Writer(sandbox.budget());
        for (Expression part : concat.parts()) {
            out.append(sandbox.str(evaluate(part, scope)));
        }
        return sandbox.text(out.toString());
    }

    private Value conditional(Expression.Conditional conditional, Scope scope) {
        if (evaluate(conditional.test(), scope).truth()) {
            return evaluate(conditional.then(), scope);
        }
        return conditional
                .otherwise()
                .map(otherwise -> evaluate(otherwise, scope))
                .orElseGet(() -> new UndefinedValue("the inline if-expression on line " + conditional.line()
                        + " evaluated to false and no else section was defined."));
    }

    private Value item(Expression.Item item, Scope scope) {
        Value subject = evaluate(item.subject(), scope);
        Value key = evaluate(item.key(), scope);
        line = item.line();
        return attributes.item(subject, key);
    }

    /** A literal that cannot be sliced gives an undefined value, since Jinja2 folds it; anything else fails. */
    private Value slice(Expression.Slice slice, Scope scope) {
        Value subject = evaluate(slice.subject(), scope);
        Value start = bound(slice.start(), scope);
        Value stop = bound(slice.stop(), scope);
        Value step = bound(slice.step(), scope);
        line = slice.line();
        if (slice.subject() instanceof Expression.Literal && !Slicing.applies(subject)) {
            return new UndefinedValue("'" + subject.typeName() + "' object cannot be sliced");
        }
        return Slicing.slice(subject, start, stop, step, sandbox);
    }

    private Value bound(Optional<Expression> bound, Scope scope) {
        return bound.map(expression -> evaluate(expression, scope)).orElse(NoneValue.NONE);
    }

    /** Calls; {@code caller} is what a call block passes besides the written arguments. */
    Value call(Expression.Call call, Optional<Value> caller, Scope scope) {
        Value callee = evaluate(call.callee(), scope);
        Arguments arguments = arguments(call.arguments(), scope);
        if (caller.isPresent()) {
            Map<String, Value> named = new LinkedHashMap<>(arguments.named());
            named.put("caller", caller.get());
            arguments = new Arguments(arguments.positional(), named);
        }
        line = call.line();
        return switch (callee) {
            case CallableValue callable -> callable.body().apply(arguments);
            case LoopValue loop ->
                loop.recurse(arguments.bind("loop", "iterable").required(0));
            case UndefinedValue undefined -> throw undefined.failure();
            default -> throw TemplateException.render("'" + callee.typeName() + "' object is not callable");
        };
    }

    private Arguments arguments(Expression.CallArguments call, Scope scope) {
        List<Value> positional = all(call.positional(), scope);
        Map<String, Value> named = new LinkedHashMap<>();
        for (Expression.Keyword keyword : call.named()) {
            if (named.put(keyword.name(), evaluate(keyword.value(), scope)) != null) {
                throw TemplateException.render("keyword argument '" + keyword.name() + "' is repeated");
            }
        }
        call.spread().ifPresent(list -> positional.addAll(sandbox.drain(evaluate(list, scope))));
        call.spreadNamed().ifPresent(dict -> spread(evaluate(dict, scope), named));
        positional.forEach(this::charge);
        named.values().forEach(this::charge);
        return new Arguments(positional, named);
    }

    /** What is passed is read at least once; texts by the character. */
    private void charge(Value argument) {
        if (argument instanceof TextValue text) {
            sandbox.budget().spend(Shape.of(text).weight());
        }
    }

    private static void spread(Value value, Map<String, Value> named) {
        if (!(value instanceof DictValue dict)) {
            throw TemplateException.render("argument after ** must be a dict, not '" + value.typeName() + "'");
        }
        for (DictValue.Entry entry : dict.entries().values()) {
            String name = Convert.text(entry.key(), "**");
            if (named.put(name, entry.value()) != null) {
                throw TemplateException.render("keyword argument '" + name + "' is repeated");
            }
        }
    }

    Value filter(Expression.FilterCall filter, Value subject, Scope scope) {
        Arguments arguments = arguments(filter.arguments(), scope);
        line = filter.line();
        return filters.apply(filter.name(), subject, arguments);
    }

    private Value test(Expression.Tested tested, Scope scope) {
        Value subject = evaluate(tested.subject(), scope);
        Arguments arguments = arguments(tested.arguments(), scope);
        line = tested.line();
        return BoolValue.of(tests.holds(tested.test(), subject, arguments));
    }
}
