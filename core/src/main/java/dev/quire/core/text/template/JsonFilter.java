package dev.quire.core.text.template;

import java.util.List;
import java.util.Optional;

/** {@code tojson} as Transformers defines it: plain JSON, not escaped for HTML, non-ASCII characters kept unless asked otherwise. */
final class JsonFilter {

    private JsonFilter() {}

    static Value apply(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
        Sandbox sandbox = environment.sandbox();
        Optional<String> indent = bound.present(1).map(width -> indentation(width, sandbox));
        String comma = indent.isPresent() ? "," : ", ";
        String colon = ": ";
        if (bound.present(2).isPresent()) {
            List<Value> separators = sandbox.drain(bound.required(2));
            if (separators.size() != 2) {
                throw TemplateException.render("tojson separators are a pair, as (',', ':')");
            }
            comma = Convert.text(separators.get(0), "tojson");
            colon = Convert.text(separators.get(1), "tojson");
        }
        JsonWriter.Style style = new JsonWriter.Style(bound.flag(0, false), indent, comma, colon, bound.flag(3, false));
        return sandbox.text(JsonWriter.write(value, style, sandbox));
    }

    private static String indentation(Value width, Sandbox sandbox) {
        return width instanceof TextValue written
                ? written.text()
                : TextPadding.pad("", Math.max(0, Convert.index(width, "tojson indent")), 0, " ", sandbox);
    }
}
