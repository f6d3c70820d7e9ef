package dev.quire.backends.cpu.attention;

import dev.quire.api.types.DType;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.util.Optional;

/**
 * Attention over paged keys and values (Kwon et al. 2023 §4.1), prefill and decode alike: out[t] = softmax(cap(scale · q·k) + slope · (j − i))
 * · v per head. One instance serves every layer of one shape; it holds one worker's scratch per part and allocates nothing once those have
 * grown to the largest step. Per layer: {@link #run} for every part and, where the plan {@link AttentionPlan#divides divides} a tile, a barrier and
 * {@link #finish} for every part. Parts run on any threads.
 */
public final class PagedAttention {
    private final AttentionShape shape;
    private final DType dtype;
    private final AttentionWorker[] workers;

    /** In Java, in the canonical order. */
    public PagedAttention(AttentionShape shape, DType dtype, int parts) {
        this(shape, dtype, parts, Optional.empty());
    }

    /**
     * @param dtype element type of the cache, BF16, F8_E4M3 or F32; but with F32, queries and weights are rounded to bf16 before products
     * @param parts spans of work, as in the plans that are run
     * @param kernels those in C, which serve all but F32 in an order of their own; empty for the canonical order
     */
    public PagedAttention(AttentionShape shape, DType dtype, int parts, Optional<CompiledKernels> kernels) {
        if (!PagedKvPool.TYPES.contains(dtype)) {
            throw new IllegalArgumentException(
                    "attention over keys of %s; choose one of %s".formatted(dtype, PagedKvPool.TYPES));
        }
        this.shape = shape;
        this.dtype = dtype;
        this.workers = new AttentionWorker[parts];
        int maxRows = new AttentionPlan(shape, parts).maxRows();
        for (int part = 0; part < parts; part++) {
            workers[part] = new AttentionWorker(shape, dtype, maxRows, kernels);
        }
    }

    /**
     * Runs one part of a plan. Every key and value that the plan's queries see must be in the pool.
     *
     * @param plan prepared for this step and this shape
     * @param pool the layer's cache
     * @param q [T, heads · headSize]
     * @param blockTables [S, tableStride] block numbers; entries that no query sees are not read
     * @param out [T, heads · headSize]; rows of tiles that lie whole in this part are written
     */
    public void run(
            int part, AttentionPlan plan, PagedKvPool pool, Matrix q, int[] blockTables, int tableStride, Matrix out) {
        if (pool.dtype() != dtype || pool.headSize() != shape.headSize() || pool.kvHeads() != shape.kvHeads()) {
            throw new IllegalArgumentException("attention over %d KV heads of %d %s met a cache of %d KV heads of %d %s"
                    .formatted(
                            shape.kvHeads(), shape.headSize(), dtype, pool.kvHeads(), pool.headSize(), pool.dtype()));
        }
        workers[part].run(plan, plan.cut(part), plan.cut(part + 1), pool, q, blockTables, tableStride, out);
    }

    /** Merges the tile that begins in one part and ends in later ones, once every part has run. */
    public void finish(int part, AttentionPlan plan, Matrix out) {
        long end = plan.cut(part + 1);
        if (plan.cut(part) == end) {
            return;
        }
        int tile = plan.tileAt(end - 1);
        if (plan.start(tile) < plan.cut(part) || plan.start(tile + 1) == end) {
            return;
        }
        AttentionWorker owner = workers[part];
        for (int next = part + 1; next < workers.length && plan.cut(next) < plan.start(tile + 1); next++) {
            owner.merge(workers[next]);
        }
        owner.write(plan, tile, out);
    }
}
