package dev.quire.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

class CompletionRouteTest {
    private static final String PATH = "/v1/completions";
    private static final String TEXT = "the river runs";

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonObject body(Object prompt) {
        return new JsonObject()
                .put("prompt", prompt)
                .put("temperature", 0)
                .put("ignore_eos", true)
                .put("max_tokens", 6);
    }

    private static JsonObject choice(JsonObject answer, int index) {
        return answer.getJsonArray("choices").getJsonObject(index);
    }

    private static JsonArray tokens(String text) throws Exception {
        return server.json("/tokenize", new JsonObject().put("prompt", text)).getJsonArray("tokens");
    }

    private static String joined(List<JsonObject> events, int index) {
        StringBuilder text = new StringBuilder();
        events.stream()
                .flatMap(event -> event.getJsonArray("choices").stream())
                .map(JsonObject.class::cast)
                .filter(choice -> choice.getInteger("index") == index)
                .forEach(choice -> text.append(choice.getString("text")));
        return text.toString();
    }

    @Test
    void aCompletionHasOpenAisShape() throws Exception {
        JsonObject answer = server.json(PATH, body(TEXT));
        assertTrue(answer.getString("id").startsWith("cmpl-"));
        assertEquals("text_completion", answer.getString("object"));
        assertEquals("length", choice(answer, 0).getString("finish_reason"));
        assertNull(choice(answer, 0).getValue("logprobs"));
        assertEquals(6, answer.getJsonObject("usage").getInteger("completion_tokens"));
    }

    @Test
    void sixteenTokensAreTheDefault() throws Exception {
        JsonObject body = body(TEXT);
        body.remove("max_tokens");
        assertEquals(16, server.json(PATH, body).getJsonObject("usage").getInteger("completion_tokens"));
    }

    @Test
    void tokenIdsAndTheirTextAreTheSamePrompt() throws Exception {
        assertEquals(
                choice(server.json(PATH, body(TEXT)), 0).getString("text"),
                choice(server.json(PATH, body(tokens(TEXT))), 0).getString("text"));
    }

    @Test
    void choicesOfSeveralPromptsAreNumberedThrough() throws Exception {
        JsonObject body = body(JsonArray.of(TEXT, "another text")).put("n", 2);
        JsonObject answer = server.json(PATH, body);
        assertEquals(4, answer.getJsonArray("choices").size());
        for (int i = 0; i < 4; i++) {
            assertEquals(i, choice(answer, i).getInteger("index"));
        }
        assertEquals(choice(answer, 0).getString("text"), choice(answer, 1).getString("text"), "greedy");
        assertEquals(
                choice(server.json(PATH, body("another text")), 0).getString("text"),
                choice(answer, 2).getString("text"));
        assertEquals(24, answer.getJsonObject("usage").getInteger("completion_tokens"));
        List<JsonObject> events = server.events(PATH, body);
        for (int i = 0; i < 4; i++) {
            assertEquals(choice(answer, i).getString("text"), joined(events, i));
        }
        JsonObject ids = server.json(PATH, body(JsonArray.of(tokens(TEXT), tokens("another text"))));
        assertEquals(choice(answer, 2).getString("text"), choice(ids, 1).getString("text"));
    }

    @Test
    void anEchoBeginsWithThePrompt() throws Exception {
        String text = choice(server.json(PATH, body(TEXT)), 0).getString("text");
        JsonObject echo = body(TEXT).put("echo", true);
        assertEquals(TEXT + text, choice(server.json(PATH, echo), 0).getString("text"));
        assertEquals(TEXT + text, joined(server.events(PATH, echo), 0));
        assertEquals(
                TEXT + text,
                choice(server.json(PATH, body(tokens(TEXT)).put("echo", true)), 0)
                        .getString("text"));
    }

    @Test
    void logprobsAreParallelLists() throws Exception {
        JsonObject answer = choice(server.json(PATH, body(TEXT).put("logprobs", 3)), 0);
        JsonObject lists = answer.getJsonObject("logprobs");
        JsonArray names = lists.getJsonArray("tokens");
        assertEquals(6, names.size());
        assertEquals(6, lists.getJsonArray("token_logprobs").size());
        assertEquals(6, lists.getJsonArray("top_logprobs").size());
        int offset = 0;
        for (int i = 0; i < 6; i++) {
            assertEquals(offset, lists.getJsonArray("text_offset").getInteger(i));
            offset += names.getString(i).length();
            JsonObject top = lists.getJsonArray("top_logprobs").getJsonObject(i);
            assertEquals(
                    lists.getJsonArray("token_logprobs").getFloat(i), top.getFloat(names.getString(i)), "token " + i);
        }
    }

