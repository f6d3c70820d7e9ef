package dev.quire.core.text.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Writes a value as JSON in the layout of Python's {@code json.dumps}. */
final class JsonWriter {

    /**
     * How the text looks.
     *
     * @param ascii whether characters outside ASCII are escaped
     * @param indent what one level is indented by; none for a single line
     */
    record Style(boolean ascii, Optional<String> indent, String comma, String colon, boolean sortKeys) {}

    private final Style style;
    private final Sandbox sandbox;
    private final Writer out;

    private JsonWriter(Style style, Sandbox sandbox) {
        this.style = style;
        this.sandbox = sandbox;
        this.out = new Writer(sandbox.budget());
    }

    static String write(Value value, Style style, Sandbox sandbox) {
        JsonWriter writer = new JsonWriter(style, sandbox);
        writer.write(value, 0);
        return writer.out.toString();
    }

    private void write(Value value, int depth) {
        sandbox.budget().spend(1);
        switch (value) {
            case NoneValue _ -> out.append("null");
            case BoolValue bool -> out.append(bool == BoolValue.TRUE ? "true" : "false");
            case IntValue number -> out.append(number.value().toString());
            case FloatValue number -> out.append(real(number.value()));
            case TextValue text -> quote(text.text());
            case ListValue list -> array(list.elements(), depth);
            case TupleValue tuple -> array(tuple.elements(), depth);
            case DictValue dict -> object(dict, depth);
            default ->
                throw TemplateException.render("Object of type " + value.typeName()
                        + " is not JSON serializable. Apply the list filter first, or check with 'is defined'.");
        }
    }

    private static String real(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        return Double.isInfinite(number) ? (number > 0 ? "Infinity" : "-Infinity") : FloatText.repr(number);
    }

    private void array(List<Value> elements, int depth) {
        if (elements.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        Iterator<Value> iterator = elements.iterator();
        while (iterator.hasNext()) {
            breakLine(depth + 1);
            write(iterator.next(), depth + 1);
            out.append(iterator.hasNext() ? style.comma() : "");
        }
        breakLine(depth);
        out.append(']');
    }

    private void object(DictValue dict, int depth) {
        if (dict.entries().isEmpty()) {
            out.append("{}");
            return;
        }
        out.append('{');
        List<DictValue.Entry> entries = new ArrayList<>(dict.entries().values());
        if (style.sortKeys()) {
            entries = sorted(dict);
        }
        Iterator<DictValue.Entry> iterator = entries.iterator();
        while (iterator.hasNext()) {
            DictValue.Entry entry = iterator.next();
            breakLine(depth + 1);
            quote(key(entry.key()));
            out.append(style.colon());
            write(entry.value(), depth + 1);
            out.append(iterator.hasNext() ? style.comma() : "");
        }
        breakLine(depth);
        out.append('}');
    }

    private List<DictValue.Entry> sorted(DictValue dict) {
        return Ordering.sort(dict.keys(), key -> key, false, sandbox).stream()
                .map(key -> new DictValue.Entry(key, dict.get(key).orElseThrow()))
                .toList();
    }

    private static String key(Value key) {
        return switch (key) {
            case TextValue text -> text.text();
            case NoneValue _ -> "null";
            case BoolValue bool -> bool == BoolValue.TRUE ? "true" : "false";
            case IntValue number -> number.value().toString();
            case FloatValue number -> real(number.value());
            default ->
                throw TemplateException.render(
                        "JSON keys must be text, numbers, booleans or none, not " + key.typeName());
        };
    }

    private void breakLine(int depth) {
        style.indent().ifPresent(indent -> {
            out.append('\n');
            for (int i = 0; i < depth; i++) {
                out.append(indent);
            }
        });
    }

    private void quote(String text) {
        out.append('"');
        text.chars().forEach(unit -> escape((char) unit));
        out.append('"');
    }

    private void escape(char unit) {
        switch (unit) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            default ->
                out.append(
                        unit < 0x20 || style.ascii() && unit > 0x7e ? String.format("\\u%04x", (int) unit) : "" + unit);
        }
    }
}
