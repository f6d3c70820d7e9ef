package dev.quire.core.scheduler;

import java.util.Arrays;

/**
 * A model small enough to check by eye: what it stores for a position depends on the salt and all tokens up to there, its logits depend on
 * everything stored, and a choice's next token depends on the logits. So one wrong slot changes every token after it.
 */
record SimulatedModel(int vocabulary, int endOfText) {

    /** What is stored at a position, given what is stored before it. */
    static long store(long salt, int token, int position, long previous, long middle) {
        return mix(mix(mix(salt + token) + position) ^ mix(previous) + 3 * middle);
    }

    /** Folds the store of one more position into a row of logits. */
    static long attend(long row, long stored) {
        return mix(row + stored);
    }

    int sample(long row, int choice, int position) {
        long draw = mix(row ^ mix(31L * choice + position));
        return (int) Long.remainderUnsigned(draw, vocabulary);
    }

    /** The answer of a machine that does nothing else: prompt and output, up to the end of text or the longest length. */
    Answer undisturbed(long salt, int[] prompt, int choice, int maxTotal) {
        int[] tokens = Arrays.copyOf(prompt, maxTotal);
        long[] stored = new long[maxTotal];
        long[] rows = new long[maxTotal];
        int length = prompt.length;
        for (int p = 0; ; p++) {
            stored[p] = store(salt, tokens[p], p, p == 0 ? 0 : stored[p - 1], p == 0 ? 0 : stored[p / 2]);
            for (int i = 0; i <= p; i++) {
                rows[p] = attend(rows[p], stored[i]);
            }
            if (p + 1 < length) {
                continue;
            }
            tokens[length] = sample(rows[p], choice, length);
            length++;
            if (tokens[length - 1] == endOfText || length == maxTotal) {
                return new Answer(Arrays.copyOf(tokens, length), rows);
            }
        }
    }

    /** @param tokens prompt and output @param rows the row of logits after each position that was computed */
    record Answer(int[] tokens, long[] rows) {}

    private static long mix(long z) { // SplitMix64's finalizer
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return (z ^ (z >>> 31)) + 0x9e3779b97f4a7c15L;
    }
}
