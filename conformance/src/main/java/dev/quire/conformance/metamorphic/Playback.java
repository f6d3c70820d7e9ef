package dev.quire.conformance.metamorphic;

import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.conformance.metamorphic.Move.Part;
import dev.quire.conformance.scenario.Action;
import dev.quire.conformance.scenario.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Turns a schedule into steps, copies and swaps: keeps block tables, as a serving engine does. Group g > 0 has the blocks of group 0 in the opposite
 * order, so that no block number is right for both.
 */
final class Playback {
    private static final int STALE = 999_999;

    private final Subject subject;
    private final Texts texts;
    private final BlockBook book;
    private final KvCacheLayout layout;
    private final int blockSize;
    private final List<Action> actions = new ArrayList<>();
    private final List<int[][]> rows = new ArrayList<>();

    /**
     * A scenario and what its rows are.
     *
     * @param rows for each step that is judged, sequence and position of each row of the output
     */
    record Played(Scenario scenario, List<int[][]> rows) {}

    private Playback(Subject subject, Texts texts, Schedule schedule, Random random) {
        this.subject = subject;
        this.texts = texts;
        this.blockSize = subject.layout(1).groups().getFirst().blockSize();
        int needed = 3;
        for (int s = 0; s < texts.count(); s++) {
            needed += (texts.length(s) + blockSize - 1) / blockSize;
        }
        this.layout = subject.layout(needed);
        this.book = new BlockBook(needed, blockSize, texts.count(), schedule.placement(), random);
    }

    static Played of(Subject subject, Texts texts, Schedule schedule, Random random) {
        Playback playback = new Playback(subject, texts, schedule, random);
        playback.actions.add(playback.scribble());
        schedule.moves().forEach(playback::move);
        Scenario scenario = Scenario.of(playback.layout, playback.actions);
        return new Played(schedule.ahead() ? scenario.issuedAhead() : scenario, playback.rows);
    }

    private void move(Move move) {
        switch (move) {
            case Move.Compute(String label, List<Part> parts) -> compute(label, parts);
            case Move.Share(int from, int to, int tokens) ->
                book.share(from, to, tokens).ifPresent(pair -> everyGroup(pair[0], pair[1], Action.Copy::new));
            case Move.SwapOut(int sequence) -> {
                for (int[] pair : book.leave(sequence)) {
                    for (int g = 0; g < layout.groups().size(); g++) {
                        actions.add(new Action.SwapOut(
                                new BlockPairs(g, new int[] {block(g, pair[0])}, new int[] {pair[1]})));
                    }
                }
            }
            case Move.SwapIn(int sequence) -> {
                for (int[] pair : book.comeBack(sequence)) {
                    for (int g = 0; g < layout.groups().size(); g++) {
                        actions.add(new Action.SwapIn(
                                new BlockPairs(g, new int[] {pair[0]}, new int[] {block(g, pair[1])})));
                    }
                }
            }
            case Move.Drop(int sequence) -> book.drop(sequence);
            case Move.Scribble() -> actions.add(scribble());
        }
    }

    private interface Made {
        Action of(BlockPairs pairs);
    }

    private void everyGroup(int source, int destination, Made made) {
        for (int g = 0; g < layout.groups().size(); g++) {
            actions.add(made.of(new BlockPairs(g, new int[] {block(g, source)}, new int[] {block(g, destination)})));
        }
    }

    private int block(int group, int block) {
        return group == 0 ? block : layout.groups().getFirst().blocks() - 1 - block;
    }

    private void compute(String label, List<Part> parts) {
        int[] starts = new int[parts.size() + 1];
        int[] lengths = new int[parts.size()];
        List<int[]> step = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            int from = book.computed(part.sequence());
            for (int position = from; position < from + part.tokens(); position++) {
                step.add(new int[] {part.sequence(), position});
            }
            book.extend(part.sequence(), part.tokens());
            starts[i + 1] = step.size();
            lengths[i] = book.computed(part.sequence());
        }
        int[][] at = step.toArray(int[][]::new);
        int[] ids = Arrays.stream(at)
                .mapToInt(row -> subject.token(texts.owner(row[0], row[1]), row[1]))
                .toArray();
        StepBatch batch = new StepBatch(
                StepTokens.known(ids),
                Arrays.stream(at).mapToInt(row -> row[1]).toArray(),
                starts,
                subject.out().rows() == Rows.LOGITS
                        ? IntStream.range(0, at.length).toArray()
                        : new int[0],
                new int[0],
                groups(parts, lengths, at),
                List.of());
        int[][] content = Arrays.stream(at)
                .map(row -> new int[] {texts.owner(row[0], row[1]), row[1]})
                .toArray(int[][]::new);
        actions.add(Action.Step.judged(label, subject.program(), batch, subject.inputs(content)));
        rows.add(at);
    }

    private List<GroupStep> groups(List<Part> parts, int[] lengths, int[][] at) {
        int stride = 1
                + parts.stream()
                        .mapToInt(part -> book.blocks(part.sequence()).size())
                        .max()
                        .orElse(0);
        List<GroupStep> groups = new ArrayList<>();
        for (int g = 0; g < layout.groups().size(); g++) {
            int group = g;
            int[] tables = new int[parts.size() * stride];
            Arrays.fill(tables, STALE);
            for (int i = 0; i < parts.size(); i++) {
                List<Integer> blocks = book.blocks(parts.get(i).sequence());
                for (int b = 0; b < blocks.size(); b++) {
                    tables[i * stride + b] = block(group, blocks.get(b));
                }
            }
            int[] slots = Arrays.stream(at)
                    .mapToInt(row ->
                            block(group, book.blocks(row[0]).get(row[1] / blockSize)) * blockSize + row[1] % blockSize)
                    .toArray();
            groups.add(new GroupStep(lengths.clone(), tables, stride, slots));
        }
        return groups;
    }

    /** NaN in every layer of every block that nobody has. */
    private Action scribble() {
        List<Value> inputs = new ArrayList<>();
        List<Op> ops = new ArrayList<>();
        Map<String, float[]> data = new HashMap<>();
        int[] free = book.free();
        int slots = free.length * blockSize;
        List<GroupStep> groups = new ArrayList<>();
        for (int g = 0; g < layout.groups().size(); g++) {
            PagedKv kv = (PagedKv) layout.groups().get(g);
            Value nan = Value.tokens("poison" + g, kv.kvHeads() * kv.headSize());
            float[] poison = new float[slots * nan.width()];
            Arrays.fill(poison, Float.NaN);
            inputs.add(nan);
            data.put(nan.name(), poison);
            for (int layer = 0; layer < kv.layers(); layer++) {
                ops.add(new Op.WriteKv(nan, nan, new CacheRef(g, layer)));
            }
            groups.add(poisoned(g, free));
        }
        int[] positions = IntStream.range(0, slots).toArray();
        StepBatch batch = new StepBatch(
                StepTokens.known(new int[slots]),
                positions,
                new int[] {0, slots},
                new int[0],
                new int[0],
                groups,
                List.of());
        return Action.Step.preparing(Program.of(inputs, ops, List.of()), batch, data);
    }

    private GroupStep poisoned(int group, int[] free) {
        CacheGroup kv = layout.groups().get(group);
        int[] table = Arrays.stream(free).map(block -> block(group, block)).toArray();
        int[] slots = new int[free.length * kv.blockSize()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = table[i / kv.blockSize()] * kv.blockSize() + i % kv.blockSize();
        }
        return new GroupStep(new int[] {slots.length}, table, table.length, slots);
    }
}
