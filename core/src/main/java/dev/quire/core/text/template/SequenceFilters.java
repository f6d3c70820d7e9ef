package dev.quire.core.text.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Filters on whole sequences, and the ones that choose a value. */
final class SequenceFilters {

    static final Map<String, Filter> FILTERS = filters();

    private SequenceFilters() {}

    private static Map<String, Filter> filters() {
        Map<String, Filter> filters = new HashMap<>();
        filters.put("default", SequenceFilters::otherwise);
        filters.put("d", SequenceFilters::otherwise);
        filters.put("length", SequenceFilters::length);
        filters.put("count", SequenceFilters::length);
        filters.put("first", SequenceFilters::first);
        filters.put("last", SequenceFilters::last);
        filters.put(
                "list",
                (environment, value, _) ->
                        environment.sandbox().list(environment.sandbox().drain(value)));
        filters.put("items", SequenceFilters::items);
        filters.put("reverse", SequenceFilters::reverse);
        filters.put("join", SequenceFilters::join);
        filters.put("sum", SequenceFilters::sum);
        filters.put("batch", SequenceFilters::batch);
        filters.put("slice", SequenceFilters::slice);
        filters.put("attr", (environment, value, arguments) -> {
            String name = Convert.text(arguments.bind("attr", "name").required(0), "attr");
            return value instanceof DictValue && !isMethod(environment, name)
                    ? UndefinedValue.attribute(value, name)
                    : environment.attributes().attribute(value, name);
        });
        return Map.copyOf(filters);
    }

    private static boolean isMethod(Filter.Environment environment, String name) {
        Value empty = environment.sandbox().dict(Map.of());
        return environment.attributes().attribute(empty, name) instanceof CallableValue;
    }

    private static Value otherwise(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("default", "default_value", "boolean");
        boolean replaced = value instanceof UndefinedValue || bound.flag(1, false) && !value.truth();
        return replaced ? bound.or(0, TextValue.EMPTY) : value;
    }

    private static Value length(Filter.Environment environment, Value value, Arguments arguments) {
        arguments.only("length", 0, 0);
        if (value instanceof TextValue text) {
            environment.sandbox().budget().spend(Shape.of(text).weight());
        }
        return IntValue.of(Convert.size(value)
                .orElseThrow(() -> TemplateException.render(
                        "object of type '" + value.typeName() + "' has no length. Apply the list filter first.")));
    }

    private static Value first(Filter.Environment environment, Value value, Arguments arguments) {
        arguments.only("first", 0, 0);
        Iterator<Value> elements = Convert.iterate(value);
        return elements.hasNext() ? elements.next() : new UndefinedValue("No first item, sequence was empty.");
    }

    private static Value last(Filter.Environment environment, Value value, Arguments arguments) {
        arguments.only("last", 0, 0);
        List<Value> elements = switch (value) {
            case SequenceValue sequence -> sequence.elements();
            case IteratorValue _ ->
                throw TemplateException.render(
                        "'" + value.typeName() + "' object is not reversible. Apply the list filter first.");
            default -> environment.sandbox().drain(value);
        };
        return elements.isEmpty() ? new UndefinedValue("No last item, sequence was empty.") : elements.getLast();
    }

    private static Value items(Filter.Environment environment, Value value, Arguments arguments) {
        arguments.only("items", 0, 0);
        return deferred(() -> switch (value) {
            case UndefinedValue _ -> List.of();
            case DictValue dict -> environment.sandbox().items(dict);
            default ->
                throw TemplateException.render(
                        "items needs a mapping, got '" + value.typeName() + "'. Check with 'is mapping' first.");
        });
    }

    private static Value deferred(Supplier<List<Value>> elements) {
        return IteratorValue.generator(new DeferredIterator(() -> elements.get().iterator()));
    }

