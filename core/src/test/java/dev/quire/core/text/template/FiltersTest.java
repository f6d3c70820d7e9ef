package dev.quire.core.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Filters and tests give what Jinja2 3.1 gives. */
class FiltersTest {

    private static void rendersAs(String expression, String expected) {
        Map<String, Object> context = Map.of(
                "users", List.of(Map.of("name", "ada", "age", 36, "admin", true), Map.of("name", "Bob", "age", 41)));
        assertEquals(expected, Rendered.of("{{ " + expression + " }}", context));
    }

    @Expressions({
        "[3, 1, 2]|sort => [1, 2, 3]",
        "['b', 'A', 'a']|sort => ['A', 'a', 'b']",
        "['b', 'A']|sort(case_sensitive=true) => ['A', 'b']",
        "users|map(attribute='name')|join('-') => ada-Bob",
        "users|selectattr('age', 'gt', 40)|map(attribute='name')|list => ['Bob']",
        "users|rejectattr('admin', 'defined')|list|length => 1",
        "users|groupby('age')|map('first')|list => [36, 41]",
        "['a', 'A', 'b']|unique|list => ['a', 'b']",
        "{'b': 1, 'a': 2}|dictsort => [('a', 2), ('b', 1)]",
        "[1, 2, 3]|batch(2, 0)|list => [[1, 2], [3, 0]]",
        "[1, 2, 3]|slice(2)|list => [[1, 2], [3]]",
        "users|sum('age') => 77",
        "[[1, 'a']]|tojson => [[1, \"a\"]]"
    })
    void filtersOrderAndSelect(String expression, String expected) {
        rendersAs(expression, expected);
    }

    @Expressions({
        "'42.9'|int => 42",
        "'0x1f'|int(0, 16) => 31",
        "'x'|float(1) => 1",
        "' 1_0.5e1 '|float => 105.0",
        "'1__0'|float => 0.0",
        "2.5|round => 2.0",
        "1.005|round(2) => 1.0",
        "42.1|round(0, 'ceil') => 43.0",
        "absent|default('D') => D",
        "''|default('D', true) => D",
        "none|default('D') => None",
        "'a b'|title => A B",
        "'Hello World foo'|truncate(9) => Hello...",
        "'<a>'|e ~ '<' => &lt;a&gt;<",
        "'a'|center(5) ~ '|' =>   a  |",
        "1536|filesizeformat(true) => 1.5 KiB",
        "'a b/c'|urlencode => a%20b/c"
    })
    void filtersConvert(String expression, String expected) {
        rendersAs(expression, expected);
    }

    @Expressions({
        "absent is defined => False",
        "none is none => True",
        "true is number => True",
        "true is integer => False",
        "users is sequence => True",
        "users[0] is mapping => True",
        "4 is divisibleby 2 => True",
        "'a' is in ['a'] => True",
        "1 is eq(1.0) => True",
        "range is callable => True",
        "'upper' is filter => True"
    })
    void testsAskAboutValues(String expression, String expected) {
        rendersAs(expression, expected);
    }

    @Expressions({
        "{'b': [1, none], 'a': '<é>'}|tojson => {\"b\": [1, null], \"a\": \"<é>\"}",
        "'é'|tojson(ensure_ascii=true) => \"\\u00e9\"",
        "{'a': [1]}|tojson(separators=(',', ':')) => {\"a\":[1]}",
        "{'b': 1, 'a': 2}|tojson(sort_keys=true) => {\"a\": 2, \"b\": 1}"
    })
    void tojsonKeepsOrderAndNonAsciiAndDoesNotEscapeHtml(String expression, String expected) {
        rendersAs(expression, expected);
    }

    @Test
    void tojsonIndentsAsPythonDoes() {
        rendersAs("{'a': [1, {}], 'b': []}|tojson(indent=2)", "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
    }

    @Test
    void indentLeavesTheFirstAndBlankLinesAlone() {
        rendersAs("'a\nb\n\nc'|indent(2)", "a\n  b\n\n  c");
    }
}
