package dev.quire.core.text.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a call passes.
 *
 * @param positional values in order
 * @param named values by keyword, in order
 */
record Arguments(List<Value> positional, Map<String, Value> named) {

    static final Arguments NONE = new Arguments(List.of(), Map.of());

    static Arguments of(Value... positional) {
        return new Arguments(List.of(positional), Map.of());
    }

    /** These arguments without the first {@code count} positional ones. */
    Arguments skip(int count) {
        return new Arguments(positional.subList(count, positional.size()), named);
    }

    Arguments without(String name) {
        Map<String, Value> rest = new LinkedHashMap<>(named);
        rest.remove(name);
        return new Arguments(positional, rest);
    }

    /** Ties these arguments to the parameters of a function; more of them, or an unknown keyword, is an error that names the choices. */
    Bound bind(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw TemplateException.render(function + "() takes at most " + parameters.length + " arguments ("
                    + positional.size() + " given). Parameters: " + Arrays.toString(parameters) + ".");
        }
        List<Value> values = new ArrayList<>(positional);
        while (values.size() < parameters.length) {
            values.add(null);
        }
        named.forEach((name, value) -> {
            int index = Arrays.asList(parameters).indexOf(name);
            if (index < 0) {
                throw TemplateException.render(function + "() got an unexpected keyword argument '" + name
                        + "'. Parameters: " + Arrays.toString(parameters) + ".");
            }
            if (values.set(index, value) != null) {
                throw TemplateException.render(function + "() got multiple values for argument '" + name + "'");
            }
        });
        return new Bound(function, parameters, values);
    }

    /** For functions that take positional arguments only: between {@code least} and {@code most} of them. */
    List<Value> only(String function, int least, int most) {
        if (!named.isEmpty()) {
            throw TemplateException.render(function + "() takes no keyword arguments");
        }
        if (positional.size() < least || positional.size() > most) {
            throw TemplateException.render(function + "() takes " + (least == most ? "" + least : least + " to " + most)
                    + " arguments (" + positional.size() + " given)");
        }
        return positional;
    }
}
