package dev.quire.core.text.template;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** {@code urlencode}: percent-encoding of a string, or of a dictionary as a query. */
final class UrlFilter {

    private static final String UNRESERVED = "_.-~";

    private UrlFilter() {}

    static Value apply(Filter.Environment environment, Value value, Arguments arguments) {
        arguments.only("urlencode", 0, 0);
        Sandbox sandbox = environment.sandbox();
        if (value instanceof TextValue || !Convert.isIterable(value)) {
            return sandbox.text(quote(sandbox.str(value), "/"));
        }
        List<Value> pairs = value instanceof DictValue dict ? sandbox.items(dict) : sandbox.drain(value);
        List<String> parts = new ArrayList<>();
        for (Value pair : pairs) {
            List<Value> both = sandbox.drain(pair);
            if (both.size() != 2) {
                throw TemplateException.render("urlencode needs pairs, got " + both.size() + " values");
            }
            parts.add(query(sandbox.str(both.get(0))) + "=" + query(sandbox.str(both.get(1))));
        }
        return sandbox.text(String.join("&", parts));
    }

    private static String query(String text) {
        return quote(text, "").replace("%20", "+");
    }

    private static String quote(String text, String kept) {
        StringBuilder quoted = new StringBuilder();
        for (byte unit : text.getBytes(StandardCharsets.UTF_8)) {
            char letter = (char) (unit & 0xff);
            boolean plain =
                    letter < 128 && (Character.isLetterOrDigit(letter) || (UNRESERVED + kept).indexOf(letter) >= 0);
            quoted.append(plain ? String.valueOf(letter) : String.format("%%%02X", unit & 0xff));
        }
        return quoted.toString();
    }
}
