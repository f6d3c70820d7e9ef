package dev.quire.core.text.template;

import java.util.List;
import java.util.Map;

/** Filters that lay text out: indentation, width, length. */
final class LayoutFilters {

    static final Map<String, Filter> FILTERS = Map.of(
            "indent", LayoutFilters::indent,
            "center", LayoutFilters::center,
            "truncate", LayoutFilters::truncate);

    private LayoutFilters() {}

    private static Value indent(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("indent", "width", "first", "blank");
        Sandbox sandbox = environment.sandbox();
        TextValue text = needText(value, "indent");
        sandbox.budget().chars(text.text().length());
        Value width = bound.or(0, IntValue.of(4));
        String indentation = width instanceof TextValue written
                ? written.text()
                : TextPadding.pad("", Math.max(0, Convert.index(width, "indent")), 0, " ", sandbox);
        boolean blank = bound.flag(2, false);
        List<String> lines = TextSplit.lines(text.text() + "\n", false);
        Writer out = new Writer(sandbox.budget());
        out.append(bound.flag(1, false) ? indentation : "");
        for (int i = 0; i < lines.size(); i++) {
            boolean indented = i > 0 && (blank || !lines.get(i).isEmpty());
            out.append(i > 0 ? "\n" : "").append(indented ? indentation : "").append(lines.get(i));
        }
        return sandbox.text(out.toString(), text);
    }

    private static TextValue needText(Value value, String filter) {
        if (value instanceof TextValue text) {
            return text;
        }
        Convert.text(value, filter);
        return TextValue.EMPTY;
    }

    private static Value center(Filter.Environment environment, Value value, Arguments arguments) {
        int width = arguments.bind("center", "width").integer(0, 80);
        TextValue text = TextFilters.text(environment, value);
        return environment.sandbox().text(TextPadding.center(text.text(), width, " ", environment.sandbox()), text);
    }

    private static Value truncate(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("truncate", "length", "killwords", "end", "leeway");
        int length = bound.integer(0, 255);
        String end = bound.text(2, "...");
        int leeway = bound.present(3)
                .map(number -> Convert.index(number, "truncate"))
                .orElse(5);
        int kept = length - CodePoints.length(end);
        if (kept < 0 || leeway < 0) {
            throw TemplateException.render("truncate needs length >= " + CodePoints.length(end)
                    + " and leeway >= 0, got length=" + length + " leeway=" + leeway);
        }
        if (Convert.size(value).filter(size -> size <= (long) length + leeway).isPresent()) {
            return value;
        }
        TextValue text = needText(value, "truncate");
        String cut = text.text().substring(0, CodePoints.offset(text.text(), kept));
        int lastSpace = cut.lastIndexOf(' ');
        boolean words = !bound.flag(1, false) && lastSpace >= 0;
        return environment.sandbox().text((words ? cut.substring(0, lastSpace) : cut) + end, text);
    }
}
