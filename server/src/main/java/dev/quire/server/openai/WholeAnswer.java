package dev.quire.server.openai;

import dev.quire.core.request.TextEvent;
import dev.quire.core.request.Usage;
import dev.quire.server.contract.ApiException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;

/** An answer that is sent at once, when all of it is there. */
final class WholeAnswer implements Answer {
    private final RoutingContext context;
    private final Call call;
    private final AnswerHead head;
    private final AnswerFormat format;
    private final List<ChoiceRecord> choices = new ArrayList<>();
    private Usage usage = new Usage(0, 0, 0);

    WholeAnswer(RoutingContext context, Call call, AnswerHead head, AnswerFormat format) {
        this.context = context;
        this.call = call;
        this.head = head;
        this.format = format;
        for (int i = 0; i < call.choices(); i++) {
            choices.add(new ChoiceRecord());
        }
    }

    @Override
    public void accept(int prompt, TextEvent event) {
        int first = prompt * call.sampling().n();
        switch (event) {
            case TextEvent.PromptScored scores -> format.scored(prompt, scores);
            case TextEvent.Delta delta -> choices.get(first + delta.choice()).add(delta);
            case TextEvent.ChoiceFinished finished ->
                choices.get(first + finished.choice()).end(finished);
            case TextEvent.Completed completed -> usage = UsageJson.sum(usage, completed.usage());
            case TextEvent.Refused _, TextEvent.Failed _ ->
                throw new IllegalArgumentException("refusals and failures are no part of an answer: " + event);
        }
    }

    @Override
    public void complete() {
        if (context.response().closed()) {
            return;
        }
        JsonArray array = new JsonArray();
        for (int i = 0; i < choices.size(); i++) {
            array.add(format.whole(i, choices.get(i)));
        }
        JsonObject answer =
                head.json(format.wholeObject()).put("choices", array).put("usage", UsageJson.of(usage));
        format.adorn(answer);
        context.json(answer);
    }

    @Override
    public void fail(ApiException failure) {
        context.fail(failure);
    }

    @Override
    public boolean overrun() {
        return false;
    }
}
