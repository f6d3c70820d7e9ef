package dev.quire.conformance.cases;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.AttendShapes.Heads;
import dev.quire.conformance.cases.AttendShapes.View;
import dev.quire.conformance.oracle.Selection;
import dev.quire.conformance.scenario.Action;
import dev.quire.conformance.scenario.AttentionData;
import dev.quire.conformance.scenario.PagedScene;
import dev.quire.conformance.scenario.PagedScene.Query;
import dev.quire.conformance.scenario.Samples;
import dev.quire.conformance.scenario.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * WriteKv and Attend in one program, and Attend over a step's own keys. Every slot of both layers holds NaN before (RULES M5); contexts are filled by
 * a step of their own; the step that is judged is followed by one that decodes a token more of each sequence.
 */
final class AttendCases {
    private static final int BLOCK = 16;

    /** More outputs than this are sampled where contexts are long. */
    private static final int MOST = 256;

    private static final CacheRef TARGET = new CacheRef(0, 1);

    private final Samples samples;
    private final Numerics numerics;
    private final List<OpCase> cases = new ArrayList<>();

    AttendCases(Samples samples, Numerics numerics) {
        this.samples = samples;
        this.numerics = numerics;
    }

    /** What to try: a scene under a view. */
    private record Trial(String scene, List<Query> queries, Heads heads, DType type, View view, int blockSize) {
        @Override
        public String toString() {
            String blocks = blockSize == BLOCK ? "" : "/block=" + blockSize;
            return "Attend/%s/%s/%s/%s%s".formatted(view, scene, type, heads, blocks);
        }
    }

    List<OpCase> list(Depth depth) {
        List<DType> types = AttendShapes.types(numerics);
        for (DType type : types) {
            views(AttendShapes.USUAL, type);
            for (Heads heads : AttendShapes.HEADS) {
                if (depth == Depth.FULL) {
                    views(heads, type);
                } else if (type == DType.BF16) {
                    edges(heads, type, View.of(Mask.CAUSAL));
                }
            }
            scenes(type, depth);
        }
        List<Heads> shapes = new ArrayList<>(List.of(AttendShapes.USUAL));
        shapes.addAll(depth == Depth.FULL ? AttendShapes.HEADS : List.of(new Heads(5, 5, 36)));
        for (Heads heads : shapes) {
            ofStep(heads, View.of(Mask.CAUSAL));
            ofStep(heads, View.of(new Mask.Bidirectional()));
            ofStep(heads, View.of(new Mask.SlidingWindow(3)));
            ofStep(heads, View.of(new Mask.Bidirectional()).capped(3).sloped());
        }
        return cases;
    }

    private void views(Heads heads, DType type) {
        View causal = View.of(Mask.CAUSAL);
        edges(heads, type, causal);
        for (int window : new int[] {1, 5, 15, 16, 17, 40}) {
            edges(heads, type, View.of(new Mask.SlidingWindow(window)));
        }
        edges(heads, type, View.of(new Mask.Bidirectional()));
        edges(heads, type, causal.capped(0.5f));
        edges(heads, type, causal.capped(50));
        edges(heads, type, causal.sloped());
        edges(heads, type, View.of(new Mask.SlidingWindow(20)).capped(30).sloped());
    }

    private void scenes(DType type, Depth depth) {
        View causal = View.of(Mask.CAUSAL);
        Heads heads = AttendShapes.USUAL;
        cached(new Trial("one", AttendShapes.ONE, heads, type, causal, BLOCK));
        List<Query> crowd = AttendShapes.crowd(samples.random("crowd"));
        cached(new Trial("crowd", crowd, new Heads(4, 2, 32), type, causal, BLOCK));
        cached(new Trial("crowd", crowd, new Heads(4, 2, 32), type, View.of(new Mask.SlidingWindow(24)), BLOCK));
        cached(new Trial("prompts", AttendShapes.PROMPTS, new Heads(4, 2, 32), type, causal, BLOCK));
        cached(new Trial("prompts", AttendShapes.PROMPTS, heads, type, View.of(new Mask.SlidingWindow(33)), BLOCK));
        for (View view : List.of(
                causal,
                causal.sloped(),
                View.of(new Mask.SlidingWindow(100)),
                View.of(new Mask.SlidingWindow(512)),
                View.of(new Mask.Bidirectional()))) {
            cached(new Trial("long", AttendShapes.LONG, new Heads(3, 1, 64), type, view, BLOCK));
        }
        for (Heads each : List.of(heads, new Heads(8, 2, 128), new Heads(2, 1, 256))) {
            masked(new Trial("masked NaN", AttendShapes.EDGES, each, type, causal, BLOCK));
            masked(new Trial(
                    "masked NaN", AttendShapes.PROMPTS, each, type, View.of(new Mask.SlidingWindow(20)), BLOCK));
        }
        for (int block : new int[] {8, 32, 64}) {
            cached(new Trial("edges", AttendShapes.EDGES, heads, type, causal, block));
        }
        if (depth == Depth.FULL || type == DType.BF16) {
            cached(new Trial("far", AttendShapes.FAR, new Heads(2, 1, 64), type, causal, BLOCK));
        }
        if (depth == Depth.FULL) {
            cached(new Trial(
                    "far", AttendShapes.FAR, new Heads(2, 1, 64), type, View.of(new Mask.SlidingWindow(4096)), BLOCK));
            cached(new Trial("long", AttendShapes.LONG, new Heads(8, 2, 128), type, causal, BLOCK));
            cached(new Trial("prompts", AttendShapes.PROMPTS, new Heads(8, 2, 128), type, causal, BLOCK));
        }
    }

