package dev.quire.kernels.portable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.BackendException;
import dev.quire.api.StepLimits;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PortablePlanTest {
    private static final int STALE = 777_777;
    private static final StepLimits LIMITS = new StepLimits(8, 4, 4, 64);
    private static final CacheRef CACHE = new CacheRef(0, 0);
    private static final WeightRef TABLE = new WeightRef("table", 10, 16, WeightFormat.BF16);

    private static final Value X = Value.tokens("x", 16);
    private static final Value ROTATED = Value.tokens("rotated", 16);
    private static final Value OUT = Value.tokens("out", 16);

    private final PagedKv group = new PagedKv("kv", 1, 2, 8, DType.BF16, 4, 5);

    private record Cache(KvCacheLayout layout) implements KvCache {
        @Override
        public void close() {}
    }

    /** Embeds, rotates, writes keys and attends. */
    private static Program program() {
        HeadShape shape = new HeadShape(2, 2, 8, 1);
        return Program.of(
                List.of(Value.TOKENS, Value.POSITIONS),
                List.of(
                        new Op.Embed(Value.TOKENS, TABLE, 0, X),
                        new Op.Rope(X, Value.POSITIONS, Rotary.of(8, 10_000, Rotary.Pairing.HALF), 8, ROTATED),
                        new Op.WriteKv(ROTATED, X, CACHE),
                        new Op.Attend(
                                ROTATED,
                                new KeySource.Cached(CACHE),
                                shape,
                                Mask.CAUSAL,
                                Optional.empty(),
                                List.of(),
                                OUT)),
                List.of(OUT));
    }

    @Test
    void rowsAreSlicedOnGpusAloneAndAsFarAsAGroupCanReadWhatSlicesLeave() {
        assertEquals(31, SampleParts.parts(1, 128_256, WorkItem.WARP));
        assertEquals(4, SampleParts.parts(128, 128_256, WorkItem.LANE));
        assertEquals(1, SampleParts.parts(129, 128_256, WorkItem.LANE), "scratch is for 128 rows");
        assertEquals(1, SampleParts.parts(1, 4096, WorkItem.LANE));
        assertEquals(Constants.SAMPLE_GROUP, SampleParts.parts(1, 1 << 24, WorkItem.WARP));
        assertEquals(1, SampleParts.parts(1, 128_256, WorkItem.VECTOR));
        assertEquals(1, SampleParts.parts(1, 128_256, WorkItem.SIMPLE_LANE));
    }

    @Test
    void aStepUploadsItsNumbersOnceAndLaunchesItsOpsInOrder() {
        PortablePlan plan = new PortablePlan(program(), LIMITS, WorkItem.LANE, Numerics.REPRODUCIBLE);
        Launches step = plan.step(batch(new int[] {1, 2}, 3, 0, 12), io(8));
        List<String> kernels = step.list().stream().map(KernelLaunch::kernel).toList();
        assertEquals(List.of("embed", "rope", "write_kv", "attend"), kernels);
        assertTrue(step.words().length * 4L <= plan.wordBytes(new KvCacheLayout(List.of(group))));
        assertEquals(List.of(new WeightImage(TABLE, WeightImage.Form.STORED)), plan.images());
        assertEquals(2 * 64 * 4 * Float.BYTES, plan.tables().length * Float.BYTES);
    }

    @ParameterizedTest
    @EnumSource
    void eachTypeOfCacheHasKernelsOfItsOwnInFast(WorkItem workItem) {
        for (DType type : List.of(DType.BF16, DType.F16, DType.F32, DType.F8_E4M3)) {
            PagedKv typed = new PagedKv("kv", 1, 2, 8, type, 4, 5);
            KvCacheLayout layout = new KvCacheLayout(List.of(typed));
            Bindings io = new Bindings(Optional.of(new Cache(layout)), io(8).buffers());
            List<String> launched = new PortablePlan(program(), LIMITS, workItem, Numerics.FAST)
                    .step(batch(new int[] {1, 2}, 3, 0, 12), io).list().stream()
                            .map(KernelLaunch::kernel)
                            .toList();
            String attend =
                    type == DType.BF16 ? "attend" : "attend_" + type.name().toLowerCase(Locale.ROOT);
            assertEquals(attend, launched.getLast()); // blocks of 4 are too small for vectors
            Set<String> built = new HashSet<>(workItem.kernels());
            built.addAll(workItem.kernels(layout));
            assertTrue(built.containsAll(launched), launched + " of " + built);
            assertEquals(2L * 2 * 8 * 4 * type.bytes(), CacheShape.of(typed).blockBytes());
        }
    }

    @Test
    void canonOneHasCachesOfBf16Alone() { // N11
        PortablePlan plan = new PortablePlan(program(), LIMITS, WorkItem.LANE, Numerics.REPRODUCIBLE);
        KvCacheLayout layout = new KvCacheLayout(List.of(new PagedKv("kv", 1, 2, 8, DType.F16, 4, 5)));
        BackendException refused = assertThrows(BackendException.class, () -> plan.wordBytes(layout));
        assertEquals(BackendException.Kind.UNSUPPORTED, refused.kind());
        assertEquals(
                "a cache of [F16]; in REPRODUCIBLE numerics it must be BF16, in FAST it may be F16, F32 or F8_E4M3 as well",
                refused.getMessage());
        Bindings io = new Bindings(Optional.of(new Cache(layout)), io(8).buffers());
        assertThrows(BackendException.class, () -> plan.plan(batch(new int[] {1, 2}, 3, 0, 12), io));
    }

    @ParameterizedTest
    @EnumSource
    void stepsLaunchOnlyKernelsThatAreBuiltWhenADeviceIsOpened(WorkItem workItem) {
        WeightRef matrix = new WeightRef("matrix", 16, 16, WeightFormat.BF16);
        Value normed = Value.tokens("normed", 16);
        Value last = Value.tokens("last", 16);
        List<Op> ops = new ArrayList<>(program().ops());
        ops.add(new Op.RmsNorm(OUT, Optional.empty(), 0, 1e-5f, 16, normed));
        ops.add(new Op.Linear(normed, matrix, Optional.empty(), Op.Linear.Split.WHOLE, last));
        Program program = Program.of(program().inputs(), ops, List.of(OUT, last));
        Map<String, Buffer> buffers = new HashMap<>(io(8).buffers());
        buffers.put("last", new Buffer(Arena.ofAuto().allocate(8 * 64L), DType.F32, 8, 16));
        Bindings io = new Bindings(io(8).cache(), buffers);
        Set<String> launched = new PortablePlan(program, LIMITS, workItem, Numerics.REPRODUCIBLE)
                .step(batch(new int[] {1, 2}, 3, 0, 12), io).list().stream()
                        .map(KernelLaunch::kernel)
                        .collect(Collectors.toSet());
        launched.removeAll(workItem.kernels());
        assertEquals(Set.of(), launched);
    }

    @Test
    void launchesStayTheSameWhileContextsGrow() {
        PortablePlan plan = new PortablePlan(program(), LIMITS, WorkItem.LANE, Numerics.REPRODUCIBLE);
        List<KernelLaunch> launches =
                plan.step(batch(new int[] {1, 2}, 15, 0, 12), io(8)).list(); // 17 tokens, 5 blocks of 4
        assertEquals(
                launches, plan.step(batch(new int[] {3, 4}, 30, 0, 12), io(8)).list()); // 32 tokens, 8 blocks
        assertNotEquals(
                launches, plan.step(batch(new int[] {3, 4}, 31, 0, 12), io(8)).list());
    }

    @Test
    void entriesPastAContextAreNotUploaded() { // M4
        int[] words = new PortablePlan(program(), LIMITS, WorkItem.LANE, Numerics.REPRODUCIBLE)
                .step(batch(new int[] {1, 2}, 3, 0, 12), io(8))
                .words();
        for (int word : words) {
            assertTrue(word != STALE);
        }
    }

    @Test
    void aStepThatNamesWhatIsNotThereFails() { // T5
        assertFails("table 'table' has rows 0 to 9; row 10 was looked up", batch(new int[] {1, 10}, 3, 0, 12), io(8));
        assertFails("a token has position 64", batch(new int[] {1, 2}, 63, 0, 12), io(8));
        assertFails("slot 20 of cache group 0", batch(new int[] {1, 2}, 3, 0, 20), io(8));
        assertFails("is block 5; cache 'kv' has 5 blocks", batch(new int[] {1, 2}, 3, 5, 12), io(8));
        assertFails("'out' has 2 rows; its buffer holds 1", batch(new int[] {1, 2}, 3, 0, 12), io(1));
    }

    @Test
    void aStepBeyondTheLimitsIsRefused() { // T1
        PortablePlan plan =
                new PortablePlan(program(), new StepLimits(1, 4, 4, 64), WorkItem.LANE, Numerics.REPRODUCIBLE);
        BackendException refusal =
                assertThrows(BackendException.class, () -> plan.step(batch(new int[] {1, 2}, 3, 0, 12), io(8)));
        assertEquals(BackendException.Kind.UNSUPPORTED, refusal.kind());
    }

    @Test
    void whatCannotBeReproducedIsRefusedWithItsReason() { // N4
        WeightRef wide = new WeightRef("wide", 16, 16, WeightFormat.F32);
        Op linear = new Op.Linear(X, wide, Optional.empty(), Op.Linear.Split.WHOLE, OUT);
        assertRefused("load 'wide' as bfloat16", PortablePlan.supports(linear, Numerics.REPRODUCIBLE));
        Value experts = new Value("experts", Rows.TOKENS, 1, DType.I32);
        Op expert = new ExpertOp.ExpertLinear(X, experts, List.of(wide), Op.Linear.Split.WHOLE, OUT);
        assertRefused("load 'wide' as bfloat16", PortablePlan.supports(expert, Numerics.REPRODUCIBLE));
        Program program = Program.of(List.of(X), List.of(linear), List.of(OUT));
        assertThrows(
                BackendException.class, () -> new PortablePlan(program, LIMITS, WorkItem.LANE, Numerics.REPRODUCIBLE));
    }

    @ParameterizedTest
    @EnumSource
    void moreExpertsThanTheKernelHasPlacesForAreRefused(Numerics numerics) {
        Value experts = new Value("experts", Rows.TOKENS, 1, DType.I32);
        WeightRef matrix = new WeightRef("matrix", 16, 16, WeightFormat.BF16);
        List<WeightRef> matrices = Collections.nCopies(1025, matrix);
        Op expert = new ExpertOp.ExpertLinear(X, experts, matrices, Op.Linear.Split.WHOLE, OUT);
        assertRefused("1025 experts; the kernel sorts rows by at most 1024", PortablePlan.supports(expert, numerics));
    }

    @ParameterizedTest
    @EnumSource
    void inFastMatricesOfEveryFormatStayAsTheyAreStored(WeightFormat format) { // W1, W3
        int inputs = format.isQuantized() ? format.blockElements() : 7;
        Value x = Value.tokens("x", inputs);
        WeightRef matrix = new WeightRef("matrix", 16, inputs, format);
        Op linear = new Op.Linear(x, matrix, Optional.empty(), Op.Linear.Split.EIGHT_SLICES, OUT);
        Value experts = new Value("experts", Rows.TOKENS, 1, DType.I32);
        Op expert =
                new ExpertOp.ExpertLinear(x, experts, List.of(matrix), Op.Linear.Split.WHOLE, Value.tokens("sum", 16));
        assertTrue(PortablePlan.supports(linear, Numerics.FAST).granted());
        assertTrue(PortablePlan.supports(expert, Numerics.FAST).granted());
        Program program = Program.of(List.of(x, experts), List.of(linear, expert), List.of(OUT));
        for (WorkItem workItem : WorkItem.values()) {
            PortablePlan plan = new PortablePlan(program, LIMITS, workItem, Numerics.FAST);
            assertEquals(List.of(new WeightImage(matrix, WeightImage.Form.STORED)), plan.images());
            plan.ownKernels().forEach(kernel -> assertTrue(kernel.endsWith(":FORMAT=FORMAT_" + format), kernel));
        }
    }

    @ParameterizedTest
    @EnumSource
    void onePassSortsPartsForAllLayersAndOneLaunchServesAllExperts(Numerics numerics) { // N22
        Value experts = new Value("experts", Rows.TOKENS, 2, DType.I32);
        Value gates = Value.tokens("gates", 2);
        Value inner = Value.tokens("inner", 2 * 24);
        Value outer = Value.tokens("outer", 2 * 16);
        Op up = new ExpertOp.ExpertLinear(X, experts, matrices("up", 24, 16), Op.Linear.Split.WHOLE, inner);
        Op down = new ExpertOp.ExpertLinear(inner, experts, matrices("down", 16, 24), Op.Linear.Split.WHOLE, outer);
        Op sum = new ExpertOp.WeightedSum(outer, gates, OUT);
        Program program = Program.of(List.of(X, experts, gates), List.of(up, down, sum), List.of(OUT));
        for (WorkItem workItem : WorkItem.values()) {
            PortablePlan plan = new PortablePlan(program, LIMITS, workItem, numerics);
            Map<String, Buffer> buffers = new HashMap<>();
            for (Value value : List.of(X, experts, gates, OUT)) {
                long bytes = 2L * value.width() * value.dtype().bytes();
                buffers.put(value.name(), new Buffer(Arena.ofAuto().allocate(bytes), value.dtype(), 2, value.width()));
            }
            List<String> kernels =
                    plan
                            .step(batch(new int[] {1, 2}, 3, 0, 12), new Bindings(Optional.empty(), buffers))
                            .list()
                            .stream()
                            .map(KernelLaunch::kernel)
                            .filter(kernel -> !kernel.startsWith("round"))
                            .toList();
            assertEquals(List.of("sort_parts", "expert_linear", "expert_linear", "weighted_sum"), kernels);
            assertEquals(2, plan.stacks().size());
            assertEquals(List.of(), plan.images());
        }
    }

    @Test
    void expertsThatAreTooManyForOnePieceOfMemoryStandInSeveral() {
        List<WeightRef> weights = IntStream.range(0, 5)
                .mapToObj(i -> new WeightRef("w" + i, 16384, 8192, WeightFormat.BF16)) // 256 MiB
                .toList();
        List<WeightStack> stacks = WeightStack.of(weights, WeightImage.Form.STORED);
        assertEquals(
                List.of(2, 2, 1),
                stacks.stream().map(stack -> stack.images().size()).toList());
        assertEquals(
                weights,
                stacks.stream()
                        .flatMap(stack -> stack.images().stream())
                        .map(WeightImage::ref)
                        .toList());
    }

    private static List<WeightRef> matrices(String name, int rows, int columns) {
        return IntStream.range(0, 4)
                .mapToObj(expert -> new WeightRef(name + expert, rows, columns, WeightFormat.BF16))
                .toList();
    }

    /**
     * Two tokens of a sequence whose context ends with them.
     *
     * @param before tokens in the cache
     * @param block first block of the context
     * @param slot of the last token
     */
    private static StepBatch batch(int[] ids, int before, int block, int slot) {
        int[] table = new int[17];
        for (int i = 1; i < table.length; i++) {
            table[i] = i * 4 < before + 2 ? 1 : STALE;
        }
        table[0] = block;
        GroupStep group = new GroupStep(new int[] {Math.min(before + 2, 64)}, table, table.length, new int[] {3, slot});
        return new StepBatch(
                StepTokens.known(ids),
                new int[] {before, before + 1},
                new int[] {0, 2},
                new int[0],
                new int[0],
                List.of(group),
                List.of());
    }

    private Bindings io(int rows) {
        Map<String, Buffer> buffers = new HashMap<>();
        buffers.put("out", new Buffer(Arena.ofAuto().allocate(rows * 64L), DType.F32, rows, 16));
        return new Bindings(Optional.of(new Cache(new KvCacheLayout(List.of(group)))), buffers);
    }

    private static void assertFails(String message, StepBatch batch, Bindings io) {
        PortablePlan plan = new PortablePlan(program(), LIMITS, WorkItem.LANE, Numerics.REPRODUCIBLE);
        BackendException failure = assertThrows(BackendException.class, () -> plan.step(batch, io));
        assertEquals(BackendException.Kind.STEP_FAILED, failure.kind());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
    }

    private static void assertRefused(String reason, Support support) {
        assertTrue(support instanceof Support.No(String said) && said.contains(reason), support.toString());
    }
}
