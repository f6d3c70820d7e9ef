package dev.quire.conformance.cases;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.conformance.cases.PagedScene.Query;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** WriteKv and Attend: cached and of the step, every mask, heads in groups, contexts around block edges, NaN in unread slots (RULES M5). */
final class AttendCases {
    private static final List<Query> EDGES = List.of(
            new Query(0, 1),
            new Query(14, 1),
            new Query(15, 1),
            new Query(16, 1),
            new Query(0, 0),
            new Query(0, 17),
            new Query(5, 12),
            new Query(31, 3));
    private static final List<Query> ONE = List.of(new Query(20, 1));
    private static final List<Query> LONG = List.of(new Query(510, 4), new Query(700, 1));
    private static final CacheRef TARGET = new CacheRef(0, 1);

    private final Samples samples;
    private final List<OpCase> cases = new ArrayList<>();

    AttendCases(Samples samples) {
        this.samples = samples;
    }

    private record Heads(int heads, int kvHeads, int size) {
        Op.Attend.HeadShape shape() {
            return new Op.Attend.HeadShape(heads, kvHeads, size, 1 / Math.sqrt(size));
        }
    }

    List<OpCase> list(Depth depth) {
        List<Heads> shapes = depth == Depth.QUICK
                ? List.of(new Heads(6, 2, 64))
                : List.of(
                        new Heads(4, 4, 32),
                        new Heads(6, 2, 64),
                        new Heads(3, 1, 80),
                        new Heads(8, 1, 96),
                        new Heads(8, 2, 128),
                        new Heads(5, 5, 36));
        for (DType type : List.of(DType.F32, DType.BF16, DType.F16)) {
            for (Heads heads : shapes) {
                add("edges", EDGES, heads, type, Mask.CAUSAL, Optional.empty(), List.of());
                add("one", ONE, heads, type, Mask.CAUSAL, Optional.empty(), List.of());
                add("edges", EDGES, heads, type, new Mask.Bidirectional(), Optional.empty(), List.of());
                for (int window : new int[] {1, 5, 16, 17}) {
                    add("edges", EDGES, heads, type, new Mask.SlidingWindow(window), Optional.empty(), List.of());
                }
                add("edges", EDGES, heads, type, Mask.CAUSAL, Optional.of(0.5f), List.of());
                add("edges", EDGES, heads, type, Mask.CAUSAL, Optional.empty(), slopes(heads.heads()));
            }
            add("long", LONG, shapes.getFirst(), type, Mask.CAUSAL, Optional.empty(), List.of());
            add("long", LONG, shapes.getFirst(), type, new Mask.SlidingWindow(100), Optional.empty(), List.of());
        }
        for (Heads heads : shapes) {
            ofStep(heads, Mask.CAUSAL);
            ofStep(heads, new Mask.Bidirectional());
            ofStep(heads, new Mask.SlidingWindow(3));
        }
        return cases;
    }

    private static List<Float> slopes(int heads) {
        List<Float> slopes = new ArrayList<>();
        for (int h = 1; h <= heads; h++) {
            slopes.add((float) Math.pow(2, -8.0 * h / heads));
        }
        return slopes;
    }

    private void add(
            String scene,
            List<Query> queries,
            Heads heads,
            DType type,
            Mask mask,
            Optional<Float> softCap,
            List<Float> alibi) {
        String name = "Attend/%s%s%s/%s/%s/heads=%d/kv=%d/size=%d"
                .formatted(
                        name(mask),
                        softCap.isPresent() ? "+softcap" : "",
                        alibi.isEmpty() ? "" : "+alibi",
                        scene,
                        type,
                        heads.heads(),
                        heads.kvHeads(),
                        heads.size());
        PagedScene paged = new PagedScene(queries, samples.random(name));
        int width = heads.kvHeads() * heads.size();
        Value q = Value.tokens("q", heads.heads() * heads.size());
        Value k = Value.tokens("k", width);
        Value v = Value.tokens("v", width);
        Value out = Value.tokens("out", q.width());
        Op write = new Op.WriteKv(k, v, TARGET);
        Program fill = Program.of(List.of(k, v), List.of(write), List.of());
        Op attend = new Op.Attend(q, new KeySource.Cached(TARGET), heads.shape(), mask, softCap, alibi, out);
        Program program = Program.of(List.of(q, k, v), List.of(write, attend), List.of(out));
        float[] poison = new float[paged.slots() * width];
        Arrays.fill(poison, Float.NaN);
        List<OpCase.Step> steps = List.of(
                new OpCase.Step(fill, paged.everySlot(), Map.of("k", poison, "v", poison)),
                step(name + "fill", fill, paged.fill()),
                step(name, program, paged.step()));
        KvCacheLayout layout = new KvCacheLayout(List.of(new CacheGroup.PagedKv(
                "kv", 2, heads.kvHeads(), heads.size(), type, PagedScene.BLOCK, paged.blocks())));
        int[] positions = paged.step().positions();
        int[] visible = new int[positions.length];
        for (int row = 0; row < visible.length; row++) {
            visible[row] = alibi.isEmpty() ? visible(mask, positions[row], paged.lengthOf(row)) : 1;
        }
        cases.add(new OpCase(name, Optional.of(layout), steps, Bound.attention(type, heads.size(), visible)));
    }

    private void ofStep(Heads heads, Mask mask) {
        String name = "Attend/%s/step/heads=%d/kv=%d/size=%d"
                .formatted(name(mask), heads.heads(), heads.kvHeads(), heads.size());
        PagedScene paged = new PagedScene(EDGES, samples.random(name));
        Value q = Value.tokens("q", heads.heads() * heads.size());
        Value k = Value.tokens("k", heads.kvHeads() * heads.size());
        Value v = Value.tokens("v", k.width());
        Value out = Value.tokens("out", q.width());
        Op attend = new Op.Attend(q, new KeySource.Step(k, v), heads.shape(), mask, Optional.empty(), List.of(), out);
        Program program = Program.of(List.of(q, k, v), List.of(attend), List.of(out));
        int[] positions = paged.step().positions();
        int[] visible = new int[positions.length];
        for (int row = 0; row < visible.length; row++) {
            int first = paged.contextOf(row);
            visible[row] = visible(mask, positions[row] - first, paged.lengthOf(row) - first);
        }
        Bound bound = Bound.attention(DType.F32, heads.size(), visible);
        cases.add(new OpCase(name, Optional.empty(), List.of(step(name, program, paged.step())), bound));
    }

    private OpCase.Step step(String name, Program program, StepBatch batch) {
        Map<String, float[]> inputs = new java.util.HashMap<>();
        for (Value value : program.inputs()) {
            inputs.put(value.name(), samples.floats(name + value.name(), batch.tokenCount() * value.width(), 1));
        }
        return new OpCase.Step(program, batch, inputs);
    }

    private static int visible(Mask mask, int index, int length) {
        return switch (mask) {
            case Mask.Causal() -> index + 1;
            case Mask.SlidingWindow(int size) -> Math.min(size, index + 1);
            case Mask.Bidirectional() -> length;
        };
    }

    private static String name(Mask mask) {
        return switch (mask) {
            case Mask.Causal() -> "causal";
            case Mask.SlidingWindow(int size) -> "window=" + size;
            case Mask.Bidirectional() -> "bidirectional";
        };
    }
}
