package dev.quire.core.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No template takes more time, memory or stack than its limits allow. */
class TemplateLimitsTest {

    private static void exceeds(String source, TemplateLimits limits, String words) {
        TemplateException failure = Rendered.failure(source, Map.of(), limits);
        assertEquals(TemplateException.Kind.LIMIT, failure.kind(), failure.getMessage());
        assertTrue(failure.getMessage().contains(words), failure.getMessage());
    }

    @Test
    void nestedLoopsEndAtTheStepLimit() {
        String loops = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}";
        exceeds(loops, Rendered.steps(100_000), "maxSteps=100000");
    }

    @Test
    void nestedLoopsEndAtTheDeadline() {
        String loops = "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}"
                + "{% endfor %}{% endfor %}{% endfor %}";
        exceeds(loops, new TemplateLimits(Long.MAX_VALUE / 2, Duration.ofNanos(1), 1000, 100, 1000), "maxTime");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 'a' * 100000000 }}",
                "{{ 'a'.ljust(999999999) }}",
                "{{ 'a'.center(999999999) }}",
                "{{ 'a'.zfill(999999999) }}",
                "{{ '%999999999d' % 1 }}",
                "{{ '%.999999999f' % 1 }}",
                "{{ '{:999999999}'.format(1) }}",
                "{{ '{:.999999999f}'.format(1.5) }}",
                "{{ 'a\nb'|indent(999999999) }}",
                "{{ [1]|tojson(indent=999999999) }}",
                "{{ '\t'.expandtabs(999999999) }}",
                "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s.replace('', ns.s) %}{% endfor %}",
                "{% set ns = namespace(s='aa') %}{% for i in range(99) %}{% set ns.s = ns.s.join(ns.s) %}{% endfor %}",
                "{% for i in range(99999) %}{{ 'x' * 9999 }}{% endfor %}",
                "{% set ns = namespace(m='a') %}{% macro f(n) %}{{ n }}{% if n|length < 99999999 %}"
                        + "{{ f(n ~ n) }}{% endif %}{% endmacro %}{{ f('aaaaaaaa') }}",
            })
    void textBombsEndAtTheTextLimit(String source) {
        exceeds(source, new TemplateLimits(1_000_000_000L, Duration.ofMinutes(10), 1 << 20, 400, 1000_000), "maxChars");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ [1] * 100000000 }}",
                "{{ (1, 2) * 100000000 }}",
                "{{ [1]|batch(100000000, 0)|list }}",
                "{{ range(9)|batch(2147483647, 0)|list }}",
                "{{ [1]|slice(100000000)|list }}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}",
                "{% set ns = namespace(l={}) %}{% for i in range(99) %}{% set ns.l = {'a': ns.l, 'b': ns.l} %}{% endfor %}",
            })
    void collectionBombsEndAtTheItemLimit(String source) {
        exceeds(source, new TemplateLimits(1_000_000_000L, Duration.ofMinutes(10), 1 << 20, 400, 100_000), "maxItems");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 2 ** 999999999 }}",
                "{{ 9 ** 9999 ** 9999 }}",
                "{% set ns = namespace(n=3) %}{% for i in range(999) %}{% set ns.n = ns.n * ns.n %}{% endfor %}",
            })
    void integersEndAtTheirLargest(String source) {
        exceeds(source, TemplateLimits.defaults(), "14284 bits");
    }

    @Test
    void rangesEndWhereJinjasSandboxEndsThem() {
        assertEquals("100000", Rendered.of("{{ range(100000)|length }}"));
        exceeds("{{ range(100001) }}", TemplateLimits.defaults(), "range() of 100001");
        exceeds("{{ range(999999999999999999999999) }}", TemplateLimits.defaults(), "range()");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '`',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "( )",
                "[ ]",
                "{'a': }",
                "- ``",
                "`not ` ``",
                "x[ ]",
                "f( )",
                "f(x=( ))",
                "`1 if x else ` ``",
                "x|default( )",
                "`x is eq(` )",
            })
    void deeplyNestedSourceFailsWithoutOverflowingTheStack(String open, String close) {
        TemplateLimits most = new TemplateLimits(
                10_000_000, Duration.ofMinutes(1), 1 << 20, TemplateLimits.NESTING_CEILING, 1_000_000);
        exceeds("{{ " + open.repeat(100_000) + "1" + close.repeat(100_000) + " }}", most, "the source nests deeper");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% if x %}", "{% for x in y %}", "{% macro f() %}", "{% filter upper %}", "{% set x %}"})
    void deeplyNestedStatementsFailWithoutOverflowingTheStack(String tag) {
        exceeds(tag.repeat(100_000), TemplateLimits.defaults(), "maxNesting=400");
    }

    @ParameterizedTest
    @ValueSource(strings = {" + 1", " - 1", " * 1", " ** 1", ".x", "[0]", "|string", "|string is defined", "()"})
    void longChainsOfOperatorsFailWithoutOverflowingTheStack(String link) {
        TemplateException failure = Rendered.failure("{{ 1" + link.repeat(100_000) + " }}");
        assertEquals(TemplateException.Kind.LIMIT, failure.kind(), failure.getMessage());
    }

    @Test
    void flatChainsOfAnyLengthRender() {
        assertEquals("1" + "1".repeat(5000), Rendered.of("{{ 1" + " ~ 1".repeat(5000) + " }}"));
        assertEquals("True", Rendered.of("{{ 1" + " and 1".repeat(5000) + " == 1 }}"));
        assertEquals("e", Rendered.of("{% if 0 %}" + "{% elif 0 %}".repeat(5000) + "{% else %}e{% endif %}"));
    }

    @Test
    void endlessRecursionOfMacrosFailsWithoutOverflowingTheStack() {
        TemplateLimits most = new TemplateLimits(
                10_000_000, Duration.ofMinutes(1), 1 << 20, TemplateLimits.NESTING_CEILING, 1_000_000);
        exceeds(
                "{% macro f(n) %}{% if n %}{% for i in [1] %}{{ f(n + 1) ~ [f(n)]|map('string')|join }}"
                        + "{% endfor %}{% endif %}{% endmacro %}{{ f(1) }}",
                most, "calls itself without end");
        exceeds("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}", most, "maxNesting");
        exceeds(
                "{% macro f() %}{{ caller() }}{% endmacro %}{% macro g() %}{% call f() %}{{ g() }}{% endcall %}"
                        + "{% endmacro %}{{ g() }}",
                most, "maxNesting");
    }

    @Test
    void valuesThatNestTooDeeplyAreNeverMade() {
        exceeds(
                "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
                TemplateLimits.defaults(), "maxNesting=400");
        exceeds(
                "{% set ns = namespace() %}{% set ns.self = ns %}{{ ns }}",
                TemplateLimits.defaults(), "maxNesting=400");
        Object nested = "x";
        for (int i = 0; i < 100_000; i++) {
            nested = List.of(nested);
        }
        TemplateException failure = Rendered.failure("{{ x }}", Map.of("x", nested), TemplateLimits.defaults());
        assertEquals(TemplateException.Kind.LIMIT, failure.kind());
    }

    @Test
    void generatorsThatWrapGeneratorsFailWithoutOverflowingTheStack() {
        exceeds(
                "{% set ns = namespace(g=[1]) %}{% for i in range(50000) %}{% set ns.g = ns.g|map('string') %}{% endfor %}"
                        + "{{ ns.g|list }}",
                TemplateLimits.defaults(), "maxNesting=400");
    }

    @Test
    void searchingTakesLinearTime() {
        String haystack = "a".repeat(200_000);
        Map<String, Object> context = Map.of("h", haystack, "n", "a".repeat(100_000) + "b");
        assertEquals(
                "-1 -1 0 False 1 1",
                Rendered.of(
                        "{{ h.find(n) }} {{ h.rfind(n) }} {{ h.count(n) }} {{ n in h }} {{ h.split(n)|length }} "
                                + "{{ h.rsplit(n)|length }}",
                        context));
    }

    @Test
    void limitsAreValidated() {
        assertThrows(IllegalArgumentException.class, () -> Rendered.steps(0));
        assertThrows(IllegalArgumentException.class, () -> new TemplateLimits(1, Duration.ZERO, 1, 1, 1));
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> new TemplateLimits(1, Duration.ofSeconds(1), 1, 100_000, 1));
        assertTrue(
                refusal.getMessage().contains("choose 1 to " + TemplateLimits.NESTING_CEILING), refusal.getMessage());
    }
}
