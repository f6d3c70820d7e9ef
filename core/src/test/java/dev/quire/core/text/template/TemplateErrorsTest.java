package dev.quire.core.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A failure says what kind it is, where it happened and what would help. */
class TemplateErrorsTest {

    private static void fails(String source, TemplateException.Kind kind, int line, String words) {
        TemplateException failure = Rendered.failure(source);
        assertEquals(kind, failure.kind(), failure.getMessage());
        assertEquals(line, failure.line(), failure.getMessage());
        assertTrue(failure.getMessage().contains(words), failure.getMessage());
    }

    @Test
    void malformedSourceNamesItsLine() {
        fails("a\n{{ 1 + }}", TemplateException.Kind.SYNTAX, 2, "expected an expression");
        fails("\n\n{% if x %}", TemplateException.Kind.SYNTAX, 3, "{% elif %} or {% else %} or {% endif %}");
        fails("{% for x in y %}\n{% endif %}", TemplateException.Kind.SYNTAX, 2, "Still open: 'for'");
        fails("{{ [1, 2 }}", TemplateException.Kind.SYNTAX, 1, "']' closes what is open");
        fails("x\n{# y", TemplateException.Kind.SYNTAX, 2, "Close it with #}");
        fails("{{ 'abc }}", TemplateException.Kind.SYNTAX, 1, "a string begins here");
        fails("{% raw %}", TemplateException.Kind.SYNTAX, 1, "endraw");
        fails("{% break %}", TemplateException.Kind.SYNTAX, 1, "outside a loop");
        fails("{{ '\\x4' }}", TemplateException.Kind.SYNTAX, 1, "hexadecimal");
    }

    @Test
    void unsupportedConstructsNameTheSupportedOnes() {
        fails("\n{% include 'x' %}", TemplateException.Kind.UNSUPPORTED, 2, "Supported: if, for, set");
        fails("{{ 1|random }}", TemplateException.Kind.UNSUPPORTED, 1, "no filter named 'random'. Supported: abs,");
        fails("{{ 1 is prime }}", TemplateException.Kind.UNSUPPORTED, 1, "no test named 'prime'. Supported: !=,");
    }

    @Test
    void anUnknownFilterInABranchFailsOnlyWhenItIsReached() {
        assertEquals("ok", Rendered.of("{% if false %}{{ 1|random }}{% endif %}ok{{ '' if true else 1|random }}"));
        fails("{% if true %}\n{{ 1|random }}{% endif %}", TemplateException.Kind.UNSUPPORTED, 2, "random");
    }

    @Test
    void failuresOfExpressionsNameTheirLineAndCause() {
        fails("\n{{ absent.x }}", TemplateException.Kind.RENDER, 2, "'absent' is undefined");
        fails("{{ {}.a.b }}", TemplateException.Kind.RENDER, 1, "'dict object' has no attribute 'a'");
        fails("{% set x = 1 %}\n\n{{ 'a' + 1 }}", TemplateException.Kind.RENDER, 3, "can only concatenate str");
        fails(
                "{{ 1 < 'a' }}",
                TemplateException.Kind.RENDER,
                1,
                "'<' not supported between instances of 'int' and 'str'");
        fails("{{ 1 / 0 }}", TemplateException.Kind.RENDER, 1, "division by zero");
        fails("{{ 'x'() }}", TemplateException.Kind.RENDER, 1, "'str' object is not callable");
        fails("{% set a, b = [1] %}", TemplateException.Kind.RENDER, 1, "cannot unpack 1 values into 2 names");
        fails("{{ 'x'|round }}", TemplateException.Kind.RENDER, 1, "round needs a number");
        fails("{{ 1|default(a=2) }}", TemplateException.Kind.RENDER, 1, "Parameters: [default_value, boolean]");
        fails("{% set x = {} %}{% set x.y = 1 %}", TemplateException.Kind.RENDER, 1, "= namespace()");
    }

    @Test
    void whatTheTemplateRaisesIsTheClientsMessage() {
        TemplateException failure =
                Rendered.failure("{% if true %}\n{{ raise_exception('Roles must alternate') }}{% endif %}");
        assertEquals(TemplateException.Kind.RAISED, failure.kind());
        assertEquals("Roles must alternate", failure.detail());
        assertEquals(2, failure.line());
    }

    @Test
    void aCauseIsCutShortWhereItQuotesTooMuch() {
        TemplateException failure =
                Rendered.failure("{{ {}[x].y }}", Map.of("x", "😀".repeat(100_000)), TemplateLimits.defaults());
        assertTrue(
                failure.getMessage().length() < 5000,
                "length " + failure.getMessage().length());
        assertTrue(failure.getMessage().endsWith("😀…"), "whole characters are kept");
    }

    @Test
    void valuesCannotBeModified() {
        fails("{% set l = [1] %}{{ l.append(2) }}", TemplateException.Kind.RENDER, 1, "unsafe");
        fails("{% set d = {} %}{{ d.update(a=1) }}", TemplateException.Kind.RENDER, 1, "unsafe");
        fails("{{ ''.__class__.mro() }}", TemplateException.Kind.RENDER, 1, "unsafe");
    }

    @Test
    void javaObjectsAreRefused() {
        Map<String, Object> context = Map.of("x", Map.of("y", new StringBuilder("z")));
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> Rendered.of("{{ x }}", context));
        assertTrue(refusal.getMessage().contains("'x.y' is a java.lang.StringBuilder"), refusal.getMessage());
    }
}