    private void edges(Heads heads, DType type, View view) {
        cached(new Trial("edges", AttendShapes.EDGES, heads, type, view, BLOCK));
    }

    private void cached(Trial trial) {
        add(trial, this::scenario);
    }

    /** NaN and infinities in the middle row of each sequence: those that it is masked from do not feel them. */
    private void masked(Trial trial) {
        add(trial, this::maskedScenario);
    }

    private void add(Trial trial, BiFunction<String, Trial, Scenario> scenario) {
        String name = trial.toString();
        cases.add(new OpCase(
                name,
                rules(trial.view(), trial.heads(), "A2", "A7", "M3", "M4", "M5"),
                "N11",
                AttendShapes.required(trial.heads(), trial.type(), trial.blockSize()),
                () -> scenario.apply(name, trial)));
    }

    private Scenario scenario(String name, Trial trial) {
        Heads heads = trial.heads();
        PagedScene scene = new PagedScene(trial.queries(), trial.blockSize(), samples.random(name));
        AttentionData data = data(name, heads);
        List<Action> actions = new ArrayList<>(prepared(scene, heads, data));
        Program program = attending(trial);
        actions.add(judged("step", program, scene, scene.queries(), data));
        actions.add(judged("next", program, scene, scene.next(), data));
        return Scenario.of(layout(trial, scene), actions);
    }

    private Scenario maskedScenario(String name, Trial trial) {
        PagedScene scene = new PagedScene(trial.queries(), trial.blockSize(), samples.random(name));
        AttentionData data = data(name, trial.heads());
        List<Action> actions = new ArrayList<>(prepared(scene, trial.heads(), data));
        Map<String, float[]> rows = data.rows(scene.queries());
        int width = trial.heads().kvHeads() * trial.heads().size();
        List<Integer> spared = new ArrayList<>();
        int first = 0;
        for (Query part : scene.queries()) {
            int middle = part.tokens() / 2;
            for (int i = 0; i < part.tokens(); i++) {
                if (part.tokens() < 2 || !sees(trial.view().mask(), i, middle)) {
                    spared.add(first + i);
                }
            }
            for (int d = 0; part.tokens() > 1 && d < width; d++) {
                rows.get("k")[(first + middle) * width + d] = Float.NaN;
                rows.get("v")[(first + middle) * width + d] = d % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
            }
            first += part.tokens();
        }
        Program program = attending(trial);
        int columns = trial.heads().heads() * trial.heads().size();
        actions.add(Action.Step.judged("step", program, scene.batch(scene.queries()), rows)
                .judging(Selection.of(
                        spared.stream().mapToInt(Integer::intValue).toArray(),
                        IntStream.range(0, columns).toArray())));
        return Scenario.of(layout(trial, scene), actions);
    }

    private static boolean sees(Mask mask, int query, int key) {
        return switch (mask) {
            case Mask.Causal() -> key <= query;
            case Mask.SlidingWindow(int size) -> key <= query && query - key < size;
            case Mask.Bidirectional() -> true;
        };
    }

    private static Program attending(Trial trial) {
        Values x = Values.of(trial.heads());
        Op write = new Op.WriteKv(x.k, x.v, TARGET);
        Op attend = attend(x, new KeySource.Cached(TARGET), trial.heads(), trial.view());
        return Program.of(List.of(x.q, x.k, x.v), List.of(write, attend), List.of(x.out));
    }

