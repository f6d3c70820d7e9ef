package dev.quire.kernels.portable;

import dev.quire.api.step.StepBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The numbers of one step, gathered section by section as launches ask for them; and again for steps whose sections are as long. One thread.
 */
final class StepWords {
    private final Map<Object, Integer> sections = new HashMap<>();
    private final List<Appended> appended = new ArrayList<>();
    private int[] words = new int[256];
    private int size;

    /** Appends what a batch says and returns where it begins. */
    @FunctionalInterface
    interface Content {
        int append(StepBatch batch, StepWords words);
    }

    private record Appended(Content content, int at) {}

    /** Where the section {@code key} begins; appended when first asked for. */
    int section(Object key, StepBatch batch, Function<StepBatch, int[]> content) {
        Integer at = sections.get(key);
        if (at == null) {
            at = append(batch, (step, to) -> to.append(content.apply(step)));
            sections.put(key, at);
        }
        return at;
    }

    /** Appends what the batch says, now and again for later ones. */
    int append(StepBatch batch, Content content) {
        int at = content.append(batch, this);
        appended.add(new Appended(content, at));
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

    /** The words of another batch, unless they are laid out in another way. */
    Optional<int[]> again(StepBatch other) {
        int before = size;
        size = 0;
        try {
            boolean same = true;
            for (Appended one : appended) {
                same &= one.content().append(other, this) == one.at();
            }
            return same && size == before ? Optional.of(toArray()) : Optional.empty();
        } finally {
            size = before;
        }
    }

    int[] toArray() {
        return Arrays.copyOf(words, size);
    }
}
