package dev.quire.core.text.template;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Filters that order, group and tell apart. Strings compare without case unless {@code case_sensitive} is set. */
final class SortFilters {

    static final Map<String, Filter> FILTERS = Map.of(
            "sort", SortFilters::sort,
            "dictsort", SortFilters::dictSort,
            "unique", SortFilters::unique,
            "groupby", SortFilters::groupBy,
            "min", (environment, value, arguments) -> extreme(environment, value, arguments, "min"),
            "max", (environment, value, arguments) -> extreme(environment, value, arguments, "max"));

    private SortFilters() {}

    private static Value folded(Value value, boolean caseSensitive) {
        return value instanceof TextValue text && !caseSensitive ? new TextValue(TextCase.lower(text.text())) : value;
    }

    /** What elements are compared by: the value at a path, folded. */
    private static Function<Value, Value> key(
            Filter.Environment environment, Optional<Value> path, boolean caseSensitive) {
        List<Value> steps = path.map(Attributes::steps).orElse(List.of());
        return value -> folded(environment.attributes().path(value, steps), caseSensitive);
    }

    private static Value sort(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
        Sandbox sandbox = environment.sandbox();
        boolean caseSensitive = bound.flag(1, false);
        List<Function<Value, Value>> keys = new ArrayList<>();
        if (bound.present(2).orElse(NoneValue.NONE) instanceof TextValue several) {
            for (String path : several.text().split(",", -1)) {
                keys.add(key(environment, Optional.of(new TextValue(path)), caseSensitive));
            }
        } else {
            keys.add(key(environment, bound.present(2), caseSensitive));
        }
        Function<Value, Value> all = element ->
                sandbox.list(keys.stream().map(one -> one.apply(element)).toList());
        return sandbox.list(Ordering.sort(sandbox.drain(value), all, bound.flag(0, false), sandbox));
    }

    private static Value dictSort(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
        if (value instanceof UndefinedValue undefined) {
            throw undefined.failure();
        }
        if (!(value instanceof DictValue dict)) {
            throw TemplateException.render("dictsort needs a mapping, got '" + value.typeName() + "'");
        }
        String by = bound.text(1, "key");
        if (!by.equals("key") && !by.equals("value")) {
            throw TemplateException.render("dictsort cannot sort by '" + by + "'. Choices: key, value.");
        }
        int part = by.equals("key") ? 0 : 1;
        boolean caseSensitive = bound.flag(0, false);
        Function<Value, Value> key =
                pair -> folded(((TupleValue) pair).elements().get(part), caseSensitive);
        Sandbox sandbox = environment.sandbox();
        return sandbox.list(Ordering.sort(sandbox.items(dict), key, bound.flag(2, false), sandbox));
    }

    private static Value unique(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("unique", "case_sensitive", "attribute");
        Function<Value, Value> key = key(environment, bound.present(1), bound.flag(0, false));
        Iterator<Value> elements = new DeferredIterator(() -> Convert.iterate(value));
        Set<Object> seen = new HashSet<>();
        return IteratorValue.generator(new LookaheadIterator(environment.sandbox()) {
            @Override
            Optional<Value> find() {
                while (elements.hasNext()) {
                    Value element = elements.next();
                    Value told = key.apply(element);
                    environment.sandbox().budget().spend(Shape.of(told).weight());
                    if (seen.add(Equality.key(told))) {
                        return Optional.of(element);
                    }
                }
                return Optional.empty();
            }
        });
    }

    private static Value groupBy(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("groupby", "attribute", "default", "case_sensitive");
        Sandbox sandbox = environment.sandbox();
        List<Value> steps = Attributes.steps(bound.required(0));
        Function<Value, Value> shown = element -> {
            Value found = element;
            for (Value step : steps) {
                found = environment.attributes().item(found, step);
                found = found instanceof UndefinedValue ? bound.present(1).orElse(found) : found;
            }
            return found;
        };
        boolean caseSensitive = bound.flag(2, false);
        Function<Value, Value> key = element -> folded(shown.apply(element), caseSensitive);
        List<Value> groups = new ArrayList<>();
        List<Value> group = new ArrayList<>();
        for (Value element : Ordering.sort(sandbox.drain(value), key, false, sandbox)) {
            if (!group.isEmpty() && !sandbox.equal(key.apply(group.getFirst()), key.apply(element))) {
                groups.add(group(shown.apply(group.getFirst()), group, sandbox));
                group.clear();
            }
            group.add(element);
        }
        if (!group.isEmpty()) {
            groups.add(group(shown.apply(group.getFirst()), group, sandbox));
        }
        return sandbox.list(groups);
    }

    private static Value group(Value shared, List<Value> group, Sandbox sandbox) {
        return sandbox.tuple(List.of(shared, sandbox.list(group)), List.of("grouper", "list"));
    }

    private static Value extreme(Filter.Environment environment, Value value, Arguments arguments, String name) {
        Bound bound = arguments.bind(name, "case_sensitive", "attribute");
        Function<Value, Value> key = key(environment, bound.present(1), bound.flag(0, false));
        Iterator<Value> elements = Convert.iterate(value);
        if (!elements.hasNext()) {
            return new UndefinedValue("No aggregated item, sequence was empty.");
        }
        Value best = elements.next();
        Value bestKey = key.apply(best);
        while (elements.hasNext()) {
            Value element = elements.next();
            Value candidate = key.apply(element);
            environment
                    .sandbox()
                    .budget()
                    .spend(Math.min(
                            Shape.of(candidate).weight(), Shape.of(bestKey).weight()));
            int sign = Ordering.compare(candidate, bestKey, name.equals("min") ? "<" : ">");
            if (name.equals("min") ? sign < 0 : sign > 0) {
                best = element;
                bestKey = candidate;
            }
        }
        return best;
    }
}
