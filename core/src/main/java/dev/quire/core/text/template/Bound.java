package dev.quire.core.text.template;

import java.util.List;
import java.util.Optional;

/** Arguments tied to the parameters of a function, read by position of the parameter. */
record Bound(String function, String[] parameters, List<Value> values) {

    Optional<Value> optional(int parameter) {
        return Optional.ofNullable(values.get(parameter));
    }

    Value required(int parameter) {
        return optional(parameter)
                .orElseThrow(() -> TemplateException.render(
                        function + "() missing required argument '" + parameters[parameter] + "'"));
    }

    Value or(int parameter, Value otherwise) {
        return optional(parameter).orElse(otherwise);
    }

    /** The argument, or none where it is missing or {@code none}. */
    Optional<Value> present(int parameter) {
        return optional(parameter).filter(value -> value != NoneValue.NONE);
    }

    boolean flag(int parameter, boolean otherwise) {
        return optional(parameter).map(Value::truth).orElse(otherwise);
    }

    String text(int parameter, String otherwise) {
        return optional(parameter).map(value -> Convert.text(value, function)).orElse(otherwise);
    }

    int integer(int parameter, int otherwise) {
        return optional(parameter).map(value -> Convert.index(value, function)).orElse(otherwise);
    }
}
