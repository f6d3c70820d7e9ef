package dev.quire.conformance.cases;

import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.GroupStep;
import dev.quire.conformance.scenario.Action;
import dev.quire.conformance.scenario.Draw;
import dev.quire.conformance.scenario.PagedScene;
import dev.quire.conformance.scenario.PagedScene.Query;
import dev.quire.conformance.scenario.Samples;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Reads every slot of every layer of a cache, through Attend alone: each block is a sequence of its own. A window of one token gives the slot's
 * value itself; a window of two weighs it against its neighbour by their keys.
 */
final class CacheReader {
    private final Samples samples;
    private final KvCacheLayout layout;
    private final int blocks;

    /** @param layout groups of as many blocks and tokens in a block each */
    CacheReader(Samples samples, KvCacheLayout layout) {
        this.samples = samples;
        this.layout = layout;
        this.blocks = layout.groups().getFirst().blocks();
    }

    /** A program that writes to every layer: inputs kG.L and vG.L of group G and layer L. */
    Program writer() {
        List<Value> inputs = new ArrayList<>();
        List<Op> ops = new ArrayList<>();
        for (CacheRef ref : layers()) {
            Value k = kv("k", ref);
            Value v = kv("v", ref);
            inputs.addAll(List.of(k, v));
            ops.add(new Op.WriteKv(k, v, ref));
        }
        return Program.of(inputs, ops, List.of());
    }

    /** A program that writes to one layer: inputs k and v of its width. */
    Program writer(CacheRef ref) {
        Value k = kv("k", ref);
        Value v = kv("v", ref);
        return Program.of(List.of(k, v), List.of(new Op.WriteKv(k, v, ref)), List.of());
    }

    /** Writes other numbers to every slot, or those of some blocks only. */
    Action.Step write(String name, Program writer, int... some) {
        List<Query> parts = new ArrayList<>();
        for (int i = 0; i < some.length; i++) {
            parts.add(new Query(0, blockSize()));
        }
        return write(name, writer, parts, groups(some));
    }

    /** Writes to the slots of {@code groups}. */
    Action.Step write(String name, Program writer, List<Query> parts, List<GroupStep> groups) {
        int rows = groups.getFirst().slots().length;
        Map<String, float[]> inputs = new HashMap<>();
        for (Value value : writer.inputs()) {
            inputs.put(value.name(), samples.drawn(name + value.name(), rows, value.width(), Draw.CHANNELS));
        }
        return Action.Step.preparing(writer, PagedScene.batch(parts, groups), inputs);
    }

    /** Reads every slot of every layer; all outputs are judged. */
    Action.Step read(String name) {
        List<Value> inputs = new ArrayList<>();
        List<Value> outputs = new ArrayList<>();
        List<Op> ops = new ArrayList<>();
        for (CacheRef ref : layers()) {
            PagedKv kv = group(ref);
            Value q = Value.tokens("q" + place(ref), kv.kvHeads() * kv.headSize());
            inputs.add(q);
            for (int window : new int[] {1, 2}) {
                Value out = Value.tokens("read " + window + " of " + place(ref), q.width());
                Op.Attend.HeadShape shape = new Op.Attend.HeadShape(
                        kv.kvHeads(), kv.kvHeads(), kv.headSize(), 1 / Math.sqrt(kv.headSize()));
                ops.add(new Op.Attend(
                        q,
                        new KeySource.Cached(ref),
                        shape,
                        new Mask.SlidingWindow(window),
                        Optional.empty(),
                        List.of(),
                        out));
                outputs.add(out);
            }
        }
        int[] all = IntStream.range(0, blocks).toArray();
        List<Query> parts = new ArrayList<>();
        Map<String, float[]> data = new HashMap<>();
        for (int i = 0; i < blocks; i++) {
            parts.add(new Query(0, blockSize()));
        }
        for (Value q : inputs) {
            data.put(q.name(), samples.drawn(name + q.name(), blocks * blockSize(), q.width(), Draw.UNIFORM));
        }
        return Action.Step.judged(name, Program.of(inputs, ops, outputs), PagedScene.batch(parts, groups(all)), data);
    }

    /** Each of {@code some} blocks as a sequence of its own; in each group they begin one block later, so that no group's tables serve another. */
    private List<GroupStep> groups(int[] some) {
        List<GroupStep> groups = new ArrayList<>();
        for (int g = 0; g < layout.groups().size(); g++) {
            int[] lengths = new int[some.length];
            int[] tables = new int[some.length];
            int[] slots = new int[some.length * blockSize()];
            for (int i = 0; i < some.length; i++) {
                lengths[i] = blockSize();
                tables[i] = some[(i + g) % some.length];
                for (int j = 0; j < blockSize(); j++) {
                    slots[i * blockSize() + j] = tables[i] * blockSize() + j;
                }
            }
            groups.add(new GroupStep(lengths, tables, 1, slots));
        }
        return groups;
    }

    private int blockSize() {
        return layout.groups().getFirst().blockSize();
    }

    private List<CacheRef> layers() {
        List<CacheRef> layers = new ArrayList<>();
        for (int g = 0; g < layout.groups().size(); g++) {
            for (int layer = 0; layer < ((PagedKv) layout.groups().get(g)).layers(); layer++) {
                layers.add(new CacheRef(g, layer));
            }
        }
        return layers;
    }

    private PagedKv group(CacheRef ref) {
        return (PagedKv) layout.groups().get(ref.group());
    }

    private Value kv(String what, CacheRef ref) {
        return Value.tokens(what + place(ref), group(ref).kvHeads() * group(ref).headSize());
    }

    private static String place(CacheRef ref) {
        return ref.group() + "." + ref.layer();
    }
}
