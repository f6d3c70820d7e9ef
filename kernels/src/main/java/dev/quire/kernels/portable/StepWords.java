package dev.quire.kernels.portable;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The numbers of one step, gathered section by section as launches ask for them. One thread. */
final class StepWords {
    private final Map<Object, Integer> sections = new HashMap<>();
    private int[] words = new int[1024];
    private int size;

    /** Where the section {@code key} begins; appended when first asked for. */
    int section(Object key, Supplier<int[]> content) {
        Integer at = sections.get(key);
        if (at == null) {
            at = append(content.get());
            sections.put(key, at);
        }
        return at;
    }

    /** Appends numbers and returns where they begin. */
    int append(int... values) {
        int at = size;
        if (words.length - at < values.length) {
            words = Arrays.copyOf(words, Math.max(Math.addExact(at, values.length), 2 * words.length));
        }
        System.arraycopy(values, 0, words, at, values.length);
        size = at + values.length;
        return at;
    }

    int[] toArray() {
        return Arrays.copyOf(words, size);
    }
}
