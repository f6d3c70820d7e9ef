package dev.quire.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.server.http.RunningServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatRouteTest {
    private static final String PATH = "/v1/chat/completions";

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonObject body() {
        return new JsonObject()
                .put("model", RunningServer.MODEL)
                .put("messages", JsonArray.of(message("user", "hello world")))
                .put("temperature", 0)
                .put("ignore_eos", true)
                .put("max_tokens", 8);
    }

    private static JsonObject message(String role, String content) {
        return new JsonObject().put("role", role).put("content", content);
    }

    private static JsonObject choice(JsonObject answer) {
        return answer.getJsonArray("choices").getJsonObject(0);
    }

    private static String content(JsonObject answer) {
        return choice(answer).getJsonObject("message").getString("content");
    }

    private static String joined(List<JsonObject> events, int index) {
        StringBuilder text = new StringBuilder();
        for (JsonObject event : events) {
            for (Object each : event.getJsonArray("choices")) {
                JsonObject choice = (JsonObject) each;
                if (choice.getInteger("index") == index) {
                    text.append(choice.getJsonObject("delta").getString("content", ""));
                }
            }
        }
        return text.toString();
    }

    private static JsonObject refusal(JsonObject body) throws Exception {
        HttpResponse<String> response = server.post(PATH, body);
        JsonObject error = new JsonObject(response.body()).getJsonObject("error");
        assertNotNull(error, response.body());
        assertEquals(response.statusCode(), error.getInteger("code"));
        return error;
    }

    @Test
    void anAnswerHasOpenAisShape() throws Exception {
        JsonObject answer = server.json(PATH, body());
        assertTrue(answer.getString("id").startsWith("chatcmpl-"));
        assertEquals("chat.completion", answer.getString("object"));
        assertEquals(RunningServer.MODEL, answer.getString("model"));
        assertEquals("assistant", choice(answer).getJsonObject("message").getString("role"));
        assertEquals("length", choice(answer).getString("finish_reason"));
        assertNull(choice(answer).getValue("logprobs"));
        JsonObject usage = answer.getJsonObject("usage");
        assertEquals(8, usage.getInteger("completion_tokens"));
        assertEquals(
                usage.getInteger("total_tokens"),
                usage.getInteger("prompt_tokens") + usage.getInteger("completion_tokens"));
        assertNotNull(usage.getJsonObject("prompt_tokens_details").getInteger("cached_tokens"));
    }

    @Test
    void aStreamSaysTheSameAsAWholeAnswer() throws Exception {
        JsonObject body = body().put("max_tokens", 40);
        List<JsonObject> events = server.events(PATH, body);
        JsonObject first = choice(events.getFirst()).getJsonObject("delta");
        assertEquals("assistant", first.getString("role"));
        assertEquals("", first.getString("content"));
        assertEquals("length", choice(events.getLast()).getString("finish_reason"));
        assertEquals(content(server.json(PATH, body)), joined(events, 0));
        assertEquals(
                1,
                events.stream().map(event -> event.getString("id")).distinct().count());
        assertTrue(events.stream().allMatch(event -> event.getString("object").equals("chat.completion.chunk")));
        assertTrue(events.stream().noneMatch(event -> event.containsKey("usage")));
    }

    @Test
    void aStreamEndsWithItsUsageWhereAsked() throws Exception {
        JsonObject body = body().put("stream_options", new JsonObject().put("include_usage", true));
        List<JsonObject> events = server.events(PATH, body);
        assertTrue(events.getLast().getJsonArray("choices").isEmpty());
        assertEquals(8, events.getLast().getJsonObject("usage").getInteger("completion_tokens"));
        JsonObject continuous = body.put(
                "stream_options", new JsonObject().put("include_usage", true).put("continuous_usage_stats", true));
        List<Integer> counts = server.events(PATH, continuous).stream()
                .map(event -> event.getJsonObject("usage").getInteger("completion_tokens"))
                .toList();
        assertEquals(counts.stream().sorted().toList(), counts);
        assertEquals(8, counts.getLast());
    }

    @Test
    void severalChoicesAreIndexedAndDiffer() throws Exception {
        JsonObject body =
                body().put("n", 3).put("temperature", 1).put("seed", 7).put("max_tokens", 12);
        JsonArray choices = server.json(PATH, body).getJsonArray("choices");
        assertEquals(3, choices.size());
        List<JsonObject> events = server.events(PATH, body);
        for (int i = 0; i < 3; i++) {
            assertEquals(i, choices.getJsonObject(i).getInteger("index"));
            assertEquals(choices.getJsonObject(i).getJsonObject("message").getString("content"), joined(events, i));
        }
        assertTrue(choices.stream()
                        .map(choice ->
                                ((JsonObject) choice).getJsonObject("message").getString("content"))
                        .distinct()
                        .count()
                > 1);
    }

    @Test
    void logprobsNameEachTokenWithItsBytesAndAlternatives() throws Exception {
        JsonObject answer = server.json(PATH, body().put("logprobs", true).put("top_logprobs", 2));
        JsonArray content = choice(answer).getJsonObject("logprobs").getJsonArray("content");
        assertEquals(8, content.size());
        for (Object each : content) {
            JsonObject token = (JsonObject) each;
            JsonArray top = token.getJsonArray("top_logprobs");
            assertEquals(2, top.size());
            assertTrue(token.getFloat("logprob") <= 0);
            assertEquals(token.getString("token"), top.getJsonObject(0).getString("token"), "greedy takes the first");
            assertTrue(top.getJsonObject(0).getFloat("logprob")
                    >= top.getJsonObject(1).getFloat("logprob"));
            assertFalse(token.getJsonArray("bytes").isEmpty());
        }
        JsonObject plain = server.json(PATH, body().put("logprobs", true));
        assertTrue(choice(plain)
                .getJsonObject("logprobs")
                .getJsonArray("content")
                .getJsonObject(0)
                .getJsonArray("top_logprobs")
                .isEmpty());
        List<JsonObject> events =
                server.events(PATH, body().put("logprobs", true).put("top_logprobs", 2));
        JsonArray streamed = new JsonArray();
        for (JsonObject event : events) {
            JsonObject scores = choice(event).getJsonObject("logprobs");
            if (scores != null) {
                streamed.addAll(scores.getJsonArray("content"));
            }
        }
        assertEquals(content, streamed);
    }

    @Test
    void promptLogprobsCoverThePrompt() throws Exception {
        JsonObject answer = server.json(PATH, body().put("prompt_logprobs", 1));
        JsonArray scores = answer.getJsonArray("prompt_logprobs");
        assertEquals(answer.getJsonObject("usage").getInteger("prompt_tokens"), scores.size());
        assertNull(scores.getValue(0));
        JsonObject position = scores.getJsonObject(1);
        JsonObject token =
                position.getJsonObject(position.fieldNames().iterator().next());
        assertTrue(token.getFloat("logprob") <= 0);
        assertTrue(token.getInteger("rank") >= 1);
        assertNotNull(token.getString("decoded_token"));
    }

    @Test
    void tokenIdsAreReportedWhereAsked() throws Exception {
        JsonObject body = body().put("return_token_ids", true);
        JsonObject answer = server.json(PATH, body);
        assertEquals(8, choice(answer).getJsonArray("token_ids").size());
        assertEquals(
                answer.getJsonObject("usage").getInteger("prompt_tokens"),
                answer.getJsonArray("prompt_token_ids").size());
        JsonArray streamed = new JsonArray();
        List<JsonObject> events = server.events(PATH, body);
        events.forEach(event -> streamed.addAll(choice(event).getJsonArray("token_ids", JsonArray.of())));
        assertEquals(choice(answer).getJsonArray("token_ids"), streamed);
        assertEquals(answer.getJsonArray("prompt_token_ids"), events.getFirst().getJsonArray("prompt_token_ids"));
    }

    @Test
    void aStopStringEndsTheAnswerBeforeIt() throws Exception {
        String text = content(server.json(PATH, body().put("max_tokens", 30)));
        String stop = text.substring(text.length() / 2, text.length() / 2 + 1);
        JsonObject cut = choice(server.json(PATH, body().put("max_tokens", 30).put("stop", stop)));
        assertEquals("stop", cut.getString("finish_reason"));
        assertEquals(stop, cut.getString("stop_reason"));
        assertEquals(
                text.substring(0, text.indexOf(stop)),
                cut.getJsonObject("message").getString("content"));
    }

    @Test
    void aSeedMakesAnAnswerRepeat() throws Exception {
        JsonObject body = body().put("temperature", 1.5).put("seed", 42);
        assertEquals(content(server.json(PATH, body)), content(server.json(PATH, body)));
    }

    @Test
    void aSecondRequestFindsItsPromptInTheCache() throws Exception {
        JsonObject body = body().put("messages", JsonArray.of(message("user", "cache ".repeat(20))));
        server.json(PATH, body);
        JsonObject details = server.json(PATH, body).getJsonObject("usage").getJsonObject("prompt_tokens_details");
        assertTrue(details.getInteger("cached_tokens") >= 16, details.encode());
        JsonObject salted =
                server.json(PATH, body.copy().put("cache_salt", "mine")).getJsonObject("usage");
        assertEquals(0, salted.getJsonObject("prompt_tokens_details").getInteger("cached_tokens"));
    }

    @Test
    void contentPartsAreJoined() throws Exception {
        JsonArray parts = JsonArray.of(
                new JsonObject().put("type", "text").put("text", "one"),
                new JsonObject().put("type", "text").put("text", "two"));
        JsonObject asParts = body().put("return_token_ids", true)
                .put(
                        "messages",
                        JsonArray.of(new JsonObject().put("role", "user").put("content", parts)));
        JsonObject asText =
                body().put("return_token_ids", true).put("messages", JsonArray.of(message("user", "one\ntwo")));
        assertEquals(
                server.json(PATH, asText).getJsonArray("prompt_token_ids"),
                server.json(PATH, asParts).getJsonArray("prompt_token_ids"));
    }

    @Test
    void toolsReachTheTemplateUnlessTheyAreSwitchedOff() throws Exception {
        JsonObject tool = new JsonObject().put("type", "function").put("function", new JsonObject().put("name", "f"));
        JsonObject body = body().put("tools", JsonArray.of(tool));
        int with = server.json(PATH, body).getJsonObject("usage").getInteger("prompt_tokens");
        int without = server.json(PATH, body.copy().put("tool_choice", "none"))
                .getJsonObject("usage")
                .getInteger("prompt_tokens");
        assertTrue(with > without, "%d > %d".formatted(with, without));
    }

    @Test
    void aRequestMayBringItsOwnTemplateAndVariables() throws Exception {
        JsonObject body = new JsonObject()
                .put("messages", JsonArray.of(message("user", "x")))
                .put("chat_template", "{{ greeting }} {{ messages[0].content }}")
                .put("chat_template_kwargs", new JsonObject().put("greeting", "hello"));
        JsonArray tokens = server.json("/tokenize", body).getJsonArray("tokens");
        assertEquals(
                "hello x",
                server.json("/detokenize", new JsonObject().put("tokens", tokens))
                        .getString("prompt"));
    }

    @Test
    void aFinalMessageIsContinuedAndRepeated() throws Exception {
        JsonObject body = body().put("messages", JsonArray.of(message("user", "hi"), message("assistant", "Once upon")))
                .put("add_generation_prompt", false)
                .put("continue_final_message", true);
        JsonArray tokens = server.json(
                        "/tokenize",
                        new JsonObject()
                                .put("messages", body.getJsonArray("messages"))
                                .put("add_generation_prompt", false)
                                .put("continue_final_message", true))
                .getJsonArray("tokens");
        String prompt = server.json("/detokenize", new JsonObject().put("tokens", tokens))
                .getString("prompt");
        assertTrue(prompt.endsWith("Once upon"), prompt);
        JsonObject message =
                choice(server.json(PATH, body.copy().put("echo", true))).getJsonObject("message");
        assertTrue(message.getString("content").startsWith("Once upon"), message.encode());
        assertEquals("Once upon" + content(server.json(PATH, body)), message.getString("content"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '!',
            value = {
                "{\"model\":\"other\"}                        | 404 | model | The model `other` does not exist.",
                "{\"top_logprobs\":2}                         | 400 | top_logprobs | needs `logprobs`",
                "{\"logprobs\":true,\"top_logprobs\":21}      | 400 | top_logprobs | at most 20",
                "{\"stream_options\":{\"include_usage\":true}} | 400 | stream_options | needs `stream`",
                "{\"stream\":true,\"prompt_logprobs\":1}      | 400 | prompt_logprobs | not available in streams",
                "{\"min_tokens\":9}                           | 400 | min_tokens | between 0 and max_tokens",
                "{\"logit_bias\":{\"x\":1}}                   | 400 | logit_bias | give token ids",
                "{\"logit_bias\":{\"999999\":1}}              | 400 | logit_bias | 999999",
                "{\"priority\":1}                             | 400 | priority | --scheduling-policy priority",
                "{\"max_tokens\":99999999999}                 | 400 | max_tokens | whole number",
                "{\"max_tokens\":5000}                        | 400 | messages | maximum context length is 2048 tokens",
                "{\"continue_final_message\":true}            | 400 | continue_final_message | cannot both be true",
                "{\"chat_template\":\"{% if %}\"}             | 400 | messages | syntax error",
                "{\"chat_template\":\"{{ raise_exception('no!') }}\"} | 400 | messages | no!",
                "{\"bad_words\":[\" \"]}                     | 400 | bad_words | blank",
                "{\"stop\":\"\"}                              | 400 | stop | empty string",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{}}]}]} | 400 |"
                        + " messages | image_url",
            })
    void aRequestThatCannotBeCarriedOutIsRefusedWithTheReason(String change, int status, String param, String expected)
            throws Exception {
        JsonObject error = refusal(body().mergeIn(new JsonObject(change)));
        assertEquals(status, error.getInteger("code"), error.encode());
        assertEquals(param, error.getString("param"), error.encode());
        assertTrue(error.getString("message").contains(expected), error.encode());
    }

    @Test
    void aRefusalOfAStreamHasItsStatus() throws Exception {
        JsonObject error = refusal(body().put("stream", true).put("max_tokens", 5000));
        assertEquals(400, error.getInteger("code"));
    }
}
