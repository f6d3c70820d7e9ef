package dev.quire.core.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values print and compute as in Python; the expected texts are what Python 3 prints. */
class PythonSemanticsTest {

    private static void rendersAs(String expression, String expected) {
        Map<String, Object> tool = new LinkedHashMap<>();
        tool.put("name", "it's");
        tool.put("items", List.of(1, 2.5, true));
        tool.put("none", null);
        Map<String, Object> context =
                Map.of("tool", tool, "text", "Größe 😀!", "n", 7, "messages", List.of("a", "b", "c"));
        assertEquals(expected, Rendered.of("{{ " + expression + " }}", context));
    }

    @Expressions({
        "none => None",
        "[true, false, none] => [True, False, None]",
        "1.0 => 1.0",
        "1e16 => 1e+16",
        "0.0001 => 0.0001",
        "0.00001 => 1e-05",
        "1/3 => 0.3333333333333333",
        "(1,) => (1,)",
        "tool => {'name': \"it's\", 'items': [1, 2.5, True], 'none': None}",
        "['\\n\\x00é😀'] => ['\\n\\x00é😀']"
    })
    void valuesPrintAsPythonWritesThem(String expression, String expected) {
        rendersAs(expression, expected);
    }

    @Expressions({
        "-7 // 2 => -4",
        "-7 % 3 => 2",
        "7 % -3 => -2",
        "7 / 2 => 3.5",
        "2 ** 3 ** 2 => 64",
        "-2 ** 2 => 4",
        "1 ~ 2 * 3 => 16",
        "true + 1 => 2",
        "10 ** 20 // 7 => 14285714285714285714",
        "2 ** -1 => 0.5",
        "-7.5 % 2 => 0.5",
        "'ab' * 2 => abab",
        "[1] + [2] => [1, 2]"
    })
    void arithmeticFollowsPythonAndPrecedenceJinja(String expression, String expected) {
        rendersAs(expression, expected);
    }

    @Expressions({
        "1 < 2 < 3 => True",
        "1 < 3 < 2 => False",
        "1 == 1.0 == true => True",
        "'b' > 'a' => True",
        "[1, 2] < [1, 3] => True",
        "'ROSE' in text => False",
        "'Größe' in text => True",
        "'name' in tool => True",
        "2.5 in tool['items'] => True",
        "(1, 2) == [1, 2] => False"
    })
    void comparisonsChainAndMembershipSearches(String expression, String expected) {
        rendersAs(expression, expected);
    }

    @Expressions({
        "text[-2] => 😀",
        "text[::-1] => !😀 eßörG",
        "text[6:7] => 😀",
        "messages[::-1] => ['c', 'b', 'a']",
        "messages[-1] => c",
        "messages[1:99] => ['b', 'c']",
        "text|length => 8",
        "messages[9] is defined => False"
    })
    void slicesAndIndexesCountCodePoints(String expression, String expected) {
        rendersAs(expression, expected);
    }

    @Expressions({
        "tool['items'] => [1, 2.5, True]",
        "tool.items()|length => 3",
        "tool.get('absent', 4) => 4",
        "tool.name.upper() => IT'S"
    })
    void keysHideMethodsInBracketsAndMethodsHideKeysWithADot(String expression, String expected) {
        rendersAs(expression, expected);
    }

    @Expressions({
        "'xxaxx'.strip('x') => a",
        "'  a '.rstrip() ~ '|' =>   a|",
        "'a,b,c'.split(',', 1) => ['a', 'b,c']",
        "'a b  c'.rsplit(none, 1) => ['a b', 'c']",
        "'abc'.startswith(('x', 'ab')) => True",
        "text.find('😀') => 6",
        "'a=b=c'.rpartition('=') => ('a=b', '=', 'c')",
        "'prefix'.removeprefix('pre') => fix",
        "'-5'.zfill(4) => -005",
        "'{:>5}|{x!r}'.format('a', x='b') =>     a|'b'",
        "'%05.1f %s' % (2.25, none) => 002.2 None",
        "'they\\'re bill\\'s'.title() => They'Re Bill'S"
    })
    void stringMethodsAreThoseOfPython(String expression, String expected) {
        rendersAs(expression, expected);
    }
}
