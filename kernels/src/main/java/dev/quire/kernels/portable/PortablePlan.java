package dev.quire.kernels.portable;

import dev.quire.api.BackendException;
import dev.quire.api.StepLimits;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.api.types.WeightFormat;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A program as launches of the portable kernels: what memory it needs, once, and what to launch, for each step. All of a backend that remains is
 * to allocate regions, to upload words and to launch. Immutable; safe from any thread.
 */
public final class PortablePlan {
    private final Program program;
    private final Numerics numerics;
    private final StepLimits limits;
    private final Workspace workspace;
    private final TablePool tables;
    private final OpLaunches ops;
    private final Fusion.Result fused;

    /**
     * Plans a program.
     *
     * @param workItem which kernels to choose
     * @param numerics in REPRODUCIBLE matrices are rounded to bf16; in FAST they stay as they are stored
     * @throws BackendException of kind UNSUPPORTED if {@link #supports} refuses one of its ops
     */
    public PortablePlan(Program program, StepLimits limits, WorkItem workItem, Numerics numerics) {
        this(program, limits, KernelChoice.of(workItem, numerics));
    }

    /**
     * Plans a program.
     *
     * @param choice which kernels to launch; has a shape for each format of {@link #matrices}, if it has tiles
     * @throws BackendException of kind UNSUPPORTED if {@link #supports} refuses one of its ops
     */
    public PortablePlan(Program program, StepLimits limits, KernelChoice choice) {
        for (Op op : program.ops()) {
            if (supports(op, choice.numerics()) instanceof Support.No(String reason)) {
                throw new BackendException(BackendException.Kind.UNSUPPORTED, "%s: %s".formatted(op.kind(), reason));
            }
        }
        this.program = program;
        this.numerics = choice.numerics();
        this.limits = limits;
        this.fused = Fusion.of(program, choice);
        this.workspace = new Workspace(WorkspaceLeases.of(program, fused.stages(), limits, choice));
        this.tables = TablePool.of(program, limits.maxContext());
        this.ops = new OpLaunches(tables, choice);
    }

    /** Whether the portable kernels run an op. */
    public static Support supports(Op op, Numerics numerics) {
        return PortableSupport.of(op, numerics);
    }

    /** The formats that the matrices of linear layers have. */
    public static Set<WeightFormat> matrices(Program program) {
        Set<WeightFormat> formats = EnumSet.noneOf(WeightFormat.class);
        for (Op op : program.ops()) {
            if (op instanceof Op.Linear linear) {
                formats.add(linear.weight().format());
            }
        }
        return formats;
    }

    /** Bytes of {@link Region.Workspace}. */
    public long workspaceBytes() {
        return workspace.bytes();
    }

    /**
     * Bytes that {@link Region.Words} needs for any step within the limits. Lists of sampling adjustments come on top, so a backend's buffer
     * grows where a step has more.
     *
     * @param layout the cache that steps are bound to; no groups for a program without one
     * @throws BackendException of kind UNSUPPORTED if steps cannot be bound to it: Canon 1 is defined for caches of bf16
     */
    public long wordBytes(KvCacheLayout layout) {
        check(layout);
        return Integer.BYTES * WordBound.of(program, limits, layout);
    }

    private void check(KvCacheLayout layout) {
        if (numerics == Numerics.REPRODUCIBLE && !CacheKernels.types(layout).isEmpty()) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "a cache of %s; in REPRODUCIBLE numerics it must be BF16, in FAST it may be F16, F32 or F8_E4M3 as well"
                            .formatted(CacheKernels.types(layout)));
        }
    }

    /** What {@link Region.Tables} holds. */
    public float[] tables() {
        return tables.content();
    }

    /** The forms of weights that the steps read, in the order of their first use; stored forms that only make others are not among them. */
    public List<WeightImage> images() {
        Set<WeightImage> images = new LinkedHashSet<>();
        program.ops().forEach(op -> images.addAll(ops.images(op)));
        return List.copyOf(images);
    }

    /** The stacks of weights that the steps read. */
    public List<WeightStack> stacks() {
        return program.ops().stream()
                .flatMap(op -> ops.stacks(op).stream())
                .distinct()
                .toList();
    }

    /** Kernels of {@link #step} that are not among its work-item's, each made for something that the program holds, such as a format. */
    public List<String> ownKernels() {
        return program.ops().stream()
                .flatMap(op -> ops.ownKernels(op).stream())
                .distinct()
                .toList();
    }

    /**
     * What to launch for one step.
     *
     * @throws BackendException of kind UNSUPPORTED if the step exceeds the limits, or STEP_FAILED if it names what is not there
     */
    public Launches step(StepBatch batch, Bindings io) {
        check(batch);
        return plan(batch, io).launches();
    }

    /**
     * Refuses steps that would lead a kernel into foreign memory, as far as that does not depend on bindings.
     *
     * @throws BackendException of kind UNSUPPORTED if the step exceeds the limits, or STEP_FAILED if it names what is not there
     */
    public void check(StepBatch batch) {
        new StepCheck(program, limits, batch).run();
    }

    /**
     * A step that was {@linkplain #check checked} with rows behind its own, so that steps of nearly one size have one {@linkplain #shape shape}: those of
     * decoding and of sampling. Its own rows come out as they do without; only they may be given to the caller. Nothing for other steps.
     */
    public Optional<StepBatch> padded(StepBatch batch, Bindings io) {
        return new StepPadding(program, limits).of(batch, io);
    }

    /** What the launches of a step depend on, but for how its words are laid out. Equal for equal shapes. */
    public Object shape(StepBatch batch, Bindings io) {
        return StepShape.of(batch, io, limits, ops.workItem());
    }

    /**
     * Plans a step that was {@linkplain #check checked}, and with it those of the same {@linkplain #shape shape} that come later.
     *
     * @throws BackendException of kind STEP_FAILED if it names what is not there, or UNSUPPORTED if the cache is not for these numerics
     */
    public PlannedStep plan(StepBatch batch, Bindings io) {
        io.cache().ifPresent(cache -> check(cache.layout()));
        StepFrame step = new StepFrame(program, limits, batch, io, workspace, fused.multiplied());
        if (batch.tokens().sampled().isPresent()) {
            StepFrame.Ints ids = step.ints(Value.TOKENS);
            Argument count = Argument.of(batch.tokenCount());
            step.elementwise(
                    "take_tokens", batch.tokenCount(), ids.pointer(), ids.offset(), Argument.at(Region.SAMPLED), count);
        }
        int index = 0;
        for (Stage stage : fused.stages()) {
            ops.plan(index, stage, step);
            index += stage.ops().size();
        }
        return step.finish();
    }
}
