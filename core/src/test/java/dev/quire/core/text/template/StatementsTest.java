package dev.quire.core.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Statements, scopes and white space behave as in Jinja2 with trim_blocks and lstrip_blocks. */
class StatementsTest {

    @Test
    void blocksTakeTheirLineWithThem() {
        assertEquals("    a\nb", Rendered.of("  {% if true %}\n    a\n  {% endif %}\nb\n"));
    }

    @Test
    void signsStripOrKeepWhiteSpace() {
        assertEquals("ab", Rendered.of("a  \n {%- if true -%}  \n b {%- endif %}"));
        assertEquals("a\n  x", Rendered.of("a\n  {%+ if true %}x{% endif %}"));
        assertEquals("\nx", Rendered.of("{% if true +%}\nx{% endif %}"));
    }

    @Test
    void printsKeepTheNewlineThatBlocksTake() {
        assertEquals("1\n2", Rendered.of("{{ 1 }}\n{# gone #}\n{{ 2 }}\n"));
    }

    @Test
    void rawTextIsNotEvaluated() {
        assertEquals("{{ x }} {% if %}", Rendered.of("{% raw %}{{ x }} {% if %}{% endraw %}"));
    }

    @Test
    void aLoopKnowsWhereItStands() {
        assertEquals(
                "1/3 first a;2/3 b;3/3 last c;",
                Rendered.of("{% for x in 'abc' %}{{ loop.index }}/{{ loop.length }}"
                        + "{{ ' first' if loop.first }}{{ ' last' if loop.last }} {{ x }};{% endfor %}"));
        assertEquals(
                "-a,a b,",
                Rendered.of("{% for x in ['a', 'b'] %}{{ loop.previtem|default('-') }}"
                        + "{{ ' ' if not loop.first }}{{ x }},{% endfor %}"));
    }

    @Test
    void aLoopFiltersUnpacksAndFallsBack() {
        assertEquals(
                "a1c3",
                Rendered.of("{% for k, v in [('a', 1), ('b', 2), ('c', 3)] if v != 2 %}{{ k }}{{ v }}{% endfor %}"));
        assertEquals("none", Rendered.of("{% for x in [] %}{{ x }}{% else %}none{% endfor %}"));
    }

    @Test
    void breakAndContinueLeaveTheInnermostLoop() {
        assertEquals(
                "0202",
                Rendered.of("{% for i in range(2) %}{% for j in range(9) %}{% if j == 1 %}{% continue %}{% endif %}"
                        + "{% if j == 3 %}{% break %}{% endif %}{{ j }}{% endfor %}{% endfor %}"));
    }

    @Test
    void aRecursiveLoopRendersNestedElements() {
        assertEquals(
                "1:12:23:3",
                Rendered.of(
                        "{% for i in [1, [2, [3]]] recursive %}"
                                + "{% if i is number %}{{ loop.depth }}:{{ i }}{% else %}{{ loop(i) }}{% endif %}{% endfor %}"));
    }

    @Test
    void anAssignmentInALoopStaysThereAndANamespaceCarriesItOut() {
        assertEquals("0", Rendered.of("{% set x = 0 %}{% for i in [1, 2] %}{% set x = i %}{% endfor %}{{ x }}"));
        assertEquals(
                "3",
                Rendered.of(
                        "{% set ns = namespace(x=0) %}{% for i in [1, 2] %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}"));
        assertEquals("1", Rendered.of("{% if true %}{% set x = 1 %}{% endif %}{{ x }}"));
    }

    @Test
    void aNameThatAScopeSetsBeforeItReadsItIsLocalFromTheStart() {
        Map<String, Object> context = Map.of("x", "given");
        assertEquals("", Rendered.of("{% for i in [1] %}{{ x }}{% endfor %}{% set x = 1 %}", context));
        assertEquals("given", Rendered.of("{{ x }}{% for i in [1] %}{% endfor %}{% set x = 1 %}", context));
        assertEquals(
                "given",
                Rendered.of("{% for i in [1] %}{{ x }}{% endfor %}{% if i %}{% set x = 1 %}{% endif %}", context));
        assertEquals("given", Rendered.of("{% macro f() %}{{ x }}{% endmacro %}{{ f() }}", context));
    }

    @Test
    void aBlockRendersInPlaceWithTheTemplatesOwnVariables() {
        assertEquals(
                "[1]",
                Rendered.of(
                        "{% set v = 1 %}{% for i in [5] %}{% block b %}[{{ v }}{{ i }}]{% endblock %}{% endfor %}"));
    }

    @Test
    void macrosTakeDefaultsKeywordsAndTheRest() {
        assertEquals(
                "[1 2 (3,) {'k': 4}]",
                Rendered.of(
                        "{% macro f(a, b=9) %}[{{ a }} {{ b }} {{ varargs }} {{ kwargs }}]{% endmacro %}{{ f(1, 2, 3, k=4) }}"));
        assertEquals("19", Rendered.of("{% macro f(a, b=9) %}{{ a }}{{ b }}{% endmacro %}{{ f(1) }}"));
    }

    @Test
    void aCallBlockHandsItsBodyToTheMacro() {
        assertEquals(
                "<in 1>",
                Rendered.of(
                        "{% macro box() %}<{{ caller(1) }}>{% endmacro %}{% call(x) box() %}in {{ x }}{% endcall %}"));
    }

    @Test
    void setFilterWithAndGenerationBlocksCapture() {
        assertEquals("[HI]", Rendered.of("{% set q | upper | trim %} hi {% endset %}[{{ q }}]"));
        assertEquals("ABC", Rendered.of("{% filter upper %}abc{% endfilter %}"));
        assertEquals("3", Rendered.of("{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a }}"));
        assertEquals("said", Rendered.of("{% generation %}said{% set q = 1 %}{% endgeneration %}{{ q }}"));
    }

    @Test
    void whatIsUndefinedPrintsAsNothing() {
        assertEquals("[]", Rendered.of("[{{ absent }}{{ {}.absent }}{{ 'x' if false }}]"));
    }

    @Test
    void strftimeNowReadsTheGivenClock() {
        assertEquals(
                "Sunday, 09 March 2025 17:04:05 068 9",
                Rendered.of("{{ strftime_now('%A, %d %B %Y %H:%M:%S %j %-d') }}"));
    }

    @Test
    void aTypicalConversationRenders() {
        String template = """
                {{- bos_token }}
                {%- for message in messages %}
                    {{- '<|' + message['role'] + '|>\\n' + message['content'] | trim + '<|end|>\\n' }}
                {%- endfor %}
                {%- if add_generation_prompt %}
                    {{- '<|assistant|>\\n' }}
                {%- endif %}
                """;
        Map<String, Object> context = Map.of(
                "bos_token",
                "<s>",
                "add_generation_prompt",
                true,
                "messages",
                List.of(Map.of("role", "system", "content", " Be kind. "), Map.of("role", "user", "content", "Hi")));
        assertEquals(
                "<s><|system|>\nBe kind.<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>\n", Rendered.of(template, context));
    }
}
