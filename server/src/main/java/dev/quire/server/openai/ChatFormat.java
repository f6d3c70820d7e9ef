package dev.quire.server.openai;

import dev.quire.core.request.SampledToken;
import dev.quire.core.request.TextEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** Choices of chat answers: messages and their deltas. */
final class ChatFormat implements AnswerFormat {
    private final Call call;
    private final String role;
    private final String opening;
    private final EndingJson endings;
    private final LogprobsJson logprobs;
    private final LogprobsJson promptLogprobs;
    private Optional<JsonArray> promptScores = Optional.empty();

    /**
     * @param role of the generated messages
     * @param opening text before the generated one: a message that is continued and repeated, or empty
     */
    ChatFormat(Call call, String role, String opening, EndingJson endings, TokenNames names) {
        this.call = call;
        this.role = role;
        this.opening = opening;
        this.endings = endings;
        this.logprobs = new LogprobsJson(names, call.answer().logprobs().orElse(0));
        this.promptLogprobs =
                new LogprobsJson(names, call.answer().promptLogprobs().orElse(0));
    }

    @Override
    public String wholeObject() {
        return "chat.completion";
    }

    @Override
    public String eventObject() {
        return "chat.completion.chunk";
    }

    @Override
    public void scored(int prompt, TextEvent.PromptScored scores) {
        promptScores = Optional.of(promptLogprobs.prompt(scores.tokens()));
    }

    @Override
    public Optional<JsonObject> opening(int choice) {
        JsonObject delta = new JsonObject().put("role", role).put("content", opening);
        return Optional.of(
                choice(choice).put("delta", delta).putNull("logprobs").putNull("finish_reason"));
    }

    @Override
    public JsonObject piece(int choice, String text, List<SampledToken> tokens) {
        JsonObject piece = choice(choice)
                .put("delta", new JsonObject().put("content", text))
                .put("logprobs", scores(tokens))
                .putNull("finish_reason");
        return withIds(piece, tokens);
    }

    @Override
    public JsonObject ending(int choice, ChoiceRecord.Ending ending) {
        JsonObject last = choice(choice).put("delta", new JsonObject()).putNull("logprobs");
        return endings.put(last, ending);
    }

    @Override
    public JsonObject whole(int choice, ChoiceRecord record) {
        JsonObject message = new JsonObject()
                .put("role", role)
                .put("content", opening + record.text())
                .putNull("refusal");
        JsonObject whole = choice(choice).put("message", message).put("logprobs", scores(record.tokens()));
        return withIds(endings.put(whole, record.ending()), record.tokens());
    }

    @Override
    public void adorn(JsonObject answer) {
        promptScores.ifPresent(scores -> answer.put("prompt_logprobs", scores));
        if (call.answer().tokenIds()) {
            answer.put("prompt_token_ids", AnswerFormat.ids(call.prompts().getFirst()));
        }
    }

    private static JsonObject choice(int index) {
        return new JsonObject().put("index", index);
    }

    /** Null unless asked for. */
    private JsonObject scores(List<SampledToken> tokens) {
        return call.answer().logprobs().isPresent() ? logprobs.chat(tokens) : null;
    }

    private JsonObject withIds(JsonObject choice, List<SampledToken> tokens) {
        return call.answer().tokenIds() ? choice.put("token_ids", AnswerFormat.ids(tokens)) : choice;
    }
}
