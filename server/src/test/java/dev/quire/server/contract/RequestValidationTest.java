package dev.quire.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.server.options.HttpOptions.UnknownFields;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.OpenAPIContract;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests over a real port, through the OpenAPI router, to handlers that answer with the body they were given. */
class RequestValidationTest {
    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private static Vertx vertx;
    private static int lenient;
    private static int strict;
    private static HttpClient client;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        lenient = listen(UnknownFields.REPORTED);
        strict = listen(UnknownFields.REFUSED);
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        client.close();
        vertx.close().await();
    }

    private static int listen(UnknownFields policy) {
        OpenAPIContract contract = Contract.load(vertx).await();
        RequestBodies bodies = new RequestBodies(contract, policy);
        RouterBuilder builder = RouterBuilder.create(vertx, contract, bodies).rootHandler(BodyHandler.create(false));
        builder.getRoutes()
                .forEach(route -> route.addHandler(context -> context.json(RequestBodies.of(context)))
                        .setDoSecurity(false));
        Router router = builder.createRouter();
        Refusals refusals = new Refusals(bodies);
        router.route().failureHandler(refusals);
        return vertx.createHttpServer().requestHandler(router).listen(0).await().actualPort();
    }

    private static HttpResponse<String> post(int port, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static JsonObject error(HttpResponse<String> response) {
        JsonObject error = new JsonObject(response.body()).getJsonObject("error");
        assertEquals(response.statusCode(), error.getInteger("code"));
        return error;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '!',
            value = {
                "\"temperature\":-1                | temperature | -1",
                "\"temperature\":\"hot\"           | temperature | number",
                "\"top_p\":0                       | top_p | 0",
                "\"n\":0                           | n | 1",
                "\"n\":1.5                         | n | integer",
                "\"stop\":[1]                      | stop | stop.0",
                "\"logit_bias\":{\"5\":\"x\"}      | logit_bias | logit_bias.5",
                "\"stream_options\":{\"include_usage\":3} | stream_options | stream_options.include_usage",
                "\"tempurature\":1                 | tempurature | did you mean `temperature`?",
                "\"maxTokens\":1                   | maxTokens | did you mean `max_tokens`?",
                "\"response_format\":{\"type\":\"json_object\"} | response_format | cannot force answers into a format",
                "\"tool_choice\":\"required\"      | tool_choice | cannot force a tool call",
                "\"tool_choice\":{\"type\":\"function\"} | tool_choice | cannot force a tool call",
                "\"structured_outputs\":{}         | structured_outputs | cannot force answers into a format",
                "\"use_beam_search\":true          | use_beam_search | does not search beams",
                "\"modalities\":[\"text\",\"audio\"] | modalities | text only",
            })
    void aBadFieldIsRefusedByNameWithTheReason(String field, String param, String expected) throws Exception {
        HttpResponse<String> response = post(lenient, "/v1/chat/completions", "{" + MESSAGES + "," + field + "}");
        assertEquals(400, response.statusCode(), response.body());
        JsonObject error = error(response);
        assertEquals("BadRequestError", error.getString("type"));
        assertEquals(param, error.getString("param"), response.body());
        assertTrue(error.getString("message").contains(expected), error.getString("message"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '!',
            value = {
                "\"response_format\":{\"type\":\"text\"}",
                "\"tool_choice\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]",
                "\"use_beam_search\":false,\"length_penalty\":1.0",
                "\"user\":\"me\",\"store\":false,\"metadata\":{},\"service_tier\":\"auto\",\"parallel_tool_calls\":true",
                "\"temperature\":null,\"stop\":null,\"tools\":null,\"seed\":null",
                "\"top_k\":-1,\"min_p\":0.05,\"stop\":\"x\",\"logit_bias\":{\"5\":-100}",
                "\"chat_template_kwargs\":{\"enable_thinking\":false}",
            })
    void aFieldThatChangesNothingOrIsHonouredIsTaken(String field) throws Exception {
        HttpResponse<String> response = post(lenient, "/v1/chat/completions", "{" + MESSAGES + "," + field + "}");
        assertEquals(200, response.statusCode(), response.body());
        assertTrue(response.headers().firstValue("X-Quire-Ignored").isEmpty());
    }

    @Test
    void aNullFieldIsAnAbsentOne() throws Exception {
        HttpResponse<String> response =
                post(lenient, "/v1/chat/completions", "{" + MESSAGES + ",\"temperature\":null,\"seed\":1}");
        assertEquals("{" + MESSAGES + ",\"seed\":1}", response.body());
    }

    @Test
    void fieldsThatNoApiDefinesAreReported() throws Exception {
        HttpResponse<String> response =
                post(lenient, "/v1/chat/completions", "{" + MESSAGES + ",\"zebra\":1,\"colour\":2}");
        assertEquals(200, response.statusCode(), response.body());
        assertEquals(
                "colour, zebra",
                response.headers().firstValue("X-Quire-Ignored").orElse(""));
    }

    @Test
    void namesOfIgnoredFieldsCannotForgeHeaders() throws Exception {
        HttpResponse<String> response =
                post(lenient, "/v1/chat/completions", "{" + MESSAGES + ",\"a\\r\\nSet-Cookie: x\":1,\"größe\":2}");
        assertEquals(200, response.statusCode(), response.body());
        assertEquals(
                "a??Set-Cookie: x, gr??e",
                response.headers().firstValue("X-Quire-Ignored").orElse(""));
        assertTrue(response.headers().firstValue("Set-Cookie").isEmpty());
    }

    @Test
    void aStrictServerRefusesFieldsThatNoApiDefines() throws Exception {
        HttpResponse<String> response = post(strict, "/v1/chat/completions", "{" + MESSAGES + ",\"colour\":2}");
        assertEquals("colour", error(response).getString("param"));
        assertTrue(response.body().contains("--strict-fields"), response.body());
        assertEquals(
                200,
                post(strict, "/v1/chat/completions", "{" + MESSAGES + ",\"user\":\"me\"}")
                        .statusCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '!',
            value = {
                "\"text\"",
                "[\"one\",\"two\"]",
                "[1,2,3]",
                "[[1,2],[3]]",
            })
    void promptsComeInFourShapes(String prompt) throws Exception {
        assertEquals(
                200,
                post(lenient, "/v1/completions", "{\"prompt\":" + prompt + "}").statusCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '!',
            value = {
                "/detokenize          | {\"tokens\":7}            | tokens",
                "/v1/completions      | {\"prompt\":7}           | prompt",
                "/v1/completions      | {\"prompt\":[]}          | prompt",
                "/v1/completions      | {}                       | prompt",
                "/v1/chat/completions | {\"model\":\"m\"}        | messages",
                "/v1/chat/completions | {\"messages\":[]}        | messages",
                "/v1/chat/completions | {\"messages\":[{\"content\":\"x\"}]} | messages",
                "/v1/completions      | {\"prompt\":\"a\",\"best_of\":3} | best_of",
                "/v1/completions      | {\"prompt\":\"a\",\"suffix\":\"z\"} | suffix",
            })
    void aMissingOrMisshapenFieldIsNamed(String path, String body, String param) throws Exception {
        HttpResponse<String> response = post(lenient, path, body);
        assertEquals(400, response.statusCode(), response.body());
        assertEquals(param, error(response).getString("param"), response.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '!',
            value = {"{", "[]", "7", "\"x\"", "{\"a\":}", "nonsense"})
    void aBodyThatIsNoObjectIsABadRequest(String body) throws Exception {
        HttpResponse<String> response = post(lenient, "/v1/completions", body);
        assertEquals(400, response.statusCode(), response.body());
        assertTrue(error(response).getString("message").contains("JSON object"), response.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json; charset=utf-8", "application/json;charset=UTF-8"})
    void theContentTypeMayNameItsCharset(String type) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + lenient + "/v1/completions"))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"a\"}"))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertEquals(200, response.statusCode(), response.body());
    }

    @Test
    void theContentTypeMustBeJson() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + lenient + "/v1/completions"))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"a\"}"))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertEquals(400, response.statusCode());
        assertTrue(response.body().contains("'text/plain'"), response.body());
    }
}
