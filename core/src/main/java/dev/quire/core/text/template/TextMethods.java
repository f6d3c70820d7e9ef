package dev.quire.core.text.template;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The methods of a string. Positions count code points; none changes the string. */
final class TextMethods {

    /** What a method does to the string it is called on. */
    @FunctionalInterface
    interface Method {
        Value call(TextMethods methods, TextValue self, Arguments arguments);
    }

    private static final Map<String, Method> METHODS = methods();

    private final Sandbox sandbox;
    private final Attributes attributes;

    TextMethods(Sandbox sandbox, Attributes attributes) {
        this.sandbox = sandbox;
        this.attributes = attributes;
    }

    Sandbox sandbox() {
        return sandbox;
    }

    Optional<Value> find(TextValue self, String name) {
        return Optional.ofNullable(METHODS.get(name))
                .map(method -> CallableValue.function("str." + name, arguments -> {
                    sandbox.budget().chars(self.text().length());
                    return method.call(this, self, arguments);
                }));
    }

    private static Map<String, Method> methods() {
        Map<String, Method> methods = new HashMap<>();
        methods.putAll(TextCase.METHODS);
        methods.putAll(TextSplit.METHODS);
        methods.putAll(TextPadding.METHODS);
        methods.put("find", (m, self, arguments) -> IntValue.of(m.search(self, arguments, "find", false)));
        methods.put("rfind", (m, self, arguments) -> IntValue.of(m.search(self, arguments, "rfind", true)));
        methods.put("index", (m, self, arguments) -> m.index(self, arguments, "index", false));
        methods.put("rindex", (m, self, arguments) -> m.index(self, arguments, "rindex", true));
        methods.put("count", (m, self, arguments) -> m.count(self, arguments));
        methods.put("startswith", (m, self, arguments) -> m.affix(self, arguments, "startswith"));
        methods.put("endswith", (m, self, arguments) -> m.affix(self, arguments, "endswith"));
        methods.put("replace", (m, self, arguments) -> {
            List<Value> given = arguments.only("replace", 2, 3);
            int most = given.size() < 3 ? -1 : Convert.index(given.get(2), "replace");
            String old = Convert.text(given.get(0), "replace");
            return m.sandbox.text(m.replace(self.text(), old, Convert.text(given.get(1), "replace"), most), self);
        });
        methods.put("join", (m, self, arguments) -> m.join(self, arguments));
        methods.put(
                "format",
                (m, self, arguments) ->
                        m.sandbox.text(BraceFormat.format(self.text(), arguments, m.sandbox, m.attributes), self));
        methods.put("format_map", (m, self, arguments) -> {
            Map<String, Value> named = new HashMap<>();
            if (!(arguments.only("format_map", 1, 1).getFirst() instanceof DictValue dict)) {
                throw TemplateException.render("format_map() needs a dict");
            }
            dict.entries().values().forEach(entry -> named.put(m.sandbox.str(entry.key()), entry.value()));
            Arguments mapped = new Arguments(List.of(), named);
            return m.sandbox.text(BraceFormat.format(self.text(), mapped, m.sandbox, m.attributes), self);
        });
        return Map.copyOf(methods);
    }

    /** Replaces the first {@code most} occurrences, all where it is negative; an empty text is found between all characters. */
    String replace(String text, String old, String fresh, int most) {
        int limit = most < 0 ? Integer.MAX_VALUE : most;
        Writer out = new Writer(sandbox.budget());
        int from = 0;
        for (int at : old.isEmpty() ? TextSearch.boundaries(text, limit) : TextSearch.all(text, old, limit)) {
            out.append(text.substring(from, at)).append(fresh);
            from = at + old.length();
        }
        return out.append(text.substring(from)).toString();
    }

    /** The part of a string between optional positions, as {@code find(part, start, end)} takes them. */
    private record Window(String text, int start, boolean possible) {

        static Window of(String whole, List<Value> given) {
            if (given.size() < 2) {
                return new Window(whole, 0, true);
            }
            int size = CodePoints.length(whole);
            int start = position(given.get(1), 0, size);
            int end = Math.min(size, given.size() < 3 ? size : position(given.get(2), size, size));
            if (start > size || start > end) {
                return new Window("", start, false);
            }
            return new Window(
                    whole.substring(CodePoints.offset(whole, start), CodePoints.offset(whole, end)), start, true);
        }

        private static int position(Value value, int otherwise, int size) {
            if (value == NoneValue.NONE) {
                return otherwise;
            }
            int index = Convert.index(value, "position");
            return index < 0 ? Math.max(0, index + size) : index;
        }
    }

    private long search(TextValue self, Arguments arguments, String name, boolean last) {
        List<Value> given = arguments.only(name, 1, 3);
        String part = Convert.text(given.getFirst(), name);
        Window window = Window.of(self.text(), given);
        if (!window.possible()) {
            return -1;
        }
        int found = last ? TextSearch.lastIndexOf(window.text(), part) : TextSearch.indexOf(window.text(), part, 0);
        return found < 0 ? -1 : window.start() + CodePoints.index(window.text(), found);
    }

    private Value index(TextValue self, Arguments arguments, String name, boolean last) {
        long found = search(self, arguments, name, last);
        if (found < 0) {
            throw TemplateException.render("substring not found. Use find(), which returns -1 then.");
        }
        return IntValue.of(found);
    }

    private Value count(TextValue self, Arguments arguments) {
        List<Value> given = arguments.only("count", 1, 3);
        String part = Convert.text(given.getFirst(), "count");
        Window window = Window.of(self.text(), given);
        if (!window.possible()) {
            return IntValue.of(0);
        }
        return IntValue.of(
                part.isEmpty()
                        ? CodePoints.length(window.text()) + 1
                        : TextSearch.all(window.text(), part, Integer.MAX_VALUE).size());
    }

    private Value affix(TextValue self, Arguments arguments, String name) {
        List<Value> given = arguments.only(name, 1, 3);
        Window window = Window.of(self.text(), given);
        List<Value> candidates =
                given.getFirst() instanceof TupleValue tuple ? tuple.elements() : List.of(given.getFirst());
        for (Value candidate : candidates) {
            String part = Convert.text(candidate, name);
            boolean found = name.equals("startswith")
                    ? window.text().startsWith(part)
                    : window.text().endsWith(part);
            if (found && window.possible()) {
                return BoolValue.TRUE;
            }
        }
        return BoolValue.FALSE;
    }

    private Value join(TextValue self, Arguments arguments) {
        Writer out = new Writer(sandbox.budget());
        List<Value> parts = sandbox.drain(arguments.only("join", 1, 1).getFirst());
        for (int i = 0; i < parts.size(); i++) {
            if (!(parts.get(i) instanceof TextValue part)) {
                throw TemplateException.render("sequence item " + i + ": expected str instance, "
                        + parts.get(i).typeName() + " found. The join filter takes any value.");
            }
            out.append(i > 0 ? self.text() : "").append(part.text());
        }
        return sandbox.text(out.toString(), self);
    }
}
