package dev.quire.core.text.template;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The variable {@code loop}: where a loop stands. Looks ahead no further than the template asks. */
final class LoopValue implements Value {

    private final Sandbox sandbox;
    private final Optional<Integer> knownLength;
    private final int depth0;
    private final Optional<Function<Value, Value>> recursion;
    private Iterator<Value> upcoming;
    private Optional<Value> peeked = Optional.empty();
    private Optional<Value> previous = Optional.empty();
    private Optional<Value> current = Optional.empty();
    private Optional<List<Value>> lastChanged = Optional.empty();
    private int index0 = -1;
    private int length = -1;

    /**
     * @param elements what is iterated over
     * @param knownLength how many there are, where that is known without making them
     * @param recursion renders the loop again for nested elements, where it is recursive
     */
    LoopValue(
            Sandbox sandbox,
            Iterator<Value> elements,
            Optional<Integer> knownLength,
            int depth0,
            Optional<Function<Value, Value>> recursion) {
        this.sandbox = sandbox;
        this.upcoming = elements;
        this.knownLength = knownLength;
        this.depth0 = depth0;
        this.recursion = recursion;
    }

    /** Steps to the next element, if there is one. */
    Optional<Value> advance() {
        Optional<Value> next = peek();
        if (next.isPresent()) {
            peeked = Optional.empty();
            index0++;
            previous = current;
            current = next;
        }
        return next;
    }

    private Optional<Value> peek() {
        if (peeked.isEmpty() && upcoming.hasNext()) {
            peeked = Optional.of(upcoming.next());
        }
        return peeked;
    }

    int index0() {
        return index0;
    }

    int length() {
        if (length < 0) {
            length = knownLength.orElseGet(() -> {
                List<Value> rest = sandbox.drain(IteratorValue.generator(upcoming));
                upcoming = rest.iterator();
                return rest.size() + index0 + 1 + (peeked.isPresent() ? 1 : 0);
            });
        }
        return length;
    }

    /** {@code loop(elements)}. */
    Value recurse(Value elements) {
        return recursion
                .orElseThrow(() -> TemplateException.render(
                        "loop(…) needs a loop marked recursive. Write {% for … in … recursive %}."))
                .apply(elements);
    }

    Optional<Value> attribute(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "index" -> IntValue.of(index0 + 1L);
                    case "index0" -> IntValue.of(index0);
                    case "revindex" -> IntValue.of((long) length() - index0);
                    case "revindex0" -> IntValue.of((long) length() - index0 - 1);
                    case "length" -> IntValue.of(length());
                    case "first" -> BoolValue.of(index0 == 0);
                    case "last" -> BoolValue.of(peek().isEmpty());
                    case "depth" -> IntValue.of(depth0 + 1L);
                    case "depth0" -> IntValue.of(depth0);
                    case "previtem" -> previous.orElse(new UndefinedValue("there is no previous item"));
                    case "nextitem" -> peek().orElse(new UndefinedValue("there is no next item"));
                    case "cycle" -> CallableValue.function("cycle", this::cycle);
                    case "changed" -> CallableValue.function("changed", this::changed);
                    default -> null;
                });
    }

    private Value cycle(Arguments arguments) {
        List<Value> items = arguments.only("cycle", 0, Integer.MAX_VALUE);
        if (items.isEmpty()) {
            throw TemplateException.render("cycle() needs at least one item");
        }
        return items.get(index0 % items.size());
    }

    private Value changed(Arguments arguments) {
        List<Value> values = arguments.only("changed", 0, Integer.MAX_VALUE);
        boolean same = lastChanged
                .filter(last -> sandbox.equal(sandbox.tuple(last), sandbox.tuple(values)))
                .isPresent();
        lastChanged = Optional.of(values);
        return BoolValue.of(!same);
    }

    @Override
    public String typeName() {
        return "LoopContext";
    }

    @Override
    public boolean truth() {
        return length() > 0;
    }
}
