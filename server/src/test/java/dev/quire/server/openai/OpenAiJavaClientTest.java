package dev.quire.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import dev.quire.server.http.RunningServer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** OpenAI's own Java client, which knows nothing of Quire. {@code validate()} is its check of every field of an answer. */
class OpenAiJavaClientTest {
    private static RunningServer server;
    private static OpenAIClient client;

    @BeforeAll
    static void start() {
        server = RunningServer.with("api-key", "secret");
        client = client("secret");
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder()
                .model(RunningServer.MODEL)
                .addSystemMessage("be brief")
                .addUserMessage("hello")
                .temperature(0)
                .maxCompletionTokens(10)
                .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true));
    }

    @Test
    void chatAnswersPassTheClientsOwnChecks() {
        ChatCompletion answer = client.chat()
                .completions()
                .create(chat().n(2).logprobs(true).topLogprobs(3).build())
                .validate();
        assertEquals(2, answer.choices().size());
        ChatCompletion.Choice choice = answer.choices().getFirst();
        assertEquals(ChatCompletion.Choice.FinishReason.LENGTH, choice.finishReason());
        assertEquals(10, choice.logprobs().orElseThrow().content().orElseThrow().size());
        assertEquals(20, answer.usage().orElseThrow().completionTokens());
    }

    @Test
    void streamsPassTheClientsOwnChecksAndSayTheSame() {
        String whole = client.chat()
                .completions()
                .create(chat().build())
                .choices()
                .getFirst()
                .message()
                .content()
                .orElse("");
        ChatCompletionCreateParams params = chat().streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            List<ChatCompletionChunk> chunks =
                    stream.stream().map(ChatCompletionChunk::validate).toList();
            assertEquals(
                    whole,
                    chunks.stream()
                            .flatMap(chunk -> chunk.choices().stream())
                            .map(choice -> choice.delta().content().orElse(""))
                            .collect(Collectors.joining()));
            assertEquals(10, chunks.getLast().usage().orElseThrow().completionTokens());
        }
    }

    @Test
    void completionsPassTheClientsOwnChecks() {
        CompletionCreateParams.Builder params = CompletionCreateParams.builder()
                .model(RunningServer.MODEL)
                .promptOfArrayOfStrings(List.of("one", "two"))
                .maxTokens(4);
        Completion answer =
                client.completions().create(params.logprobs(2).build()).validate();
        assertEquals(2, answer.choices().size());
        Completion echo = client.completions()
                .create(params.echo(true).logprobs(Optional.empty()).build())
                .validate();
        assertTrue(echo.choices().get(0).text().startsWith("one"));
        assertTrue(echo.choices().get(1).text().startsWith("two"));
    }

    @Test
    void modelsPassTheClientsOwnChecks() {
        List<Model> models = client.models().list().data();
        assertEquals(RunningServer.MODEL, models.getFirst().validate().id());
        assertEquals(
                RunningServer.MODEL,
                client.models().retrieve(RunningServer.MODEL).validate().id());
    }

    @Test
    void refusalsBecomeTheClientsExceptions() {
        NotFoundException noModel = assertThrows(
                NotFoundException.class,
                () -> client.chat().completions().create(chat().model("other").build()));
        assertTrue(noModel.getMessage().contains("The model `other` does not exist."), noModel.getMessage());
        BadRequestException badField = assertThrows(
                BadRequestException.class,
                () -> client.chat().completions().create(chat().temperature(-1).build()));
        assertTrue(badField.getMessage().contains("temperature"), badField.getMessage());
        assertEquals("temperature", badField.param().orElse(""));
        OpenAIClient stranger = client("wrong");
        assertThrows(UnauthorizedException.class, () -> stranger.models().list());
        stranger.close();
    }
}
