package dev.quire.server.openai;

import dev.quire.core.request.SamplingParams;
import dev.quire.core.text.Tokenizer;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** {@code POST /v1/completions}. */
final class CompletionRoute implements Generate.Endpoint {
    private static final int MAX_TOKENS = 16;

    private final Deployment deployment;
    private final SamplingFields sampling;
    private final PromptField prompts;
    private final EndingJson endings;

    CompletionRoute(Deployment deployment) {
        Tokenizer tokenizer = deployment.llm().tokenizer();
        this.deployment = deployment;
        this.sampling = new SamplingFields(
                deployment.defaults(),
                new WordTokens(tokenizer),
                deployment.options().maxLogprobs());
        this.prompts = new PromptField(tokenizer);
        this.endings = new EndingJson(tokenizer.eosIds());
    }

    @Override
    public Call read(JsonObject body) {
        String model = deployment.requested(body);
        OptionalInt logprobs = Fields.integer(body, "logprobs");
        AnswerOptions answer = AnswerOptions.read(body, logprobs);
        SamplingParams params = sampling.read(
                scored(body, answer),
                OptionalInt.of(Fields.integer(body, "max_tokens", MAX_TOKENS)),
                logprobs,
                "logprobs");
        int maxModelLen = deployment.llm().info().maxModelLen();
        return new Call(
                body.getString(
                        "request_id", "cmpl-" + UUID.randomUUID().toString().replace("-", "")),
                model,
                Call.truncated(body, prompts.read(body), params, maxModelLen),
                params,
                answer,
                Call.priority(body, deployment.policy()),
                Optional.ofNullable(body.getString("cache_salt")));
    }

    /** A repeated prompt is scored like the rest of the text. */
    private static JsonObject scored(JsonObject body, AnswerOptions answer) {
        if (!answer.repeatsPrompt() || answer.logprobs().isEmpty()) {
            return body;
        }
        int most =
                Math.max(answer.logprobs().getAsInt(), answer.promptLogprobs().orElse(0));
        return body.copy().put("prompt_logprobs", most);
    }

    @Override
    public AnswerFormat format(Call call, JsonObject body) {
        return new CompletionFormat(
                call, endings, TokenNames.of(deployment.llm().tokenizer(), body));
    }

    @Override
    public String promptField() {
        return "prompt";
    }
}
