package dev.quire.conformance.cases;

import dev.quire.api.format.E4M3;
import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Program;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.AttendShapes.Heads;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.scenario.Action;
import dev.quire.conformance.scenario.PagedScene;
import dev.quire.conformance.scenario.PagedScene.Query;
import dev.quire.conformance.scenario.Samples;
import dev.quire.conformance.scenario.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** What lies in every slot of a cache of two groups, after writes, copies and swaps. */
final class CacheCases {
    private static final int BLOCKS = 11;
    private static final List<String> GUARDS = List.of("A7", "M2", "N1", "M9", "M10");

    private final Samples samples;
    private final Numerics numerics;
    private final List<OpCase> cases = new ArrayList<>();

    CacheCases(Samples samples, Numerics numerics) {
        this.samples = samples;
        this.numerics = numerics;
    }

    List<OpCase> list(Depth depth) {
        List<DType> types = AttendShapes.types(numerics);
        for (DType type : types) {
            of(new Heads(6, 2, 64), type, 16);
            of(new Heads(3, 3, 36), type, 16);
            of(new Heads(4, 1, 80), type, 32);
            if (depth == Depth.FULL) {
                of(new Heads(8, 8, 128), type, 16);
                of(new Heads(2, 1, 256), type, 64);
                of(new Heads(4, 2, 32), type, 8);
            }
        }
        return cases;
    }

    private void of(Heads heads, DType type, int blockSize) {
        KvCacheLayout layout = new KvCacheLayout(List.of(
                new PagedKv("first", 2, heads.kvHeads(), heads.size(), type, blockSize, BLOCKS),
                new PagedKv("second", 3, 2, 32, type, blockSize, BLOCKS)));
        CacheReader cache = new CacheReader(samples, layout);
        Set<Profile> required = AttendShapes.required(heads, type, blockSize);
        String shape = "/%s/kv=%d/size=%d/block=%d".formatted(type, heads.kvHeads(), heads.size(), blockSize);
        add("WriteKv/scattered" + shape, "M3", "N3", required, name -> written(name, cache, layout, blockSize));
        OpCase fresh = new OpCase(
                "WriteKv/fresh cache" + shape,
                rules("M1"),
                "M1",
                required,
                () -> Scenario.of(layout, List.of(cache.read("read"))));
        cases.add(fresh.after(() -> Scenario.of(layout, List.of(nan(cache)))));
        if (type == DType.F8_E4M3) {
            add("WriteKv/edges" + shape, "A8", "A8", required, name -> edges(name, cache, layout));
        }
        add("CopyBlocks/chain" + shape, "M7", "M7", required, name -> copied(name, cache, layout));
        add("Swap/there and back" + shape, "M8", "M8", required, name -> swapped(name, cache, layout));
        String order = "Order/writes, copies, swaps" + shape;
        List<String> rules = new ArrayList<>(rules("T2"));
        rules.add(1, "M6");
        cases.add(new OpCase(
                order,
                rules,
                "T2",
                required,
                () -> ordered(order, cache, layout).issuedAhead()));
    }

    private interface Named {
        Scenario of(String name);
    }

    private void add(String name, String rule, String canon, Set<Profile> required, Named scenario) {
        Supplier<Scenario> made = () -> scenario.of(name);
        cases.add(new OpCase(name, rules(rule), canon, required, made));
    }

    private static List<String> rules(String first) {
        List<String> rules = new ArrayList<>(List.of(first));
        if (!first.equals("M3")) {
            rules.add("M3");
        }
        rules.addAll(GUARDS);
        return rules;
    }

    /** NaN in every slot of every layer. */
    private static Action.Step nan(CacheReader cache) {
        Action.Step all = cache.write("", cache.writer(), every());
        all.inputs().values().forEach(bits -> Arrays.fill(bits, Float.floatToRawIntBits(Float.NaN)));
        return all;
    }

    /** Numbers halfway between two of F8_E4M3 and beside them, below its smallest and above its largest, in every slot. */
    private static Scenario edges(String name, CacheReader cache, KvCacheLayout layout) {
        Action.Step step = cache.write(name, cache.writer(), every());
        step.inputs().values().forEach(bits -> Arrays.setAll(bits, CacheCases::edge));
        return Scenario.of(layout, List.of(step, cache.read("edges")));
    }

