package dev.quire.core.text.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/** The methods of a string that cut it: strip, split and their kin. */
final class TextSplit {

    static final Map<String, TextMethods.Method> METHODS = methods();

    /** Which ends of a string are meant. */
    enum Side {
        LEFT,
        RIGHT,
        BOTH
    }

    private TextSplit() {}

    private static Map<String, TextMethods.Method> methods() {
        Map<String, TextMethods.Method> methods = new HashMap<>();
        methods.put("strip", (m, self, arguments) -> strip(m, self, arguments, "strip", Side.BOTH));
        methods.put("lstrip", (m, self, arguments) -> strip(m, self, arguments, "lstrip", Side.LEFT));
        methods.put("rstrip", (m, self, arguments) -> strip(m, self, arguments, "rstrip", Side.RIGHT));
        methods.put("split", (m, self, arguments) -> split(m, self, arguments, "split", Side.LEFT));
        methods.put("rsplit", (m, self, arguments) -> split(m, self, arguments, "rsplit", Side.RIGHT));
        methods.put("splitlines", (m, self, arguments) -> {
            boolean keepEnds = arguments.bind("splitlines", "keepends").flag(0, false);
            return texts(m, self, lines(self.text(), keepEnds));
        });
        methods.put("partition", (m, self, arguments) -> partition(m, self, arguments, "partition", Side.LEFT));
        methods.put("rpartition", (m, self, arguments) -> partition(m, self, arguments, "rpartition", Side.RIGHT));
        methods.put("removeprefix", (m, self, arguments) -> {
            String prefix = Convert.text(arguments.only("removeprefix", 1, 1).getFirst(), "removeprefix");
            String text = self.text();
            return m.sandbox().text(text.startsWith(prefix) ? text.substring(prefix.length()) : text, self);
        });
        methods.put("removesuffix", (m, self, arguments) -> {
            String suffix = Convert.text(arguments.only("removesuffix", 1, 1).getFirst(), "removesuffix");
            String text = self.text();
            return m.sandbox()
                    .text(text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text, self);
        });
        return Map.copyOf(methods);
    }

    private static Value texts(TextMethods m, TextValue like, List<String> parts) {
        return m.sandbox()
                .list(parts.stream()
                        .map(part -> new TextValue(part, like.markup()))
                        .toList());
    }

    private static Value strip(TextMethods m, TextValue self, Arguments arguments, String name, Side side) {
        List<Value> given = arguments.only(name, 0, 1);
        Value chars = given.isEmpty() ? NoneValue.NONE : given.getFirst();
        return m.sandbox().text(strip(self.text(), chars, side), self);
    }

    /** The text without the characters of {@code chars} at its ends; without white space where {@code chars} is none. */
    static String strip(String text, Value chars, Side side) {
        IntPredicate goes;
        if (chars == NoneValue.NONE) {
            goes = CodePoints::isSpace;
        } else {
            Set<Integer> set = new HashSet<>();
            Convert.text(chars, "strip").codePoints().forEach(set::add);
            goes = set::contains;
        }
        int start = 0;
        int end = text.length();
        while (side != Side.RIGHT && start < end && goes.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (side != Side.LEFT && end > start && goes.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    private static Value split(TextMethods m, TextValue self, Arguments arguments, String name, Side from) {
        Bound bound = arguments.bind(name, "sep", "maxsplit");
        int most = bound.integer(1, -1) < 0 ? Integer.MAX_VALUE : bound.integer(1, -1);
        List<String> parts = bound.present(0)
                .map(separator -> splitAt(self.text(), Convert.text(separator, name), most, from))
                .orElseGet(() -> splitAtSpace(self.text(), most, from));
        return texts(m, self, parts);
    }

    private static List<String> splitAt(String text, String separator, int most, Side from) {
        if (separator.isEmpty()) {
            throw TemplateException.render("empty separator. Use the list filter to split into characters.");
        }
        if (from == Side.RIGHT) {
            return splitFromRight(text, separator, most);
        }
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int at : TextSearch.all(text, separator, most)) {
            parts.add(text.substring(start, at));
            start = at + separator.length();
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static List<String> splitFromRight(String text, String separator, int most) {
        String mirrored = TextSearch.mirrored(text);
        List<String> parts = new ArrayList<>();
        for (String part : splitAt(mirrored, TextSearch.mirrored(separator), most, Side.LEFT)) {
            parts.add(TextSearch.mirrored(part));
        }
        Collections.reverse(parts);
        return parts;
    }

    private static List<String> splitAtSpace(String text, int most, Side from) {
        if (from == Side.RIGHT) {
            List<String> parts = new ArrayList<>();
            for (String part : splitAtSpace(TextSearch.mirrored(text), most, Side.LEFT)) {
                parts.add(TextSearch.mirrored(part));
            }
            Collections.reverse(parts);
            return parts;
        }
        List<String> parts = new ArrayList<>();
        int position = skip(text, 0, true);
        while (position < text.length()) {
            if (parts.size() == most) {
                parts.add(text.substring(position));
                break;
            }
            int end = skip(text, position, false);
            parts.add(text.substring(position, end));
            position = skip(text, end, true);
        }
        return parts;
    }

    private static int skip(String text, int from, boolean space) {
        int position = from;
        while (position < text.length() && CodePoints.isSpace(text.charAt(position)) == space) {
            position++;
        }
        return position;
    }

    /** The lines of a text, with their ends or without; {@code \r\n} is one end. */
    static List<String> lines(String text, boolean keepEnds) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = start;
            while (end < text.length() && !CodePoints.isLineEnd(text.charAt(end))) {
                end++;
            }
            int next = Math.min(text.length(), text.startsWith("\r\n", end) ? end + 2 : end + 1);
            lines.add(text.substring(start, keepEnds ? next : end));
            start = next;
        }
        return lines;
    }

    private static Value partition(TextMethods m, TextValue self, Arguments arguments, String name, Side from) {
        String separator = Convert.text(arguments.only(name, 1, 1).getFirst(), name);
        if (separator.isEmpty()) {
            throw TemplateException.render("empty separator");
        }
        String text = self.text();
        int at = from == Side.LEFT ? TextSearch.indexOf(text, separator, 0) : TextSearch.lastIndexOf(text, separator);
        List<String> parts;
        if (at >= 0) {
            parts = List.of(text.substring(0, at), separator, text.substring(at + separator.length()));
        } else {
            parts = from == Side.LEFT ? List.of(text, "", "") : List.of("", "", text);
        }
        return m.sandbox()
                .tuple(parts.stream()
                        .map(part -> new TextValue(part, self.markup()))
                        .toList());
    }
}
