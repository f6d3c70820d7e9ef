package dev.quire.core.scheduler;

import dev.quire.core.cache.BlockTable;
import dev.quire.core.cache.TokenHistory;
import dev.quire.core.scheduler.SequenceOptions.PromptLogits;
import dev.quire.core.scheduler.SequenceOptions.SamplingInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One stream of tokens: a request's prompt and one of its choices. The scheduler alone changes it; the engine reads it.
 *
 * <p>Four counts tell how far it is, {@code computed <= scheduled <= known + pending <= maxTotalTokens}: tokens whose keys and values are
 * in the cache; tokens that some planned step computes or has computed; tokens whose ids are known; samples still on their way.
 */
public final class Sequence {
    /** Where a sequence is in its life. */
    public enum State {
        /** Not admitted yet, or preempted. */
        WAITING,
        /** A further choice, until the first has computed the prompt. */
        UNFORKED,
        /** Holds blocks, or its last token is on its way. */
        RUNNING,
        /** Over; rows in steps still in flight are surplus. */
        FINISHED
    }

    private final long id;
    private final String requestId;
    private final int choice;
    private final int promptLength;
    private final SequenceOptions options;

    // The scheduler's books.
    TokenHistory tokens;
    State state;
    Optional<BlockTable> table = Optional.empty();
    List<Sequence> unforked = new ArrayList<>();
    int computed;
    int scheduled;
    int pending;
    int reached;
    int cachedPromptTokens;
    int promptRowsDone;
    int inFlight;
    long lastPlanned = -1;
    StepPlan.TokenOrigin lastToken = StepPlan.TokenOrigin.Known.HISTORY;

    Sequence(long id, String requestId, int choice, TokenHistory prompt, SequenceOptions options) {
        this.id = id;
        this.requestId = requestId;
        this.choice = choice;
        this.promptLength = prompt.size();
        this.options = options;
        this.tokens = prompt;
        this.state = choice == 0 ? State.WAITING : State.UNFORKED;
    }

    /** Unique, and rising in the order of arrival. */
    public long id() {
        return id;
    }

    public String requestId() {
        return requestId;
    }

    /** The index among the choices of the request, from 0. */
    public int choice() {
        return choice;
    }

    public State state() {
        return state;
    }

    public boolean isFinished() {
        return state == State.FINISHED;
    }

    public int priority() {
        return options.priority();
    }

    public int promptLength() {
        return promptLength;
    }

    /** Known tokens, prompt and output. */
    public int length() {
        return tokens.size();
    }

    public int outputLength() {
        return tokens.size() - promptLength;
    }

    /** A known token; output starts at {@code promptLength()}. */
    public int token(int position) {
        return tokens.get(position);
    }

    /** Copies known tokens from position {@code from} to {@code target[at]} and following. */
    public void copyTokens(int from, int count, int[] target, int at) {
        tokens.copyTo(from, count, target, at);
    }

    /** Prompt and output end at this length. */
    public int maxTotalTokens() {
        return options.maxTotalTokens();
    }

    /** Tokens whose keys and values are in the cache. */
    public int computed() {
        return computed;
    }

    /** Tokens that planned steps compute or have computed. */
    public int scheduled() {
        return scheduled;
    }

    /** Prompt tokens that the prefix cache had when the request was first admitted; the same for all choices of a group. */
    public int cachedPromptTokens() {
        return cachedPromptTokens;
    }

    /** Samples in steps in flight. */
    public int pending() {
        return pending;
    }

    /** Whether the next step must wait for a token on its way, because sampling looks at the tokens before. */
    public boolean awaitsToken() {
        return options.sampling() == SamplingInput.HISTORY && pending > 0;
    }

    /** Tokens that exist or are on their way, and that no planned step computes. */
    int unscheduled() {
        return tokens.size() + pending - scheduled;
    }

    /** Whether it holds blocks, and a next step has tokens of it to compute. */
    boolean isReady() {
        return table.isPresent() && unscheduled() > 0 && !awaitsToken();
    }

    /** Whether the next step has exactly one of its tokens to compute. */
    boolean isDecode() {
        return isReady() && unscheduled() == 1;
    }

    /** Whether every token up to the longest length exists or is on its way, so that no further step is needed. */
    boolean isExhausted() {
        return tokens.size() + pending == options.maxTotalTokens();
    }

    boolean owesPromptRows() {
        return options.promptLogits() == PromptLogits.ALL && promptRowsDone < promptLength;
    }

    /** How many tokens may come from the prefix cache: not those whose logits are still owed. */
    int cacheLimit() {
        return owesPromptRows() ? promptRowsDone : tokens.size();
    }

    /** Running sequences that this one is, or will be once forked. */
    int seats() {
        return 1 + unforked.size();
    }

    /** Starts to compute, or starts over, with what the table already has. */
    void start(BlockTable with, int cached) {
        table = Optional.of(with);
        computed = cached;
        scheduled = cached;
    }

    /** Forgets what was computed; keeps the tokens, also those on their way. */
    void startOver() {
        computed = 0;
        scheduled = 0;
    }

    @Override
    public String toString() {
        return "Sequence[%d %s#%d %s prompt=%d known=%d pending=%d scheduled=%d computed=%d max=%d]"
                .formatted(
                        id,
                        requestId,
                        choice,
                        state,
                        promptLength,
                        tokens.size(),
                        pending,
                        scheduled,
                        computed,
                        options.maxTotalTokens());
    }
}