    private static int edge(int i) {
        byte code = (byte) (i / 3 % 0x7e); // 0x7e is the largest
        float middle = (E4M3.decode(code) + E4M3.decode((byte) (code + 1))) / 2;
        float most = code == 0x7d ? new float[] {E4M3.MAX, 465f, Float.POSITIVE_INFINITY}[i % 3] : middle;
        float beside = Float.intBitsToFloat(Float.floatToRawIntBits(middle) + i % 3 - 1);
        return Float.floatToRawIntBits((i / 7 % 2 == 0 ? 1 : -1) * (code == 0x7d ? most : beside));
    }

    private static int[] every() {
        return IntStream.range(0, BLOCKS).toArray();
    }

    /** Rows of several sequences to one layer of each group, over a background. */
    private Scenario written(String name, CacheReader cache, KvCacheLayout layout, int blockSize) {
        List<Query> parts = List.of(
                new Query(0, 1),
                new Query(blockSize - 1, 1),
                new Query(3, 2),
                new Query(0, 0),
                new Query(blockSize - 1, 2),
                new Query(0, blockSize));
        PagedScene scene = new PagedScene(parts, blockSize, samples.random(name));
        if (scene.blocks() > BLOCKS) {
            throw new IllegalStateException("the scene needs %d blocks".formatted(scene.blocks()));
        }
        List<Action> actions = new ArrayList<>();
        actions.add(cache.write(name + "background", cache.writer(), every()));
        for (CacheRef ref : List.of(new CacheRef(0, 1), new CacheRef(1, 1))) {
            Program writer = cache.writer(ref);
            actions.add(cache.write(name + ref, writer, parts, List.of(scene.group(parts), scene.group(parts))));
            actions.add(cache.read("after writing to " + ref.group() + "." + ref.layer()));
        }
        return Scenario.of(layout, actions);
    }

    /** Block to block, one after another: what was just written is read again. */
    private Scenario copied(String name, CacheReader cache, KvCacheLayout layout) {
        return Scenario.of(
                layout,
                List.of(
                        cache.write(name, cache.writer(), every()),
                        new Action.Copy(new BlockPairs(0, new int[] {4, 0, 7, 0}, new int[] {0, 7, 9, 3})),
                        new Action.Copy(new BlockPairs(1, new int[] {}, new int[] {})),
                        cache.read("first group"),
                        new Action.Copy(new BlockPairs(1, new int[] {10, 5, 5}, new int[] {5, 6, 10})),
                        cache.read("second group")));
    }

    /** Out, overwritten, and in again to other blocks in another order. */
    private Scenario swapped(String name, CacheReader cache, KvCacheLayout layout) {
        Program writer = cache.writer();
        return Scenario.of(
                layout,
                List.of(
                        cache.write(name, writer, every()),
                        new Action.SwapOut(new BlockPairs(0, new int[] {3, 1, 10}, new int[] {0, 4, 2})),
                        new Action.SwapOut(new BlockPairs(1, new int[] {2, 9}, new int[] {1, 0})),
                        cache.write(name + "other", writer, every()),
                        new Action.SwapIn(new BlockPairs(0, new int[] {2, 0}, new int[] {5, 3})),
                        new Action.SwapIn(new BlockPairs(1, new int[] {1, 0, 1}, new int[] {2, 8, 0})),
                        cache.read("swapped in"),
                        new Action.SwapIn(new BlockPairs(0, new int[] {4}, new int[] {0})),
                        cache.read("once more")));
    }

    /** Each action changes what the one before has read or written. */
    private Scenario ordered(String name, CacheReader cache, KvCacheLayout layout) {
        Program writer = cache.writer();
        return Scenario.of(
                layout,
                List.of(
                        cache.write(name + 1, writer, every()),
                        new Action.Copy(new BlockPairs(0, new int[] {1}, new int[] {2})),
                        cache.write(name + 2, writer, 1, 5, 0),
                        new Action.SwapOut(new BlockPairs(0, new int[] {2, 1}, new int[] {0, 1})),
                        cache.write(name + 3, writer, 2, 1, 6),
                        cache.read("before swapping in"),
                        new Action.SwapIn(new BlockPairs(0, new int[] {1, 0}, new int[] {7, 8})),
                        new Action.Copy(new BlockPairs(0, new int[] {7, 2}, new int[] {4, 7})),
                        cache.write(name + 4, writer, 2, 8),
                        new Action.Copy(new BlockPairs(1, new int[] {8}, new int[] {3})),
                        cache.read("at the end"),
                        cache.write(name + 5, writer, every())));
    }
}
