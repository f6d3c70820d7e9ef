package dev.quire.core.engine;

import dev.quire.core.request.FinishReason;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SampledToken;
import dev.quire.core.request.TokenEvent;
import dev.quire.core.request.TokenLogprobs;
import dev.quire.core.request.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Everything that a request's listener was told. */
final class Collected implements Consumer<TokenEvent> {
    final Map<Integer, List<SampledToken>> choices = new TreeMap<>();
    final Map<Integer, List<TokenEvent.Role>> roles = new TreeMap<>();
    final Map<Integer, FinishReason> reasons = new TreeMap<>();
    final List<Optional<TokenLogprobs>> promptScores = new ArrayList<>();
    private final CompletableFuture<TokenEvent> end = new CompletableFuture<>();

    static Collected of(Engine engine, GenerationRequest request) {
        Collected collected = new Collected();
        engine.submit(request, collected);
        return collected;
    }

    @Override
    public synchronized void accept(TokenEvent event) {
        switch (event) {
            case TokenEvent.PromptScored(var tokens) -> promptScores.addAll(tokens);
            case TokenEvent.Token(int choice, SampledToken token, var role) -> {
                choices.computeIfAbsent(choice, c -> new ArrayList<>()).add(token);
                roles.computeIfAbsent(choice, c -> new ArrayList<>()).add(role);
            }
            case TokenEvent.Finished(int choice, FinishReason reason, var stop) -> reasons.put(choice, reason);
            case TokenEvent.Completed completed -> end.complete(completed);
            case TokenEvent.Refused refused -> end.complete(refused);
            case TokenEvent.Failed failed -> end.complete(failed);
        }
    }

    TokenEvent end() {
        return end.orTimeout(10, TimeUnit.MINUTES).join();
    }

    Usage usage() {
        return ((TokenEvent.Completed) end()).usage();
    }

    List<Integer> tokens(int choice) {
        end();
        return choices.getOrDefault(choice, List.of()).stream()
                .map(SampledToken::id)
                .toList();
    }
}
