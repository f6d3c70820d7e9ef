package dev.quire.core.text.template;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The methods of a string that fill it up to a width. */
final class TextPadding {

    static final Map<String, TextMethods.Method> METHODS = methods();

    private TextPadding() {}

    private static Map<String, TextMethods.Method> methods() {
        Map<String, TextMethods.Method> methods = new HashMap<>();
        methods.put("center", (m, self, arguments) -> pad(m, self, arguments, "center"));
        methods.put("ljust", (m, self, arguments) -> pad(m, self, arguments, "ljust"));
        methods.put("rjust", (m, self, arguments) -> pad(m, self, arguments, "rjust"));
        methods.put("zfill", (m, self, arguments) -> zfill(m, self, arguments));
        methods.put("expandtabs", (m, self, arguments) -> {
            int size = arguments.bind("expandtabs", "tabsize").integer(0, 8);
            return m.sandbox().text(expandTabs(self.text(), size, m.sandbox()), self);
        });
        return Map.copyOf(methods);
    }

    private static Value pad(TextMethods m, TextValue self, Arguments arguments, String name) {
        List<Value> given = arguments.only(name, 1, 2);
        int width = Convert.index(given.get(0), name);
        String fill = given.size() > 1 ? Convert.text(given.get(1), name) : " ";
        if (CodePoints.length(fill) != 1) {
            throw TemplateException.render("the fill character must be exactly one character long");
        }
        return switch (name) {
            case "ljust" -> m.sandbox().text(pad(self.text(), 0, missing(self.text(), width), fill, m.sandbox()), self);
            case "rjust" -> m.sandbox().text(pad(self.text(), missing(self.text(), width), 0, fill, m.sandbox()), self);
            default -> m.sandbox().text(center(self.text(), width, fill, m.sandbox()), self);
        };
    }

    static String center(String text, int width, String fill, Sandbox sandbox) {
        int missing = missing(text, width);
        int left = missing / 2 + (missing & width & 1);
        return pad(text, left, missing - left, fill, sandbox);
    }

    private static int missing(String text, int width) {
        return Math.max(0, width - CodePoints.length(text));
    }

    static String pad(String text, int left, int right, String fill, Sandbox sandbox) {
        sandbox.budget().chars(text.length() + (long) fill.length() * ((long) left + right));
        return fill.repeat(left) + text + fill.repeat(right);
    }

    private static Value zfill(TextMethods m, TextValue self, Arguments arguments) {
        String text = self.text();
        int missing = missing(text, Convert.index(arguments.only("zfill", 1, 1).getFirst(), "zfill"));
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String sign = signed ? text.substring(0, 1) : "";
        return m.sandbox().text(sign + pad(text.substring(sign.length()), missing, 0, "0", m.sandbox()), self);
    }

    private static String expandTabs(String text, int size, Sandbox sandbox) {
        Writer out = new Writer(sandbox.budget());
        int column = 0;
        for (int codePoint : text.codePoints().toArray()) {
            if (codePoint == '\t') {
                int blanks = size > 0 ? size - column % size : 0;
                sandbox.budget().chars(blanks);
                out.append(" ".repeat(blanks));
                column += blanks;
            } else {
                out.appendCodePoint(codePoint);
                column = codePoint == '\n' || codePoint == '\r' ? 0 : column + 1;
            }
        }
        return out.toString();
    }
}
