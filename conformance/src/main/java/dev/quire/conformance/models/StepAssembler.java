package dev.quire.conformance.models;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Cuts texts into steps as a server would: a step mixes chunks of prompts with single tokens of texts past their prompt, in changing order; a text
 * begins where another ends. Blocks lie scattered, and block tables go on, past a context, with numbers that no block has (RULES M4).
 */
final class StepAssembler {
    /** Tokens of a step. */
    static final int TOKENS = 96;

    /** Texts of a step. */
    static final int SEQUENCES = 8;

    private static final int LONGEST_CHUNK = 61;
    private static final int STALE = 999_999;

    private final KvCacheLayout layout;
    private final Random random;
    private final Deque<Progress> waiting = new ArrayDeque<>();
    private final List<Progress> active = new ArrayList<>();
    private final int stride;

    /** One text on its way. */
    private static final class Progress {
        private final int index;
        private final ForcedText text;
        private final List<Integer> blocks;
        private int fed;

        Progress(int index, ForcedText text, List<Integer> blocks) {
            this.index = index;
            this.text = text;
            this.blocks = blocks;
        }

        boolean decoding() {
            return fed >= text.prompt();
        }

        int left() {
            return text.tokens().length - fed;
        }
    }

    /** A text's part of a step. */
    private record Part(Progress text, int from, int to) {}

    /**
     * A step.
     *
     * @param texts [R] whose text each row of logits belongs to
     * @param rows [R] which of that text's wanted rows it is
     */
    record Step(StepBatch batch, int[] texts, int[] rows) {}

    /** @param groups the cache's, whose blocks are not counted yet */
    StepAssembler(List<ForcedText> texts, List<CacheGroup> groups, Random random) {
        this.random = random;
        int size = groups.stream().mapToInt(CacheGroup::blockSize).min().orElseThrow();
        int[] needed = texts.stream()
                .mapToInt(text -> Math.ceilDiv(text.tokens().length, size))
                .toArray();
        List<Integer> free = new ArrayList<>();
        for (int block = 0; block < Arrays.stream(needed).sum() + 1; block++) {
            free.add(block);
        }
        Collections.shuffle(free, random);
        for (int i = 0, at = 0; i < needed.length; at += needed[i++]) {
            waiting.add(new Progress(i, texts.get(i), List.copyOf(free.subList(at, at + needed[i]))));
        }
        this.stride = 1 + Arrays.stream(needed).max().orElse(0);
        this.layout = new KvCacheLayout(
                groups.stream().map(group -> group.withBlocks(free.size())).toList());
    }

    /** The cache that the steps need. */
    KvCacheLayout layout() {
        return layout;
    }

    /** Whether a text is left. */
    boolean hasNext() {
        return !waiting.isEmpty() || !active.isEmpty();
    }

    Step next() {
        while (active.size() < SEQUENCES && !waiting.isEmpty()) {
            active.add(waiting.remove());
        }
        Collections.shuffle(active, random);
        List<Part> parts = new ArrayList<>();
        int budget = TOKENS - (int) active.stream().filter(Progress::decoding).count();
        for (Progress text : active) {
            int chunk = 1;
            if (!text.decoding()) {
                int most = Math.min(budget, text.text.prompt() - text.fed);
                chunk = Math.min(most, 1 + random.nextInt(LONGEST_CHUNK));
                budget -= chunk;
            }
            if (chunk > 0) {
                parts.add(new Part(text, text.fed, text.fed + chunk));
                text.fed += chunk;
            }
        }
        active.removeIf(text -> text.left() == 0);
        return step(parts);
    }

    private Step step(List<Part> parts) {
        int tokens = parts.stream().mapToInt(part -> part.to() - part.from()).sum();
        int[] ids = new int[tokens];
        int[] positions = new int[tokens];
        int[] starts = new int[parts.size() + 1];
        List<Integer> wanted = new ArrayList<>();
        List<Integer> texts = new ArrayList<>();
        List<Integer> rows = new ArrayList<>();
        int at = 0;
        for (int s = 0; s < parts.size(); s++) {
            Progress text = parts.get(s).text();
            for (int p = parts.get(s).from(); p < parts.get(s).to(); p++, at++) {
                ids[at] = text.text.tokens()[p];
                positions[at] = p;
                if (p >= text.text.wanted()) {
                    wanted.add(at);
                    texts.add(text.index);
                    rows.add(p - text.text.wanted());
                }
            }
            starts[s + 1] = at;
        }
        List<GroupStep> groups = layout.groups().stream()
                .map(group -> group(group.blockSize(), parts, tokens))
                .toList();
        StepBatch batch =
                new StepBatch(StepTokens.known(ids), positions, starts, ints(wanted), new int[0], groups, List.of());
        return new Step(batch, ints(texts), ints(rows));
    }

    private GroupStep group(int size, List<Part> parts, int tokens) {
        int[] lengths = new int[parts.size()];
        int[] tables = new int[parts.size() * stride];
        int[] slots = new int[tokens];
        Arrays.fill(tables, STALE);
        int at = 0;
        for (int s = 0; s < lengths.length; s++) {
            Part part = parts.get(s);
            lengths[s] = part.to();
            for (int i = 0; i * size < part.to(); i++) {
                tables[s * stride + i] = part.text().blocks.get(i);
            }
            for (int p = part.from(); p < part.to(); p++) {
                slots[at++] = part.text().blocks.get(p / size) * size + p % size;
            }
        }
        return new GroupStep(lengths, tables, stride, slots);
    }

    private static int[] ints(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }
}
