package dev.quire.core.text.template;

import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Filters that make a string from a value's text. */
final class TextFilters {

    private static final Pattern WORD_START = Pattern.compile("[-\\s({\\[<]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

    static final Map<String, Filter> FILTERS = filters();

    private TextFilters() {}

    private static Map<String, Filter> filters() {
        Map<String, Filter> filters = new HashMap<>();
        change(filters, "upper", TextCase::upper);
        change(filters, "lower", TextCase::lower);
        change(filters, "capitalize", TextCase::capitalize);
        change(filters, "title", TextFilters::title);
        filters.put("string", (environment, value, _) -> text(environment, value));
        filters.put(
                "safe",
                (environment, value, _) ->
                        marked(environment, environment.sandbox().str(value)));
        filters.put("escape", TextFilters::escape);
        filters.put("e", TextFilters::escape);
        filters.put(
                "forceescape",
                (environment, value, _) ->
                        marked(environment, Html.escape(environment.sandbox().str(value))));
        filters.put("trim", (environment, value, arguments) -> {
            Value chars = arguments.bind("trim", "chars").or(0, NoneValue.NONE);
            TextValue text = text(environment, value);
            return environment.sandbox().text(TextSplit.strip(text.text(), chars, TextSplit.Side.BOTH), text);
        });
        filters.put("replace", TextFilters::replace);
        filters.put("format", TextFilters::format);
        filters.put(
                "wordcount",
                (environment, value, _) -> IntValue.of(
                        WORD.matcher(text(environment, value).text()).results().count()));
        filters.put("urlencode", UrlFilter::apply);
        return Map.copyOf(filters);
    }

    private static void change(Map<String, Filter> filters, String name, UnaryOperator<String> change) {
        filters.put(name, (environment, value, arguments) -> {
            arguments.only(name, 0, 0);
            TextValue text = text(environment, value);
            return environment.sandbox().text(change.apply(text.text()), text);
        });
    }

    /** A value's text, marked as markup where it was. */
    static TextValue text(Filter.Environment environment, Value value) {
        if (value instanceof TextValue text) {
            environment.sandbox().budget().chars(text.text().length());
            return text;
        }
        return environment.sandbox().text(environment.sandbox().str(value));
    }

    private static Value marked(Filter.Environment environment, String text) {
        environment.sandbox().budget().chars(text.length());
        return new TextValue(text, true);
    }

    private static Value escape(Filter.Environment environment, Value value, Arguments arguments) {
        arguments.only("escape", 0, 0);
        return value instanceof TextValue text && text.markup()
                ? text
                : marked(environment, Html.escape(environment.sandbox().str(value)));
    }

    /** Capitals after white space, hyphens and opening brackets only, unlike the method of the same name. */
    private static String title(String text) {
        StringBuilder titled = new StringBuilder(text.length());
        Matcher breaks = WORD_START.matcher(text);
        int from = 0;
        while (breaks.find()) {
            titled.append(word(text.substring(from, breaks.start()))).append(breaks.group());
            from = breaks.end();
        }
        return titled.append(word(text.substring(from))).toString();
    }

    private static String word(String word) {
        if (word.isEmpty()) {
            return word;
        }
        int rest = word.offsetByCodePoints(0, 1);
        return TextCase.upper(word.substring(0, rest)) + TextCase.lower(word.substring(rest));
    }

    private static Value replace(Filter.Environment environment, Value value, Arguments arguments) {
        Bound bound = arguments.bind("replace", "old", "new", "count");
        Sandbox sandbox = environment.sandbox();
        String text = text(environment, value).text();
        int count = bound.present(2).map(most -> Convert.index(most, "replace")).orElse(-1);
        String replaced = new TextMethods(sandbox, environment.attributes())
                .replace(text, sandbox.str(bound.required(0)), sandbox.str(bound.required(1)), count);
        return sandbox.text(replaced);
    }

    private static Value format(Filter.Environment environment, Value value, Arguments arguments) {
        if (!arguments.named().isEmpty() && !arguments.positional().isEmpty()) {
            throw TemplateException.render("format takes positional or keyword arguments, not both");
        }
        Sandbox sandbox = environment.sandbox();
        Value values =
                arguments.named().isEmpty() ? sandbox.tuple(arguments.positional()) : sandbox.dict(arguments.named());
        return PrintfFormat.format(text(environment, value), values, sandbox);
    }
}
