package dev.quire.backends.cpu;

import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;

/** A program as a list of stages over one workspace. Steps run one after another on the backend's thread. */
final class CpuExecutable implements Executable {
    private final Arena arena = UntouchedMemory.open();
    private final StepLimits limits;
    private final WorkerPool pool;
    private final StepQueue queue;
    private final Workspace workspace;
    private final long expertBytes;
    private final List<Stage> stages;
    /** Cache groups whose keys and values are read in a canonical order, which exists for bf16 only. */
    private final List<Integer> canonicalGroups;

    CpuExecutable(
            Program program,
            CpuWeights weights,
            StepLimits limits,
            Numerics numerics,
            WorkerPool pool,
            StepQueue queue,
            Optional<CompiledKernels> kernels) {
        this.limits = limits;
        this.pool = pool;
        this.queue = queue;
        ProgramCompiler compiler =
                new ProgramCompiler(program, weights, limits, numerics, pool.threads(), kernels, arena);
        this.stages = compiler.stages();
        this.workspace = compiler.workspace();
        this.expertBytes = compiler.expertBytes();
        this.canonicalGroups = numerics == Numerics.REPRODUCIBLE
                ? program.ops().stream()
                        .map(Op::cache)
                        .flatMap(Optional::stream)
                        .map(CacheRef::group)
                        .distinct()
                        .toList()
                : List.of();
    }

    @Override
    public Ticket submit(StepBatch batch, Bindings io) {
        limits.check(batch);
        io.cache().ifPresent(cache -> canonical(cache.layout()));
        return queue.issue(() -> run(batch, io), io.buffers());
    }

    private void run(StepBatch batch, Bindings io) {
        StepFrame frame = new StepFrame(batch, io, workspace, pool);
        for (Stage stage : stages) {
            stage.run(frame);
        }
    }

    @Override
    public long workspaceBytes() {
        return workspace.bytes() + expertBytes;
    }

    @Override
    public void close() {
        arena.close();
    }

    private void canonical(KvCacheLayout layout) {
        for (int index : canonicalGroups) {
            CacheGroup.PagedKv group = (CacheGroup.PagedKv) layout.groups().get(index);
            if (group.dtype() != DType.BF16) {
                throw new BackendException(
                        BackendException.Kind.UNSUPPORTED,
                        "cache group '%s' keeps %s, whose products are not exact; REPRODUCIBLE numerics reads BF16 keys and values. Allocate a BF16 cache, or compile for FAST numerics."
                                .formatted(group.name(), group.dtype()));
            }
        }
    }

    /** The ids of a step's tokens, those of earlier sampling steps looked up. */
    static int[] tokenIds(StepBatch batch) {
        int[] ids = batch.tokens().ids().clone();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0) {
                StepQueue.Step sampled =
                        (StepQueue.Step) batch.tokens().sampled().orElseThrow();
                Buffer tokens = sampled.outputs().get("sampled");
                ids[i] = tokens.intAt(~ids[i], 0);
            }
        }
        return ids;
    }
}
