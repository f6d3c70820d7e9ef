package dev.quire.core.text.template;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The filters by name. */
final class Filters {

    private static final Map<String, Filter> ALL = all();

    private final Filter.Environment environment;

    Filters(Sandbox sandbox, Attributes attributes, Tests tests) {
        this.environment = new Filter.Environment(sandbox, attributes, tests, this);
    }

    private static Map<String, Filter> all() {
        Map<String, Filter> all = new HashMap<>();
        for (Map<String, Filter> group : List.of(
                TextFilters.FILTERS,
                LayoutFilters.FILTERS,
                NumberFilters.FILTERS,
                SequenceFilters.FILTERS,
                SortFilters.FILTERS,
                SelectionFilters.FILTERS)) {
            all.putAll(group);
        }
        all.put("tojson", JsonFilter::apply);
        return Map.copyOf(all);
    }

    static boolean exists(String name) {
        return ALL.containsKey(name);
    }

    static String unknown(String name) {
        return "no filter named '" + name + "'. Supported: "
                + String.join(", ", ALL.keySet().stream().sorted().toList()) + ".";
    }

    Value apply(String name, Value subject, Arguments arguments) {
        Filter filter = ALL.get(name);
        if (filter == null) {
            throw TokenStream.unsupported(unknown(name), 0);
        }
        environment.sandbox().budget().enter();
        Value value = filter.apply(environment, subject, arguments);
        environment.sandbox().budget().leave();
        return value;
    }
}
