package dev.quire.core.text.template;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Filters that map or choose elements. They work as elements are asked for. */
final class SelectionFilters {

    static final Map<String, Filter> FILTERS = Map.of(
            "map", SelectionFilters::map,
            "select", (environment, value, arguments) -> select(environment, value, arguments, true, false),
            "reject", (environment, value, arguments) -> select(environment, value, arguments, false, false),
            "selectattr", (environment, value, arguments) -> select(environment, value, arguments, true, true),
            "rejectattr", (environment, value, arguments) -> select(environment, value, arguments, false, true));

    private SelectionFilters() {}

    private static Value map(Filter.Environment environment, Value value, Arguments arguments) {
        UnaryOperator<Value> change = change(environment, arguments);
        Iterator<Value> elements = elements(value);
        return IteratorValue.generator(new LookaheadIterator(environment.sandbox()) {
            @Override
            Optional<Value> find() {
                environment.sandbox().budget().spend(1);
                return elements.hasNext() ? Optional.of(change.apply(elements.next())) : Optional.empty();
            }
        });
    }

    /** The elements, none where the value is empty or false. */
    private static Iterator<Value> elements(Value value) {
        return new DeferredIterator(
                () -> value.truth() ? Convert.iterate(value) : List.<Value>of().iterator());
    }

    private static UnaryOperator<Value> change(Filter.Environment environment, Arguments arguments) {
        if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
            Map<String, Value> named = new LinkedHashMap<>(arguments.named());
            List<Value> steps = Attributes.steps(named.remove("attribute"));
            Optional<Value> otherwise =
                    Optional.ofNullable(named.remove("default")).filter(given -> given != NoneValue.NONE);
            if (!named.isEmpty()) {
                throw TemplateException.render("map got an unexpected keyword argument '"
                        + named.keySet().iterator().next() + "'. With attribute, only default can follow.");
            }
            return element -> {
                Value found = element;
                for (Value step : steps) {
                    found = environment.attributes().item(found, step);
                    found = found instanceof UndefinedValue ? otherwise.orElse(found) : found;
                }
                return found;
            };
        }
        if (arguments.positional().isEmpty()) {
            throw TemplateException.render("map needs the name of a filter, or attribute=");
        }
        String filter = Convert.text(arguments.positional().getFirst(), "map");
        return element -> environment.filters().apply(filter, element, arguments.skip(1));
    }

    private static Value select(
            Filter.Environment environment, Value value, Arguments arguments, boolean wanted, boolean byAttribute) {
        Predicate<Value> chosen = choice(environment, arguments, byAttribute);
        Iterator<Value> elements = elements(value);
        return IteratorValue.generator(new LookaheadIterator(environment.sandbox()) {
            @Override
            Optional<Value> find() {
                while (elements.hasNext()) {
                    environment.sandbox().budget().spend(1);
                    Value element = elements.next();
                    if (chosen.test(element) == wanted) {
                        return Optional.of(element);
                    }
                }
                return Optional.empty();
            }
        });
    }

    private static Predicate<Value> choice(Filter.Environment environment, Arguments arguments, boolean byAttribute) {
        List<Value> positional = arguments.positional();
        if (byAttribute && positional.isEmpty()) {
            throw TemplateException.render("selectattr and rejectattr need the name of an attribute");
        }
        List<Value> steps = byAttribute ? Attributes.steps(positional.getFirst()) : List.of();
        int test = byAttribute ? 1 : 0;
        if (positional.size() <= test) {
            return element -> environment.attributes().path(element, steps).truth();
        }
        String name = Convert.text(positional.get(test), "select");
        Arguments rest = arguments.skip(test + 1);
        return element ->
                environment.tests().holds(name, environment.attributes().path(element, steps), rest);
    }
}
