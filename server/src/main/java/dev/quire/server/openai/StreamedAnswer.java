package dev.quire.server.openai;

import dev.quire.core.request.TextEvent;
import dev.quire.core.request.Usage;
import dev.quire.server.contract.ApiException;
import dev.quire.server.openai.AnswerOptions.StreamUsage;
import dev.quire.server.stream.SseWriter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.BitSet;

/** An answer that is sent as it comes. Nothing goes out before the engine has taken the request, so that a refusal still has its status. */
final class StreamedAnswer implements Answer {
    private final RoutingContext context;
    private final Call call;
    private final AnswerHead head;
    private final AnswerFormat format;
    private final SseWriter writer;
    /** What every event begins with, up to its choice: written out once, for there is an event for each token. */
    private final String beginning;

    private final BitSet opened = new BitSet();
    private final int[] generated;
    private Usage usage = new Usage(0, 0, 0);

    StreamedAnswer(RoutingContext context, Call call, AnswerHead head, AnswerFormat format, SseWriter writer) {
        this.context = context;
        this.call = call;
        this.head = head;
        this.format = format;
        this.writer = writer;
        String same = head.json(format.eventObject()).encode();
        this.beginning = same.substring(0, same.length() - 1) + ",\"choices\":[";
        this.generated = new int[call.prompts().size()];
    }

    @Override
    public void accept(int prompt, TextEvent event) {
        int first = prompt * call.sampling().n();
        switch (event) {
            case TextEvent.PromptScored scores -> format.scored(prompt, scores);
            case TextEvent.Delta delta -> {
                open(prompt);
                generated[prompt] += delta.tokens().size();
                if (worthSending(delta)) {
                    JsonObject piece = format.piece(first + delta.choice(), delta.text(), delta.tokens());
                    send(prompt, piece, Math.max(1, delta.tokens().size()));
                }
            }
            case TextEvent.ChoiceFinished finished -> {
                open(prompt);
                send(
                        prompt,
                        format.ending(
                                first + finished.choice(), new ChoiceRecord.Ending(finished.reason(), finished.stop())),
                        0);
            }
            case TextEvent.Completed completed -> usage = UsageJson.sum(usage, completed.usage());
            case TextEvent.Refused _, TextEvent.Failed _ ->
                throw new IllegalArgumentException("refusals and failures are no part of an answer: " + event);
        }
    }

    @Override
    public void complete() {
        if (call.answer().usage() != StreamUsage.NONE) {
            JsonObject last = head.json(format.eventObject())
                    .put("choices", new JsonArray())
                    .put("usage", UsageJson.of(usage));
            writer.send(last, 0);
        }
        writer.done();
    }

    @Override
    public void fail(ApiException failure) {
        if (writer.begun()) {
            writer.send(failure.toJson(), 0);
            writer.done();
        } else {
            context.fail(failure);
        }
    }

    @Override
    public boolean overrun() {
        return writer.overrun();
    }

    private void open(int prompt) {
        if (opened.get(prompt)) {
            return;
        }
        opened.set(prompt);
        int first = prompt * call.sampling().n();
        for (int i = first; i < first + call.sampling().n(); i++) {
            format.opening(i).ifPresent(choice -> {
                JsonObject more = usage(prompt);
                format.adorn(more);
                writer.send(event(choice, more), 0);
            });
        }
    }

    private boolean worthSending(TextEvent.Delta delta) {
        return !delta.text().isEmpty()
                || call.answer().tokenIds()
                || call.answer().logprobs().isPresent()
                || call.answer().usage() == StreamUsage.CONTINUOUS;
    }

    private void send(int prompt, JsonObject choice, int tokens) {
        writer.send(event(choice, usage(prompt)), tokens);
    }

    /** @param more fields beside the choice */
    private String event(JsonObject choice, JsonObject more) {
        String rest = more.isEmpty() ? "}" : "," + more.encode().substring(1);
        return beginning + choice.encode() + "]" + rest;
    }

    /** What has been used so far, if every event says so. */
    private JsonObject usage(int prompt) {
        if (call.answer().usage() != StreamUsage.CONTINUOUS) {
            return new JsonObject();
        }
        int promptTokens = call.prompts().get(prompt).ids().length;
        return new JsonObject().put("usage", UsageJson.of(new Usage(promptTokens, generated[prompt], 0)));
    }
}