    private static Value reverse(Filter.Environment environment, Value value, Arguments arguments) {
        arguments.only("reverse", 0, 0);
        Sandbox sandbox = environment.sandbox();
        if (value instanceof TextValue text) {
            Value back = IntValue.of(-1);
            return Slicing.slice(text, NoneValue.NONE, NoneValue.NONE, back, sandbox);
        }
        List<Value> elements = sandbox.drain(value);
        Collections.reverse(elements);
        return switch (value) {
            case IteratorValue _ -> sandbox.list(elements);
            default -> new IteratorValue("list_reverseiterator", elements.iterator());
        };
    }

    private static Value join(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("join", "d", "attribute");
        Sandbox sandbox = environment.sandbox();
        String separator = sandbox.str(bound.or(0, TextValue.EMPTY));
        Optional<List<Value>> path = bound.present(1).map(Attributes::steps);
        Writer out = new Writer(sandbox.budget());
        Iterator<Value> elements = Convert.iterate(value);
        boolean first = true;
        while (elements.hasNext()) {
            Value element = elements.next();
            Value shown = path.map(steps -> environment.attributes().path(element, steps))
                    .orElse(element);
            sandbox.budget().spend(1);
            out.append(first ? "" : separator).append(sandbox.str(shown));
            first = false;
        }
        return sandbox.text(out.toString());
    }

    private static Value sum(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("sum", "attribute", "start");
        Arithmetic arithmetic = new Arithmetic(environment.sandbox());
        Optional<List<Value>> path = bound.present(0).map(Attributes::steps);
        Value total = bound.or(1, IntValue.of(0));
        if (total instanceof TextValue) {
            throw TemplateException.render("sum cannot add strings. Use the join filter.");
        }
        Iterator<Value> elements = Convert.iterate(value);
        while (elements.hasNext()) {
            Value element = elements.next();
            Value term = path.map(steps -> environment.attributes().path(element, steps))
                    .orElse(element);
            total = arithmetic.apply(Expression.Operator.ADD, total, term);
        }
        return total;
    }

    private static Value batch(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("batch", "linecount", "fill_with");
        Sandbox sandbox = environment.sandbox();
        Value linecount = bound.required(0);
        return deferred(() -> batches(value, linecount, bound.present(1), sandbox));
    }

    private static List<Value> batches(Value value, Value linecount, Optional<Value> fill, Sandbox sandbox) {
        int size = Convert.index(linecount, "batch");
        List<Value> elements = sandbox.drain(value);
        List<Value> batches = new ArrayList<>();
        if (size == 0 && !elements.isEmpty()) {
            batches.add(sandbox.list(List.of()));
        }
        int step = size <= 0 ? elements.size() : Math.min(size, elements.size());
        for (int from = 0; from < elements.size(); from += step) {
            List<Value> batch = new ArrayList<>(elements.subList(from, Math.min(elements.size(), from + step)));
            sandbox.budget().items(fill.isPresent() ? Math.max(0, size) : 0);
            while (fill.isPresent() && batch.size() < size) {
                batch.add(fill.get());
            }
            batches.add(sandbox.list(batch));
        }
        return batches;
    }

    private static Value slice(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("slice", "slices", "fill_with");
        Sandbox sandbox = environment.sandbox();
        Value slices = bound.required(0);
        return deferred(() -> columns(value, Convert.index(slices, "slice"), bound.present(1), sandbox));
    }

    private static List<Value> columns(Value value, int slices, Optional<Value> fill, Sandbox sandbox) {
        List<Value> elements = sandbox.drain(value);
        if (slices == 0) {
            throw TemplateException.render("slice needs at least one slice");
        }
        sandbox.budget().items(Math.max(0, slices));
        int size = Math.floorDiv(elements.size(), slices);
        int longer = Math.floorMod(elements.size(), slices);
        List<Value> columns = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < slices; i++) {
            int to = from + size + (i < longer ? 1 : 0);
            List<Value> column = new ArrayList<>(elements.subList(from, to));
            if (i >= longer) {
                fill.ifPresent(column::add);
            }
            columns.add(sandbox.list(column));
            from = to;
        }
        return columns;
    }
}