    private static KvCacheLayout layout(Trial trial, PagedScene scene) {
        Heads heads = trial.heads();
        return new KvCacheLayout(List.of(new CacheGroup.PagedKv(
                "kv", 2, heads.kvHeads(), heads.size(), trial.type(), scene.blockSize(), scene.blocks())));
    }

    /** NaN in every slot, then the contexts. */
    private static List<Action> prepared(PagedScene scene, Heads heads, AttentionData data) {
        Values x = Values.of(heads);
        Op write = new Op.WriteKv(x.k, x.v, TARGET);
        Op poison = new Op.WriteKv(x.k, x.v, new CacheRef(0, 0));
        Program poisoning = Program.of(List.of(x.k, x.v), List.of(poison, write), List.of());
        Program filling = Program.of(List.of(x.k, x.v), List.of(write), List.of());
        List<Action> actions = new ArrayList<>();
        float[] nan = new float[scene.blocks() * scene.blockSize() * x.k.width()];
        Arrays.fill(nan, Float.NaN);
        actions.add(Action.Step.preparing(poisoning, scene.everySlot(), Map.of("k", nan, "v", nan)));
        if (scene.fill().stream().anyMatch(q -> q.tokens() > 0)) {
            Map<String, float[]> filled = new HashMap<>(data.rows(scene.fill()));
            filled.remove("q");
            actions.add(Action.Step.preparing(filling, scene.batch(scene.fill()), filled));
        }
        return actions;
    }

    private Action.Step judged(String label, Program program, PagedScene scene, List<Query> parts, AttentionData data) {
        Action.Step step = Action.Step.judged(label, program, scene.batch(parts), data.rows(parts));
        int longest = parts.stream().mapToInt(Query::length).max().orElse(0);
        int rows = step.batch().tokenCount();
        int width = data.heads() * data.size();
        return longest < 2000 || rows * width <= MOST
                ? step
                : step.judging(Selection.of(
                        samples.random(data.name() + label).ints(8, 0, rows).toArray(),
                        samples.random(label + data.name())
                                .ints(MOST / 8, 0, width)
                                .toArray()));
    }

    private void ofStep(Heads heads, View view) {
        String name = "Attend/%s/of step/%s".formatted(view, heads);
        cases.add(new OpCase(
                name, rules(view, heads, "A2", "N14"), "N11", OpCases.MODEL, () -> scenario(name, heads, view)));
    }

    private Scenario scenario(String name, Heads heads, View view) {
        Values x = Values.of(heads);
        Op attend = attend(x, new KeySource.Step(x.k, x.v), heads, view);
        Program program = Program.of(List.of(x.q, x.k, x.v), List.of(attend), List.of(x.out));
        AttentionData data = data(name, heads);
        List<Action> actions = new ArrayList<>();
        for (List<Query> parts : List.of(AttendShapes.EDGES, AttendShapes.PROMPTS, AttendShapes.ONE)) {
            actions.add(Action.Step.judged(
                    "rows=" + parts.stream().mapToInt(Query::tokens).sum(),
                    program,
                    PagedScene.batch(parts, List.of()),
                    data.rows(parts)));
        }
        return Scenario.of(actions);
    }

    private AttentionData data(String name, Heads heads) {
        return new AttentionData(
                samples,
                name,
                heads.heads(),
                heads.kvHeads(),
                heads.size(),
                heads.shape().scale());
    }

    private static List<String> rules(View view, Heads heads, String... others) {
        List<String> rules = new ArrayList<>(List.of(view.rule()));
        if (heads.heads() != heads.kvHeads()) {
            rules.add("A4");
        }
        rules.addAll(List.of("A1", "A3", "A5"));
        rules.addAll(List.of(others));
        rules.addAll(List.of("N1", "M9", "M10", "T7"));
        return rules.stream().distinct().toList();
    }

    /** The values of an attention program. */
    private record Values(Value q, Value k, Value v, Value out) {
        static Values of(Heads heads) {
            Value q = Value.tokens("q", heads.heads() * heads.size());
            int width = heads.kvHeads() * heads.size();
            return new Values(q, Value.tokens("k", width), Value.tokens("v", width), Value.tokens("out", q.width()));
        }
    }

    private static Op attend(Values x, KeySource keys, Heads heads, View view) {
        return new Op.Attend(x.q, keys, heads.shape(), view.mask(), view.softCap(), view.slopes(heads.heads()), x.out);
    }
}
