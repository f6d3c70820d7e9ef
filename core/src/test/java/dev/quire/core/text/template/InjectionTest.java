package dev.quire.core.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients send is text, whatever it looks like. */
class InjectionTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 7 * 7 }}",
                "{% raw %}{{ x }}{% endraw %}",
                "{# comment #}",
                "{{ raise_exception('no') }}",
                "{% for x in range(9) %}",
                "{{ ''.__class__.__mro__ }}",
                "{0.__class__} %s %(x)s",
                "-%}\n{%- set x = 1 %}",
                "\\x41\\n{{'{{'}}",
            })
    void bracesInMessagesStayText(String content) {
        Map<String, Object> context = Map.of("messages", List.of(Map.of("role", "user", "content", content)));
        String template =
                "{% set ns = namespace(s='') %}{% for m in messages %}{% set ns.s = m.content %}{% set kept %}"
                        + "{{ ns.s }}{% endset %}{{ kept ~ '' }}{% filter trim %}{{ '%s' % m.content }}{% endfilter %}"
                        + "{{ '{}'.format(m.content) }}{{ m.content|replace('absent', '') }}{% endfor %}";
        assertEquals(content.repeat(2).concat(content.repeat(2)), Rendered.of(template, context));
    }
}
