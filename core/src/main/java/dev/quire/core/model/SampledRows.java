package dev.quire.core.model;

import dev.quire.api.memory.Buffer;
import dev.quire.core.request.TokenLogprobs;

/** What a sampling step chose, row by row; valid until the step after next is issued. */
public final class SampledRows {
    private final Buffer tokens;
    private final Buffer ranks;
    private final Buffer topIds;
    private final Buffer topLogprobs;

    SampledRows(Buffer tokens, Buffer ranks, Buffer topIds, Buffer topLogprobs) {
        this.tokens = tokens;
        this.ranks = ranks;
        this.topIds = topIds;
        this.topLogprobs = topLogprobs;
    }

    /** The token of a row. */
    public int token(int row) {
        return tokens.intAt(row, 0);
    }

    /** The log-probabilities of a row that asked for {@code top} alternatives. */
    public TokenLogprobs logprobs(int row, int top) {
        int[] ids = new int[top];
        float[] values = new float[top];
        for (int i = 0; i < top; i++) {
            ids[i] = topIds.intAt(row, 1 + i);
            values[i] = topLogprobs.floatAt(row, 1 + i);
        }
        return new TokenLogprobs(token(row), topLogprobs.floatAt(row, 0), ranks.intAt(row, 0), ids, values);
    }
}
