package dev.quire.server.openai;

import dev.quire.core.engine.Generation;
import dev.quire.core.llm.Llm;
import dev.quire.core.request.Refusal;
import dev.quire.core.request.TextEvent;
import dev.quire.server.contract.ApiException;
import dev.quire.server.metrics.RequestMetrics;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One HTTP request while it is being answered: its prompts in the engine, and their events on their way to the answer. Lives on the
 * request's Vert.x context; only {@link #cancel} may be called from elsewhere.
 */
final class Exchange {
    private static final int RETRY_AFTER_SECONDS = 1;

    private final Context context;
    private final HttpServerResponse response;
    private final Call call;
    private final Answer answer;
    private final InFlight inFlight;
    private final String promptField;
    private final List<Generation> generations = new ArrayList<>();
    private int completed;
    private boolean over;

    /** @param promptField the field to blame for prompts that are refused */
    Exchange(
            Context context,
            HttpServerResponse response,
            Call call,
            Answer answer,
            InFlight inFlight,
            String promptField) {
        this.context = context;
        this.response = response;
        this.call = call;
        this.answer = answer;
        this.inFlight = inFlight;
        this.promptField = promptField;
    }

    /** Hands all prompts to the engine. A client that goes away cancels them, also while they wait. */
    void start(Llm llm, RequestMetrics metrics) {
        inFlight.begin(this);
        response.closeHandler(gone -> giveUp());
        response.exceptionHandler(gone -> giveUp());
        for (int i = 0; i < call.prompts().size() && !over; i++) {
            int prompt = i;
            Consumer<TextEvent> observer = metrics.observer();
            generations.add(llm.submit(call.request(prompt), event -> {
                observer.accept(event);
                context.runOnContext(hop -> deliver(prompt, event));
            }));
        }
    }

    /** Ends it early: the answer becomes an error. */
    void cancel() {
        context.runOnContext(hop -> fail(ApiException.of(
                ApiException.Kind.UNAVAILABLE, "The server is shutting down before the answer is complete.")));
    }

    private void deliver(int prompt, TextEvent event) {
        if (over) {
            return;
        }
        switch (event) {
            case TextEvent.Refused(Refusal refusal) -> fail(refused(refusal));
            case TextEvent.Failed(String message) -> fail(ApiException.of(ApiException.Kind.INTERNAL, message));
            case TextEvent.Completed end -> {
                answer.accept(prompt, end);
                completed++;
                if (completed == call.prompts().size()) {
                    finish();
                    answer.complete();
                }
            }
            case TextEvent.PromptScored _, TextEvent.Delta _, TextEvent.ChoiceFinished _ -> {
                answer.accept(prompt, event);
                if (answer.overrun()) {
                    giveUp();
                    response.reset();
                }
            }
        }
    }

    private ApiException refused(Refusal refusal) {
        return switch (refusal.kind()) {
            case INVALID -> ApiException.badRequestBySubject(refusal.message(), promptField);
            case TOO_LONG -> ApiException.badRequest(promptField, refusal.message());
            case OVERLOADED -> ApiException.overloaded(refusal.message(), RETRY_AFTER_SECONDS);
            case UNAVAILABLE -> ApiException.of(ApiException.Kind.UNAVAILABLE, refusal.message());
        };
    }

    private void fail(ApiException failure) {
        if (!over) {
            giveUp();
            answer.fail(failure);
        }
    }

    private void giveUp() {
        if (!over) {
            finish();
            generations.forEach(Generation::cancel);
        }
    }

    private void finish() {
        over = true;
        inFlight.end(this);
    }
}
