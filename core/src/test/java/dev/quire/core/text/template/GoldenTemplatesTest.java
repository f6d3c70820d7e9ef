package dev.quire.core.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates in the manner of the families that people serve, one part of Jinja each, and random ones give what Python's Jinja2 gave. */
class GoldenTemplatesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What no chat template does, and Quire refuses or prints in its own words. */
    private static final Map<String, String> LEFT_OUT = Map.of(
            "{{ 'a b c d e f' | wordwrap(4) }}", "wraps text by Python's textwrap",
            "{{ lipsum is defined, cycler is defined, joiner is defined }}", "lipsum makes random text",
            "{{ 'a'.encode('utf-8') }}", "there are no bytes",
            "{% autoescape true %}{{ '<' }}{% endautoescape %}", "prompts are not HTML",
            "{{ self is defined }}", "no template extends another",
            "{{ joiner }}", "prints a Python class");

    private static JsonNode golden(String name) throws IOException {
        String path = "/golden/templates/" + name + ".json";
        try (InputStream file = GoldenTemplatesTest.class.getResourceAsStream(path)) {
            assertTrue(file != null, "no golden file " + path);
            return JSON.readTree(file);
        }
    }

    private static Clock clock(JsonNode golden) {
        LocalDateTime now = LocalDateTime.parse(golden.get("now").asText());
        return Clock.fixed(now.toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
    }

    private static Map<String, Object> context(JsonNode context) {
        return JSON.convertValue(context, new TypeReference<>() {});
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "channels",
                "chatml",
                "command",
                "deepseek",
                "filters",
                "gemma",
                "generation",
                "llama2",
                "llama31",
                "mistral",
                "phi3",
                "smollm2",
                "thinking",
                "zephyr",
            })
    void everyConversationOfAFamilyRendersAsInPython(String family) throws IOException {
        JsonNode golden = golden(family);
        ChatTemplate template =
                ChatTemplate.parse(golden.get("template").asText(), TemplateLimits.defaults(), clock(golden));
        assertTrue(golden.get("cases").size() > 5, "the golden file holds its conversations");
        for (JsonNode expected : golden.get("cases")) {
            compare(expected, expected.get("name").asText(), () -> template.render(context(expected.get("context"))));
        }
    }

    @TestFactory
    Stream<DynamicTest> everyFeatureRendersAsInPython() throws IOException {
        JsonNode golden = golden("features");
        Map<String, Object> context = context(golden.get("context"));
        List<DynamicTest> tests = new ArrayList<>();
        int leftOut = 0;
        for (JsonNode expected : golden.get("cases")) {
            String source = expected.get("template").asText();
            if (LEFT_OUT.containsKey(source)) {
                leftOut++;
                continue;
            }
            tests.add(DynamicTest.dynamicTest(
                    source,
                    () -> compare(
                            expected,
                            source,
                            () -> ChatTemplate.parse(source, TemplateLimits.defaults(), clock(golden))
                                    .render(context))));
        }
        assertEquals(LEFT_OUT.size(), leftOut, "everything left out is in the golden file");
        assertTrue(tests.size() > 100, "the golden file holds its features");
        return tests.stream();
    }

    @Test
    void everyRandomTemplateRendersAsInPython() throws IOException {
        Clock clock = clock(golden("features"));
        int count = 0;
        try (InputStream file = GoldenTemplatesTest.class.getResourceAsStream("/golden/templates/fuzz.jsonl.gz");
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(new GZIPInputStream(file), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode expected = JSON.readTree(line);
                String source = expected.get("template").asText();
                compare(
                        expected,
                        source,
                        () -> ChatTemplate.parse(source, TemplateLimits.defaults(), clock)
                                .render(context(expected.get("context"))));
                count++;
            }
        }
        assertTrue(count >= 1500, "only " + count + " random templates");
    }

    @FunctionalInterface
    private interface Rendering {
        String text();
    }

    private static void compare(JsonNode expected, String name, Rendering rendering) {
        try {
            String text = rendering.text();
            if (!expected.has("expected")) {
                fail(name + ": Python failed with " + expected + ", here rendered: " + text);
            }
            assertEquals(expected.get("expected").asText(), text, name);
        } catch (TemplateException failure) {
            assertTrue(expected.has("error"), () -> name + ": Python rendered, here failed: " + failure.getMessage());
            boolean raised = expected.path("raised").asBoolean();
            assertEquals(raised, failure.kind() == TemplateException.Kind.RAISED, failure.getMessage());
            if (raised) {
                assertEquals(expected.get("message").asText(), failure.detail(), name);
            }
        }
    }
}
