package dev.quire.core.text.template;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds, for every scope of a template, the names that it hides. Jinja2 decides by the source where a name lives: one that a scope sets
 * before it reads it is local from the scope's first statement on, even inside blocks before the assignment, and even if the context has
 * the name. Blocks that open a scope (loops, macros, captures) are read on their own, after the scope around them.
 */
final class Frames {

    private record Nested(List<Statement> body, Frame parent, Consumer<Frame> parameters) {}

    private final Map<List<Statement>, Set<String>> hidden = new IdentityHashMap<>();

    private Frames() {}

    /** The names hidden by each body that opens a scope, by identity of the body. */
    static Map<List<Statement>, Set<String>> hiddenNames(List<Statement> template) {
        Frames frames = new Frames();
        frames.analyse(template, new Frame(Optional.empty()), _ -> {});
        return frames.hidden;
    }

    private void analyse(List<Statement> body, Frame frame, Consumer<Frame> parameters) {
        List<Nested> nested = new ArrayList<>();
        parameters.accept(frame);
        visit(body, frame, frame, nested);
        if (!frame.hidden().isEmpty()) {
            hidden.put(body, frame.hidden());
        }
        for (Nested inner : nested) {
            analyse(inner.body(), new Frame(Optional.of(inner.parent())), inner.parameters());
        }
    }

    /** {@code nested} collects the scopes inside; they belong to the {@code whole} frame, of which {@code frame} is a branch or all. */
    private void visit(List<Statement> body, Frame frame, Frame whole, List<Nested> nested) {
        for (Statement statement : body) {
            visit(statement, frame, whole, nested);
        }
    }

    private void visit(Statement statement, Frame frame, Frame whole, List<Nested> nested) {
        switch (statement) {
            case Statement.Data _, Statement.Break _, Statement.Continue _ -> {}
            case Statement.Print print -> reads(print.expression(), frame);
            case Statement.If branches -> branches(branches, frame, whole, nested);
            case Statement.For loop -> {
                reads(loop.iterable(), frame);
                nested.add(new Nested(loop.body(), whole, inner -> {
                    inner.parameter("loop");
                    parameters(loop.target(), inner);
                }));
                nested.add(new Nested(loop.otherwise(), whole, _ -> {}));
            }
            case Statement.Set set -> {
                reads(set.value(), frame);
                stores(set.target(), frame);
            }
            case Statement.SetBlock set -> {
                stores(set.target(), frame);
                nested.add(new Nested(set.body(), whole, _ -> {}));
            }
            case Statement.Macro macro -> {
                frame.store(macro.name());
                nested.add(new Nested(macro.body(), whole, inner -> signature(macro.signature(), inner)));
            }
            case Statement.CallBlock block -> {
                reads(block.call(), frame);
                nested.add(new Nested(block.body(), whole, inner -> signature(block.signature(), inner)));
            }
            case Statement.FilterBlock block -> {
                block.filters().forEach(filter -> NameReads.forEach(filter, frame::read));
                nested.add(new Nested(block.body(), whole, _ -> {}));
            }
            case Statement.With with -> {
                with.values().forEach(value -> reads(value, frame));
                nested.add(new Nested(
                        with.body(), whole, inner -> with.targets().forEach(target -> parameters(target, inner))));
            }
            case Statement.Generation generation -> nested.add(new Nested(generation.body(), whole, _ -> {}));
            case Statement.Block block -> nested.add(new Nested(block.body(), new Frame(Optional.empty()), _ -> {}));
        }
    }

    private void branches(Statement.If branches, Frame frame, Frame whole, List<Nested> nested) {
        reads(branches.branches().getFirst().test(), frame);
        List<Frame> ends = new ArrayList<>();
        for (int i = 0; i < branches.branches().size(); i++) {
            Frame end = frame.branch();
            if (i > 0) {
                reads(branches.branches().get(i).test(), end);
            }
            visit(branches.branches().get(i).body(), end, whole, nested);
            ends.add(end);
        }
        Frame end = frame.branch();
        visit(branches.otherwise(), end, whole, nested);
        ends.add(end);
        frame.merge(ends);
    }

    private static void reads(Expression expression, Frame frame) {
        NameReads.forEach(expression, frame::read);
    }

    private static void signature(Statement.Signature signature, Frame frame) {
        signature.names().forEach(frame::parameter);
        signature.mentioned().forEach(frame::parameter);
        signature.defaults().forEach(value -> reads(value, frame));
    }

    private static void parameters(Statement.Target target, Frame frame) {
        switch (target) {
            case Statement.Target.Name name -> frame.parameter(name.name());
            case Statement.Target.Unpack unpack -> unpack.targets().forEach(part -> parameters(part, frame));
            case Statement.Target.Attribute attribute -> frame.read(attribute.namespace());
        }
    }

    private static void stores(Statement.Target target, Frame frame) {
        switch (target) {
            case Statement.Target.Name name -> frame.store(name.name());
            case Statement.Target.Unpack unpack -> unpack.targets().forEach(part -> stores(part, frame));
            case Statement.Target.Attribute attribute -> frame.read(attribute.namespace());
        }
    }
}
