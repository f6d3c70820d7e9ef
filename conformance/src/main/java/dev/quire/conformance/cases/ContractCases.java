package dev.quire.conformance.cases;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.DType;
import dev.quire.api.types.Support;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.guards.GuardedBuffer;
import dev.quire.conformance.report.Profile;
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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Limits, tickets, purity of {@code supports}, lifetimes. */
final class ContractCases {
    private static final AttendShapes.Heads HEADS = new AttendShapes.Heads(2, 1, 64);
    private static final List<Query> STEP = List.of(new Query(0, 3), new Query(0, 2));

    private final Samples samples;
    private final Scenario attention;
    private final Scenario linear;

    ContractCases(Samples samples) {
        this.samples = samples;
        this.attention = attention();
        this.linear = linear();
    }

    List<ConformanceCase> list() {
        return List.of(
                new ContractCase("Contract/limits", List.of("T1"), Profile.ALL, attention, this::limits),
                new ContractCase("Contract/tickets", List.of("T4", "T3"), Profile.ALL, attention, this::tickets),
                new ContractCase("Contract/supports", List.of("T7"), Profile.ALL, attention, this::supports),
                new ContractCase("Contract/workspace", List.of("M12"), Profile.ALL, attention, this::workspace),
                new ContractCase("Contract/shared weights", List.of("W4", "M11"), OpCases.MODEL, linear, this::weights),
                new ContractCase(
                        "Contract/seeded weights",
                        List.of("W8"),
                        OpCases.MODEL,
                        SeededWeights.scenario(),
                        SeededWeights::broken));
    }

    private Scenario attention() {
        PagedScene scene = new PagedScene(STEP, 16, samples.random("contract"));
        AttentionData data =
                new AttentionData(samples, "contract", 2, 1, 64, HEADS.shape().scale());
        Value q = Value.tokens("q", 128);
        Value k = Value.tokens("k", 64);
        Value v = Value.tokens("v", 64);
        Value out = Value.tokens("out", 128);
        CacheRef ref = new CacheRef(0, 0);
        Op attend = new Op.Attend(
                q, new KeySource.Cached(ref), HEADS.shape(), Mask.CAUSAL, Optional.empty(), List.of(), out);
        Program program = Program.of(List.of(q, k, v), List.of(new Op.WriteKv(k, v, ref), attend), List.of(out));
        KvCacheLayout layout = new KvCacheLayout(List.of(new PagedKv("kv", 1, 1, 64, DType.BF16, 16, scene.blocks())));
        return Scenario.of(layout, List.of(Action.Step.judged("step", program, scene.batch(STEP), data.rows(STEP))));
    }

    private Scenario linear() {
        Value x = Value.tokens("x", 96);
        Value out = Value.tokens("out", 40);
        WeightRef weight = new WeightRef("shared", 40, 96, WeightFormat.BF16);
        Op op = new Op.Linear(x, weight, Optional.empty(), Op.Linear.Split.WHOLE, out);
        Program program = Program.of(List.of(x), List.of(op), List.of(out));
        return Scenario.of(List.of(Action.Step.judged(
                "step", program, PagedScene.rows(3), Map.of("x", samples.floats("shared x", 3 * 96, 1)))));
    }

    /** Buffers of a step, filled. */
    private static Bindings bind(AttentionBackend backend, Action.Step step, Optional<KvCache> cache) {
        Map<String, Buffer> buffers = new HashMap<>();
        for (Value value : step.program().inputs()) {
            buffers.put(
                    value.name(),
                    GuardedBuffer.input(
                                    backend,
                                    value.name(),
                                    value.dtype(),
                                    step.inputs().get(value.name()),
                                    value.width())
                            .buffer());
        }
        for (Value value : step.program().outputs()) {
            buffers.put(
                    value.name(),
                    GuardedBuffer.output(backend, value.name(), value.dtype(), step.rows(value), value.width())
                            .buffer());
        }
        return new Bindings(cache, buffers);
    }

    private static int[] bits(Bindings io) {
        Buffer out = io.buffer("out");
        int[] bits = new int[out.rows() * out.width()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(out.floatAt(i / out.width(), i % out.width()));
        }
        return bits;
    }

