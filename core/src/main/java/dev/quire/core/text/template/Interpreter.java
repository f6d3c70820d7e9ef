package dev.quire.core.text.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Runs statements in a scope and writes what they print. Owned by the thread that renders. */
final class Interpreter {

    /** How a body ended. */
    private enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    private final Sandbox sandbox;
    private final Evaluator evaluator;
    private final Scope template;
    private final Map<List<Statement>, Set<String>> hiddenNames;

    /**
     * @param context the variables that a template begins with
     * @param hiddenNames what each body that opens a scope hides, by identity
     */
    Interpreter(Sandbox sandbox, Evaluator evaluator, Scope context, Map<List<Statement>, Set<String>> hiddenNames) {
        this.sandbox = sandbox;
        this.evaluator = evaluator;
        this.hiddenNames = hiddenNames;
        this.template = context.inner();
    }

    String render(List<Statement> statements) {
        hide(statements, template);
        return render(statements, template);
    }

    /** A scope for a body, in which the names are undefined that it sets before it reads them. */
    private Scope opened(List<Statement> body, Scope around) {
        Scope inner = around.inner();
        hide(body, inner);
        return inner;
    }

    private void hide(List<Statement> body, Scope scope) {
        hiddenNames.getOrDefault(body, Set.of()).forEach(name -> scope.set(name, UndefinedValue.name(name)));
    }

    private String render(List<Statement> statements, Scope scope) {
        Writer out = new Writer(sandbox.budget());
        run(statements, scope, out);
        return out.toString();
    }

    private Flow run(List<Statement> statements, Scope scope, Writer out) {
        sandbox.budget().enter();
        Flow flow = Flow.ON;
        for (int i = 0; i < statements.size() && flow == Flow.ON; i++) {
            sandbox.budget().spend(1);
            evaluator.line(statements.get(i).line());
            flow = run(statements.get(i), scope, out);
        }
        sandbox.budget().leave();
        return flow;
    }

    private Flow run(Statement statement, Scope scope, Writer out) {
        switch (statement) {
            case Statement.Data data -> out.append(data.text());
            case Statement.Print print -> out.append(sandbox.str(evaluator.evaluate(print.expression(), scope)));
            case Statement.If branches -> {
                return branch(branches, scope, out);
            }
            case Statement.For loop -> {
                return loop(loop, scope, out);
            }
            case Statement.Set set -> {
                checkNamespaces(set.target(), scope);
                assign(set.target(), evaluator.evaluate(set.value(), scope), scope);
            }
            case Statement.SetBlock set ->
                assign(
                        set.target(),
                        filtered(capture(set.body(), opened(set.body(), scope)), set.filters(), scope),
                        scope);
            case Statement.Macro macro ->
                scope.set(macro.name(), macro(macro.name(), macro.signature(), macro.body(), scope));
            case Statement.CallBlock block -> {
                Value caller = macro("", block.signature(), block.body(), scope);
                out.append(sandbox.str(evaluator.call(block.call(), Optional.of(caller), scope)));
            }
            case Statement.FilterBlock block -> {
                Scope inner = opened(block.body(), scope);
                out.append(
                        Convert.text(filtered(capture(block.body(), inner), block.filters(), inner), "filter block"));
            }
            case Statement.With with -> run(with.body(), opened(with, scope), out);
            case Statement.Generation generation -> run(generation.body(), opened(generation.body(), scope), out);
            case Statement.Block block -> run(block.body(), opened(block.body(), template), out);
            case Statement.Break _ -> {
                return Flow.BREAK;
            }
            case Statement.Continue _ -> {
                return Flow.CONTINUE;
            }
        }
        return Flow.ON;
    }

    private Value capture(List<Statement> body, Scope scope) {
        return sandbox.text(render(body, scope));
    }

    private Value filtered(Value value, List<Expression.FilterCall> filters, Scope scope) {
        Value result = value;
        for (Expression.FilterCall filter : filters) {
            result = evaluator.filter(filter, result, scope);
        }
        return result;
    }

    private Scope opened(Statement.With with, Scope scope) {
        Scope inner = opened(with.body(), scope);
        for (int i = 0; i < with.targets().size(); i++) {
            assign(with.targets().get(i), evaluator.evaluate(with.values().get(i), scope), inner);
        }
        return inner;
    }

    private Flow branch(Statement.If branches, Scope scope, Writer out) {
        for (Statement.Branch branch : branches.branches()) {
            if (evaluator.evaluate(branch.test(), scope).truth()) {
                return run(branch.body(), scope, out);
            }
        }
        return run(branches.otherwise(), scope, out);
    }

