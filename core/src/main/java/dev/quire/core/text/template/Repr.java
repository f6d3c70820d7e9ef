package dev.quire.core.text.template;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** {@code str(value)} and {@code repr(value)} as Python prints them. */
final class Repr {

    private final Writer out;
    private final Budget budget;
    private int depth;

    private Repr(Sandbox sandbox) {
        this.budget = sandbox.budget();
        this.out = new Writer(budget);
    }

    static String str(Value value, Sandbox sandbox) {
        return switch (value) {
            case TextValue text -> text.text();
            case UndefinedValue _ -> "";
            default -> repr(value, sandbox);
        };
    }

    static String repr(Value value, Sandbox sandbox) {
        Repr repr = new Repr(sandbox);
        repr.write(value);
        return repr.out.toString();
    }

    private void write(Value value) {
        budget.spend(1);
        if (++depth > budget.maxNesting()) {
            throw TemplateException.limit("printed value nests deeper than maxNesting=" + budget.maxNesting() + ".");
        }
        switch (value) {
            case NoneValue _ -> out.append("None");
            case UndefinedValue _ -> out.append("Undefined");
            case BoolValue bool -> out.append(bool == BoolValue.TRUE ? "True" : "False");
            case IntValue number -> out.append(number.value().toString());
            case FloatValue number -> out.append(FloatText.repr(number.value()));
            case TextValue text
            when text.markup() -> {
                out.append("Markup(");
                quote(text.text());
                out.append(")");
            }
            case TextValue text -> quote(text.text());
            case ListValue list -> sequence("[", list.elements(), "]");
            case TupleValue tuple ->
                sequence("(", tuple.elements(), tuple.elements().size() == 1 ? ",)" : ")");
            case RangeValue range ->
                out.append("range(" + range.start() + ", " + range.stop()
                        + (range.step() == 1 ? "" : ", " + range.step()) + ")");
            case DictValue dict -> dict(dict);
            case DictView view -> sequence(view.typeName() + "([", view.elements(), "])");
            case NamespaceValue namespace -> namespace(namespace);
            case LoopValue loop -> out.append("<LoopContext " + (loop.index0() + 1) + "/" + loop.length() + ">");
            case CallableValue callable
            when callable.name().isEmpty() -> out.append("<" + callable.typeName() + " anonymous>");
            case CallableValue callable -> out.append("<" + callable.typeName() + " '" + callable.name() + "'>");
            case IteratorValue _, CyclerValue _ -> out.append("<" + value.typeName() + " object>");
        }
        depth--;
    }

    private void sequence(String open, List<Value> elements, String close) {
        out.append(open);
        String separator = "";
        for (Value element : elements) {
            out.append(separator);
            write(element);
            separator = ", ";
        }
        out.append(close);
    }

    private void dict(DictValue dict) {
        out.append("{");
        String separator = "";
        for (DictValue.Entry entry : dict.entries().values()) {
            out.append(separator);
            write(entry.key());
            out.append(": ");
            write(entry.value());
            separator = ", ";
        }
        out.append("}");
    }

    private void namespace(NamespaceValue namespace) {
        out.append("<Namespace {");
        Iterator<Map.Entry<String, Value>> entries =
                namespace.attributes().entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<String, Value> entry = entries.next();
            quote(entry.getKey());
            out.append(": ");
            write(entry.getValue());
            out.append(entries.hasNext() ? ", " : "");
        }
        out.append("}>");
    }

    private void quote(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(codePoint -> escape(codePoint, quote));
        out.append(quote);
    }

    private void escape(int codePoint, char quote) {
        switch (codePoint) {
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (codePoint == quote) {
                    out.append('\\').append(quote);
                } else if (CodePoints.isPrintable(codePoint)) {
                    out.appendCodePoint(codePoint);
                } else if (codePoint < 0x100) {
                    out.append(String.format("\\x%02x", codePoint));
                } else {
                    out.append(String.format(codePoint < 0x10000 ? "\\u%04x" : "\\U%08x", codePoint));
                }
            }
        }
    }
}