    /** Too many tokens, too many sequences: refused by submit itself, and nothing is written. */
    private Optional<String> limits(AttentionBackend backend, CaseContext context) {
        Action.Step step = attention.steps().getFirst();
        for (StepLimits limits : List.of(new StepLimits(4, 2, 1, 64), new StepLimits(5, 1, 1, 64))) {
            try (Weights weights = backend.load(List.of(), samples.source());
                    Executable executable = backend.compile(step.program(), weights, limits, context.numerics());
                    KvCache cache = backend.allocate(attention.layout().orElseThrow())) {
                Bindings io = bind(backend, step, Optional.of(cache));
                int[] before = bits(io);
                try {
                    executable.submit(step.batch(), io).await();
                    return Optional.of("a step of %d tokens in %d sequences was taken under %s"
                            .formatted(step.batch().tokenCount(), step.batch().sequences(), limits));
                } catch (BackendException e) {
                    if (!Arrays.equals(before, bits(io))) {
                        return Optional.of("a step that was refused under %s wrote to 'out'".formatted(limits));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Any thread, any number of times, the same answer; done afterwards. */
    private Optional<String> tickets(AttentionBackend backend, CaseContext context) throws InterruptedException {
        Action.Step step = attention.steps().getFirst();
        try (Weights weights = backend.load(List.of(), samples.source());
                Executable executable =
                        backend.compile(step.program(), weights, attention.limits(step.program()), context.numerics());
                KvCache cache = backend.allocate(attention.layout().orElseThrow())) {
            Bindings io = bind(backend, step, Optional.of(cache));
            Ticket ticket = executable.submit(step.batch(), io);
            List<Object> answers = new ArrayList<>();
            AtomicReference<int[]> seen = new AtomicReference<>();
            for (int i = 0; i < 3; i++) {
                Thread waiter = Thread.ofPlatform().start(() -> {
                    answers.add(ticket.await());
                    seen.compareAndSet(null, bits(io));
                });
                waiter.join(20_000);
                if (waiter.isAlive()) {
                    waiter.interrupt();
                    return Optional.of("await number %d did not return within 20 s".formatted(i + 1));
                }
                if (answers.size() != i + 1) {
                    return Optional.of("await number %d failed".formatted(i + 1));
                }
            }
            ticket.await();
            if (!ticket.isDone()) {
                return Optional.of("isDone says no after await has returned");
            }
            if (answers.stream().distinct().count() != 1) {
                return Optional.of("await gave different results: " + answers);
            }
            int[] now = bits(io);
            int at = Arrays.mismatch(seen.get(), now);
            if (at >= 0) {
                return Optional.of("element %d of 'out' was 0x%08x when await returned, and became 0x%08x later (T3)"
                        .formatted(at, seen.get()[at], now[at]));
            }
            return now[0] == GuardedBuffer.POISON
                    ? Optional.of("'out' was not written when await returned (T3)")
                    : Optional.empty();
        }
    }

    /** The same answer before and after compiling and running, for every op that the kit knows. */
    private Optional<String> supports(AttentionBackend backend, CaseContext context) {
        List<Op> ops = new ArrayList<>(attention.ops());
        ops.addAll(linear.ops());
        List<Support> first =
                ops.stream().map(op -> backend.supports(op, context.numerics())).toList();
        for (int i = 0; i < 3; i++) {
            for (int o = 0; o < ops.size(); o++) {
                boolean granted =
                        backend.supports(ops.get(o), context.numerics()).granted();
                if (granted != first.get(o).granted()) {
                    return Optional.of("supports(%s) said %s first, and %s when it was asked again"
                            .formatted(ops.get(o).kind(), first.get(o), granted ? "yes" : "no"));
                }
            }
            Action.Step step = attention.steps().getFirst();
            try (Weights weights = backend.load(List.of(), samples.source())) {
                backend.compile(step.program(), weights, attention.limits(step.program()), context.numerics())
                        .close();
            }
        }
        return Optional.empty();
    }

    /** Known before the first step, the same after it, and not less for larger steps. */
    private Optional<String> workspace(AttentionBackend backend, CaseContext context) {
        Action.Step step = attention.steps().getFirst();
        long last = 0;
        for (int tokens : new int[] {5, 50, 500}) {
            try (Weights weights = backend.load(List.of(), samples.source());
                    Executable executable = backend.compile(
                            step.program(), weights, new StepLimits(tokens, 2, 1, 512), context.numerics())) {
                long bytes = executable.workspaceBytes();
                if (bytes < last) {
                    return Optional.of("workspaceBytes says %d for steps of %d tokens, and %d for smaller ones"
                            .formatted(bytes, tokens, last));
                }
                last = bytes;
            }
        }
        try (Weights weights = backend.load(List.of(), samples.source());
                Executable executable =
                        backend.compile(step.program(), weights, attention.limits(step.program()), context.numerics());
                KvCache cache = backend.allocate(attention.layout().orElseThrow())) {
            long before = executable.workspaceBytes();
            executable
                    .submit(step.batch(), bind(backend, step, Optional.of(cache)))
                    .await();
            long after = executable.workspaceBytes();
            return before == after
                    ? Optional.empty()
                    : Optional.of(
                            "workspaceBytes said %d before the first step, and %d after it".formatted(before, after));
        }
    }

    /** Two executables of the same weights: closing one changes nothing for the other. */
    private Optional<String> weights(AttentionBackend backend, CaseContext context) {
        Action.Step step = linear.steps().getFirst();
        Program program = step.program();
        StepBatch batch = step.batch();
        StepLimits limits = linear.limits(program);
        try (Weights weights = backend.load(program.weights(), samples.source())) {
            Bindings io = bind(backend, step, Optional.empty());
            Executable first = backend.compile(program, weights, limits, context.numerics());
            try (Executable second = backend.compile(program, weights, limits, context.numerics())) {
                first.submit(batch, io).await();
                first.close();
                Bindings again = bind(backend, step, Optional.empty());
                second.submit(batch, again).await();
                for (int i = 0; i < batch.tokenCount() * 40; i++) {
                    float before = io.buffer("out").floatAt(i / 40, i % 40);
                    float after = again.buffer("out").floatAt(i / 40, i % 40);
                    if (!(Math.abs(before - after) <= 0.01)) {
                        return Optional.of(
                                "element %d was %s, and is %s once an executable of the same weights is closed"
                                        .formatted(i, before, after));
                    }
                }
                return Optional.empty();
            }
        }
    }
}