    private Flow loop(Statement.For loop, Scope scope, Writer out) {
        return loop(loop, evaluator.evaluate(loop.iterable(), scope), 0, scope, out);
    }

    private Flow loop(Statement.For loop, Value iterable, int depth, Scope scope, Writer out) {
        Optional<Function<Value, Value>> recursion = loop.repetition() == Statement.Repetition.FLAT
                ? Optional.empty()
                : Optional.of(nested -> {
                    Writer inner = new Writer(sandbox.budget());
                    loop(loop, nested, depth + 1, scope, inner);
                    return sandbox.text(inner.toString());
                });
        sandbox.budget().enter();
        Iterator<Value> elements = Convert.iterate(iterable);
        LoopValue position = new LoopValue(
                sandbox,
                loop.filter().isPresent() ? new SelectedElements(loop, elements, scope) : elements,
                loop.filter().isPresent() ? Optional.empty() : Convert.size(iterable),
                depth,
                recursion);
        boolean finishedOne = false;
        for (Optional<Value> element = position.advance(); element.isPresent(); element = position.advance()) {
            Scope inner = opened(loop.body(), scope);
            inner.set("loop", position);
            assign(loop.target(), element.get(), inner);
            Flow flow = run(loop.body(), inner, out);
            if (flow == Flow.BREAK) {
                break;
            }
            finishedOne |= flow == Flow.ON;
        }
        sandbox.budget().leave();
        // Jinja2's own rule: else runs unless some iteration reached the end of the body.
        if (!finishedOne && !loop.otherwise().isEmpty()) {
            return run(loop.otherwise(), opened(loop.otherwise(), scope), out);
        }
        return Flow.ON;
    }

    /** The elements of a loop for which its filter holds, found as they are asked for. */
    private final class SelectedElements extends LookaheadIterator {

        private final Statement.For loop;
        private final Iterator<Value> elements;
        private final Scope scope;

        SelectedElements(Statement.For loop, Iterator<Value> elements, Scope scope) {
            super(sandbox);
            this.loop = loop;
            this.elements = elements;
            this.scope = scope;
        }

        @Override
        Optional<Value> find() {
            while (elements.hasNext()) {
                Value element = elements.next();
                Scope inner = scope.inner();
                assign(loop.target(), element, inner);
                if (evaluator.evaluate(loop.filter().orElseThrow(), inner).truth()) {
                    return Optional.of(element);
                }
            }
            return Optional.empty();
        }
    }

    private void checkNamespaces(Statement.Target target, Scope scope) {
        switch (target) {
            case Statement.Target.Name _ -> {}
            case Statement.Target.Unpack unpack -> unpack.targets().forEach(part -> checkNamespaces(part, scope));
            case Statement.Target.Attribute attribute -> namespace(attribute, scope);
        }
    }

    private static NamespaceValue namespace(Statement.Target.Attribute attribute, Scope scope) {
        if (scope.get(attribute.namespace()) instanceof NamespaceValue namespace) {
            return namespace;
        }
        throw TemplateException.render("cannot assign attribute '" + attribute.name() + "' on '"
                + attribute.namespace() + "', which is no namespace. Make one: {% set " + attribute.namespace()
                + " = namespace() %}.");
    }

    private void assign(Statement.Target target, Value value, Scope scope) {
        switch (target) {
            case Statement.Target.Name name -> scope.set(name.name(), value);
            case Statement.Target.Attribute attribute ->
                namespace(attribute, scope).set(attribute.name(), value);
            case Statement.Target.Unpack unpack -> {
                List<Value> values = sandbox.drain(value);
                if (values.size() != unpack.targets().size()) {
                    throw TemplateException.render("cannot unpack " + values.size() + " values into "
                            + unpack.targets().size() + " names");
                }
                for (int i = 0; i < values.size(); i++) {
                    assign(unpack.targets().get(i), values.get(i), scope);
                }
            }
        }
    }

    private Value macro(String name, Statement.Signature signature, List<Statement> body, Scope definition) {
        MacroBinding binding = new MacroBinding(name, signature, sandbox, evaluator);
        List<Value> names = new ArrayList<>();
        signature.names().forEach(parameter -> names.add(new TextValue(parameter)));
        return new CallableValue(
                "Macro", name, MacroBinding.attributes(name, sandbox.tuple(names), signature), arguments -> {
                    Scope scope = opened(body, definition);
                    int line = evaluator.line();
                    sandbox.budget().enter();
                    binding.bind(arguments, scope);
                    Value result = capture(body, scope);
                    sandbox.budget().leave();
                    evaluator.line(line);
                    return result;
                });
    }
}
