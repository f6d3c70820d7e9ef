package dev.quire.core.engine;

import dev.quire.core.request.FinishReason;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SampledToken;
import dev.quire.core.request.SamplingParams.Stopping;
import dev.quire.core.request.Timings;
import dev.quire.core.request.TokenEvent;
import dev.quire.core.request.TokenLogprobs;
import dev.quire.core.request.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A request that the scheduler knows: what it has delivered so far. Confined to the engine thread. */
final class ActiveRequest {
    final Command.Ticket ticket;
    final GenerationRequest request;
    final Set<Integer> stopTokens;
    private final Consumer<TokenEvent> listener;
    private final long arrived;
    private final List<Choice> choices = new ArrayList<>();
    private final TokenLogprobs[] promptScores;
    private int promptScored = 1; // the first token has no score
    private int open;
    private int delivered;
    private int cachedTokens;
    private long scheduled;
    private long firstToken;

    ActiveRequest(Command.Submit submit, Set<Integer> eosTokens) {
        this.ticket = submit.ticket();
        this.request = submit.request();
        this.listener = submit.listener();
        this.arrived = submit.arrived();
        this.promptScores =
                new TokenLogprobs[request.sampling().promptLogprobs().isPresent() ? request.prompt().length : 0];
        Stopping stopping = request.sampling().stopping();
        Set<Integer> stops = new TreeSet<>(stopping.tokens());
        if (stopping.ignoreEos() == Stopping.Eos.STOPS) {
            stops.addAll(eosTokens);
        }
        this.stopTokens = stops;
    }

    void add(Choice choice) {
        choices.add(choice);
        open++;
    }

    List<Choice> choices() {
        return choices;
    }

    boolean isOver() {
        return open == 0;
    }

    /** Notes the first step that computes tokens of this request; {@code cached} tokens were found. */
    void scheduled(int cached) {
        if (scheduled == 0) {
            scheduled = System.nanoTime();
            cachedTokens = Math.min(cached, request.prompt().length);
        }
    }

    boolean wasScheduled() {
        return scheduled != 0;
    }

    /** Notes the score of the prompt token at {@code position} and delivers all of them with the last. */
    void promptScore(int position, TokenLogprobs score) {
        if (promptScores[position] == null) {
            promptScores[position] = score;
            promptScored++;
            if (promptScored == promptScores.length) {
                deliverPromptScores();
            }
        }
    }

    private void deliverPromptScores() {
        listener.accept(new TokenEvent.PromptScored(
                Arrays.stream(promptScores).map(Optional::ofNullable).toList()));
    }

    /** Delivers a token; returns whether it ends its choice. */
    boolean token(Choice choice, SampledToken token) {
        if (firstToken == 0) {
            firstToken = System.nanoTime();
            if (promptScores.length == 1) {
                deliverPromptScores();
            }
        }
        int index = choice.sequence.outputLength() - 1;
        choice.sampler.accept(token.id());
        boolean stops = stopTokens.contains(token.id())
                && index >= request.sampling().stopping().minTokens();
        delivered++;
        listener.accept(
                new TokenEvent.Token(choice.index(), token, stops ? TokenEvent.Role.STOP : TokenEvent.Role.TEXT));
        return stops;
    }

    void finish(Choice choice, FinishReason reason, Optional<Integer> stopToken) {
        if (!choice.ended) {
            choice.ended = true;
            open--;
            listener.accept(new TokenEvent.Finished(choice.index(), reason, stopToken));
        }
    }

    void complete() {
        long now = System.nanoTime();
        listener.accept(new TokenEvent.Completed(
                new Usage(request.prompt().length, delivered, cachedTokens),
                new Timings(arrived, scheduled == 0 ? now : scheduled, firstToken == 0 ? now : firstToken, now)));
    }

    void fail(String message) {
        choices.forEach(choice -> choice.ended = true);
        open = 0;
        listener.accept(new TokenEvent.Failed(message));
    }
}
