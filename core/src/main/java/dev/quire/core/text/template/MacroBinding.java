package dev.quire.core.text.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ties the arguments of a call to a macro's parameters. A macro that mentions {@code varargs} or {@code kwargs} takes more than it
 * names; one that mentions {@code caller} can be used with a call block.
 */
record MacroBinding(String name, Statement.Signature signature, Sandbox sandbox, Evaluator evaluator) {

    static Map<String, Value> attributes(String name, Value arguments, Statement.Signature signature) {
        return Map.of(
                "name", new TextValue(name),
                "arguments", arguments,
                "catch_kwargs", BoolValue.of(signature.mentioned().contains("kwargs")),
                "catch_varargs", BoolValue.of(signature.mentioned().contains("varargs")),
                "caller", BoolValue.of(signature.mentioned().contains("caller")));
    }

    void bind(Arguments arguments, Scope scope) {
        Map<String, Value> named = new LinkedHashMap<>(arguments.named());
        List<Value> positional = arguments.positional();
        int count = signature.names().size();
        for (int i = 0; i < count; i++) {
            String parameter = signature.names().get(i);
            if (i < positional.size()) {
                scope.set(parameter, positional.get(i));
            } else if (named.containsKey(parameter)) {
                scope.set(parameter, named.remove(parameter));
            } else {
                scope.set(parameter, missing(i, scope));
            }
        }
        bindSpecial(named, positional.subList(Math.min(count, positional.size()), positional.size()), scope);
    }

    private Value missing(int parameter, Scope scope) {
        int firstDefault = signature.names().size() - signature.defaults().size();
        return parameter >= firstDefault
                ? evaluator.evaluate(signature.defaults().get(parameter - firstDefault), scope)
                : new UndefinedValue("parameter '" + signature.names().get(parameter) + "' of macro '" + name
                        + "' was not provided");
    }

    private void bindSpecial(Map<String, Value> named, List<Value> extra, Scope scope) {
        if (signature.mentioned().contains("caller")) {
            Value caller = named.remove("caller");
            scope.set("caller", caller == null ? new UndefinedValue("No caller defined") : caller);
        }
        if (signature.mentioned().contains("kwargs")) {
            scope.set("kwargs", sandbox.dict(named));
        } else if (!named.isEmpty()) {
            throw TemplateException.render("macro '" + name + "' takes no keyword argument '"
                    + named.keySet().iterator().next() + "'. Parameters: " + signature.names() + ".");
        }
        if (signature.mentioned().contains("varargs")) {
            scope.set("varargs", sandbox.tuple(extra));
        } else if (!extra.isEmpty()) {
            throw TemplateException.render("macro '" + name + "' takes not more than "
                    + signature.names().size() + " argument(s). Parameters: " + signature.names() + ".");
        }
    }
}
