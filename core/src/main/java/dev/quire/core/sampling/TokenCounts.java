package dev.quire.core.sampling;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The distinct tokens of one choice's output and how often each came. */
final class TokenCounts {
    private final Map<Integer, Integer> places = new HashMap<>();
    private int[] tokens = new int[16];
    private int[] counts = new int[16];
    private int size;

    void add(int token) {
        Integer place = places.get(token);
        if (place != null) {
            counts[place]++;
            return;
        }
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * size);
            counts = Arrays.copyOf(counts, 2 * size);
        }
        places.put(token, size);
        tokens[size] = token;
        counts[size++] = 1;
    }

    int[] tokens() {
        return Arrays.copyOf(tokens, size);
    }

    int[] counts() {
        return Arrays.copyOf(counts, size);
    }
}
