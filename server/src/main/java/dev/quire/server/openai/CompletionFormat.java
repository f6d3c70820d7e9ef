package dev.quire.server.openai;

import dev.quire.core.request.SampledToken;
import dev.quire.core.request.TextEvent;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Choices of completions: texts, after their prompts where those are repeated. Choice {@code p * n + c} is choice c of prompt p. */
final class CompletionFormat implements AnswerFormat {
    private final Call call;
    private final EndingJson endings;
    private final TokenNames names;
    private final LogprobsJson promptLogprobs;
    private final Map<Integer, TextEvent.PromptScored> scores = new HashMap<>();
    private final Map<Integer, CompletionLogprobs> logprobs = new HashMap<>();

    CompletionFormat(Call call, EndingJson endings, TokenNames names) {
        this.call = call;
        this.endings = endings;
        this.names = names;
        this.promptLogprobs =
                new LogprobsJson(names, call.answer().promptLogprobs().orElse(0));
    }

    @Override
    public String wholeObject() {
        return "text_completion";
    }

    @Override
    public String eventObject() {
        return "text_completion";
    }

    @Override
    public void scored(int prompt, TextEvent.PromptScored event) {
        scores.put(prompt, event);
    }

    @Override
    public Optional<JsonObject> opening(int choice) {
        if (!call.answer().repeatsPrompt() && !call.answer().tokenIds()) {
            return Optional.empty();
        }
        JsonObject opening = choice(
                        choice, call.answer().repeatsPrompt() ? prompt(choice).text() : "")
                .put("logprobs", promptLists(choice).orElse(null))
                .putNull("finish_reason");
        return Optional.of(withPromptIds(withIds(opening, List.of()), choice));
    }

    @Override
    public JsonObject piece(int choice, String text, List<SampledToken> tokens) {
        JsonObject piece = choice(choice, text)
                .put("logprobs", lists(choice, tokens).orElse(null))
                .putNull("finish_reason");
        return withIds(piece, tokens);
    }

    @Override
    public JsonObject ending(int choice, ChoiceRecord.Ending ending) {
        return endings.put(choice(choice, "").putNull("logprobs"), ending);
    }

    @Override
    public JsonObject whole(int choice, ChoiceRecord record) {
        String text = call.answer().repeatsPrompt() ? prompt(choice).text() + record.text() : record.text();
        Optional<JsonObject> prompt = promptLists(choice);
        Optional<JsonObject> generated = lists(choice, record.tokens());
        JsonObject lists = prompt.map(first -> CompletionLogprobs.join(first, generated.orElseThrow()))
                .or(() -> generated)
                .orElse(null);
        JsonObject whole = endings.put(choice(choice, text).put("logprobs", lists), record.ending());
        if (call.answer().promptLogprobs().isPresent()) {
            whole.put(
                    "prompt_logprobs",
                    promptLogprobs.prompt(scores.get(promptIndex(choice)).tokens()));
        }
        return withPromptIds(withIds(whole, record.tokens()), choice);
    }

    @Override
    public void adorn(JsonObject answer) {
        // Everything belongs to a choice.
    }

    private int promptIndex(int choice) {
        return choice / call.sampling().n();
    }

    private Prompt prompt(int choice) {
        return call.prompts().get(promptIndex(choice));
    }

    private static JsonObject choice(int index, String text) {
        return new JsonObject().put("index", index).put("text", text);
    }

    /** The prompt's lists, if the answer repeats the prompt and was asked for log-probabilities. */
    private Optional<JsonObject> promptLists(int choice) {
        if (!call.answer().repeatsPrompt() || call.answer().logprobs().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(state(choice)
                .prompt(prompt(choice).ids(), scores.get(promptIndex(choice)).tokens()));
    }

    private Optional<JsonObject> lists(int choice, List<SampledToken> tokens) {
        return call.answer().logprobs().isPresent() ? Optional.of(state(choice).next(tokens)) : Optional.empty();
    }

    private CompletionLogprobs state(int choice) {
        return logprobs.computeIfAbsent(
                choice,
                key -> new CompletionLogprobs(names, call.answer().logprobs().orElseThrow()));
    }

    private JsonObject withIds(JsonObject choice, List<SampledToken> tokens) {
        return call.answer().tokenIds() ? choice.put("token_ids", AnswerFormat.ids(tokens)) : choice;
    }

    private JsonObject withPromptIds(JsonObject json, int choice) {
        return call.answer().tokenIds() ? json.put("prompt_token_ids", AnswerFormat.ids(prompt(choice))) : json;
    }
}