    @Test
    void anEchoWithLogprobsScoresThePromptToo() throws Exception {
        JsonObject body = body(TEXT).put("echo", true).put("logprobs", 1).put("return_token_ids", true);
        JsonObject answer = choice(server.json(PATH, body), 0);
        JsonObject lists = answer.getJsonObject("logprobs");
        int prompt = answer.getJsonArray("prompt_token_ids").size();
        assertEquals(prompt + 6, lists.getJsonArray("tokens").size());
        assertNull(lists.getJsonArray("token_logprobs").getValue(0));
        assertTrue(lists.getJsonArray("token_logprobs").getFloat(prompt - 1) <= 0);
        JsonArray streamed = new JsonArray();
        for (JsonObject event : server.events(PATH, body)) {
            JsonObject scores = choice(event, 0).getJsonObject("logprobs");
            if (scores != null) {
                streamed.addAll(scores.getJsonArray("text_offset"));
            }
        }
        assertEquals(lists.getJsonArray("text_offset"), streamed);
    }

    @Test
    void tokensAreNamedByIdWhereAsked() throws Exception {
        JsonObject body = body(TEXT)
                .put("logprobs", 0)
                .put("return_tokens_as_token_ids", true)
                .put("return_token_ids", true);
        JsonObject answer = choice(server.json(PATH, body), 0);
        assertEquals(
                "token_id:" + answer.getJsonArray("token_ids").getInteger(0),
                answer.getJsonObject("logprobs").getJsonArray("tokens").getString(0));
    }

    @Test
    void aPromptIsCutToItsLastTokensWhereAsked() throws Exception {
        JsonObject answer = server.json(PATH, body(TEXT).put("truncate_prompt_tokens", 2));
        assertEquals(2, answer.getJsonObject("usage").getInteger("prompt_tokens"));
        String longer = "x ".repeat(3000);
        assertEquals(400, server.post(PATH, body(longer)).statusCode());
        assertEquals(
                200,
                server.post(PATH, body(longer).put("truncate_prompt_tokens", -1))
                        .statusCode());
    }

    @Test
    void onlyAllowedTokensAreChosenAndBadWordsAreNot() throws Exception {
        JsonObject allowed =
                body(TEXT).put("allowed_token_ids", JsonArray.of(70, 71)).put("return_token_ids", true);
        JsonArray ids = choice(server.json(PATH, allowed), 0).getJsonArray("token_ids");
        assertTrue(ids.stream().allMatch(id -> id.equals(70) || id.equals(71)), ids.encode());
        String text = choice(server.json(PATH, body(TEXT)), 0).getString("text");
        String first = text.substring(0, 1);
        String without = choice(server.json(PATH, body(TEXT).put("bad_words", JsonArray.of(first))), 0)
                .getString("text");
        assertTrue(!without.startsWith(first), "'%s' after '%s' is forbidden".formatted(without, first));
    }

    @Test
    void theRequestIdNamesTheAnswer() throws Exception {
        assertEquals(
                "mine-1",
                server.json(PATH, body(TEXT).put("request_id", "mine-1")).getString("id"));
    }

    @Test
    void tokensAndTextRoundTrip() throws Exception {
        JsonObject answer = server.json(
                "/tokenize", new JsonObject().put("prompt", "héllo 世界").put("return_token_strs", true));
        assertEquals(answer.getInteger("count"), answer.getJsonArray("tokens").size());
        assertEquals(
                answer.getInteger("count"), answer.getJsonArray("token_strs").size());
        assertEquals(2048, answer.getInteger("max_model_len"));
        JsonObject back = server.json("/detokenize", new JsonObject().put("tokens", answer.getJsonArray("tokens")));
        assertEquals("héllo 世界", back.getString("prompt"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '!',
            value = {
                "/v1/completions | {\"prompt\":[1,\"a\"]}            | prompt",
                "/v1/completions | {\"prompt\":[\"a\",1]}            | prompt",
                "/v1/completions | {\"prompt\":[-7]}                 | prompt",
                "/v1/completions | {\"prompt\":[[1],[\"a\"]]}       | prompt",
                "/detokenize     | {\"tokens\":[\"x\"]}             | tokens",
                "/detokenize     | {\"tokens\":[1.5]}               | tokens",
                "/v1/completions | {\"prompt\":[99999]}              | prompt",
                "/v1/completions | {\"prompt\":[[]]}                 | prompt",
                "/v1/completions | {\"prompt\":\"a\",\"logprobs\":21} | logprobs",
                "/v1/completions | {\"prompt\":\"a\",\"truncate_prompt_tokens\":0} | truncate_prompt_tokens",
                "/v1/completions | {\"prompt\":\"a\",\"stream\":true,\"prompt_logprobs\":0} | prompt_logprobs",
                "/v1/completions | {\"prompt\":\"a\",\"n\":1000}     | n",
                "/tokenize       | {}                                | prompt",
                "/tokenize       | {\"prompt\":\"a\",\"messages\":[{\"role\":\"user\"}]} | prompt",
                "/tokenize       | {\"prompt\":\"a\",\"model\":\"other\"} | model",
            })
    void aRequestThatCannotBeCarriedOutNamesItsField(String path, String body, String param) throws Exception {
        HttpResponse<String> response = server.post(path, new JsonObject(body));
        JsonObject error = new JsonObject(response.body()).getJsonObject("error");
        assertEquals(param.equals("model") ? 404 : 400, response.statusCode(), response.body());
        assertEquals(param, error.getString("param"), response.body());
    }
}
