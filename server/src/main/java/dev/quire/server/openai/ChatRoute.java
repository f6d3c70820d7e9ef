package dev.quire.server.openai;

import dev.quire.core.request.SamplingParams;
import dev.quire.core.text.Tokenizer;
import dev.quire.server.contract.ApiException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** {@code POST /v1/chat/completions}. */
final class ChatRoute implements Generate.Endpoint {
    private final Deployment deployment;
    private final SamplingFields sampling;
    private final Conversation conversation;
    private final EndingJson endings;

    ChatRoute(Deployment deployment) {
        Tokenizer tokenizer = deployment.llm().tokenizer();
        this.deployment = deployment;
        this.sampling = new SamplingFields(
                deployment.defaults(),
                new WordTokens(tokenizer),
                deployment.options().maxLogprobs());
        this.conversation = new Conversation(tokenizer, deployment.chatTemplate());
        this.endings = new EndingJson(tokenizer.eosIds());
    }

    @Override
    public Call read(JsonObject body) {
        String model = deployment.requested(body);
        OptionalInt logprobs = logprobs(body);
        OptionalInt maxTokens = Fields.integer(body, "max_completion_tokens");
        SamplingParams params = sampling.read(
                body, maxTokens.isPresent() ? maxTokens : Fields.integer(body, "max_tokens"), logprobs, "top_logprobs");
        int maxModelLen = deployment.llm().info().maxModelLen();
        return new Call(
                body.getString(
                        "request_id", "chatcmpl-" + UUID.randomUUID().toString().replace("-", "")),
                model,
                Call.truncated(body, List.of(conversation.read(body)), params, maxModelLen),
                params,
                AnswerOptions.read(body, logprobs),
                Call.priority(body, deployment.policy()),
                Optional.ofNullable(body.getString("cache_salt")));
    }

    @Override
    public AnswerFormat format(Call call, JsonObject body) {
        boolean generate = Fields.flag(body, "add_generation_prompt", true);
        JsonObject last = body.getJsonArray("messages")
                .getJsonObject(body.getJsonArray("messages").size() - 1);
        String role = generate ? deployment.options().responseRole() : last.getString("role");
        boolean repeats = call.answer().repeatsPrompt() && role.equals(last.getString("role"));
        String opening = repeats && last.getValue("content") instanceof String text ? text : "";
        return new ChatFormat(
                call, role, opening, endings, TokenNames.of(deployment.llm().tokenizer(), body));
    }

    @Override
    public String promptField() {
        return "messages";
    }

    private static OptionalInt logprobs(JsonObject body) {
        boolean wanted = Fields.flag(body, "logprobs", false);
        OptionalInt top = Fields.integer(body, "top_logprobs");
        if (!wanted && top.orElse(0) > 0) {
            throw ApiException.badRequest("top_logprobs", "top_logprobs needs `logprobs` to be true.");
        }
        return wanted ? OptionalInt.of(top.orElse(0)) : OptionalInt.empty();
    }
}
