package dev.quire.backends.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * y = x · matrixᵀ + bias by cuBLASLt, whose choice of an algorithm is asked for once for each shape. The library knows matrices by columns, so it is told
 * yᵀ = matrix · xᵀ. Products go to the stream as launches do, and a graph that captures the stream takes them with the algorithm that was chosen.
 */
final class MatrixProducts implements AutoCloseable {
    /** Shapes that are remembered: chunks of prompts come in any number of rows. */
    private static final int MOST = 1024;

    private static final int FLOAT32 = 0;
    private static final int BFLOAT16 = 14;
    private static final int COMPUTE_FLOAT32 = 68;
    private static final int TRANSPOSED_A = 3;
    private static final int EPILOGUE = 7;
    private static final int BIAS_POINTER = 8;
    private static final int WITH_BIAS = 4;
    private static final int MOST_WORKSPACE = 1;
    /** Of cublasLtMatmulHeuristicResult_t: 64 bytes of algorithm, the workspace that it needs, and what is not read. */
    private static final long RESULT_BYTES = 96;

    private static final long ALGORITHM_BYTES = 64;

    private final CudaContext context;
    private final CublasLt library;
    private final long handle;
    private final long workspaceBytes;
    private final Map<Shape, Plan> plans = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * What an algorithm is chosen for.
     *
     * @param rows of x and y
     * @param n columns of y
     * @param k columns of x
     * @param biased whether a bias is added
     */
    record Shape(WeightFormat format, int rows, int n, int k, boolean biased) {}

    /** Where a product's parts lie on the device. */
    record Places(long x, long matrix, long bias, long y, long workspace) {}

    /** What the library wants to be told about a shape. */
    private record Plan(Arena arena, long descriptor, List<Long> layouts, MemorySegment algorithm) {}

    /** @param workspaceBytes that every product may use */
    MatrixProducts(CudaContext context, CublasLt library, long workspaceBytes) {
        this.context = context;
        this.library = library;
        this.workspaceBytes = workspaceBytes;
        context.enter();
        this.handle = library.make(library.create);
    }

    /** Chooses an algorithm, unless that was done. */
    void prepare(Shape shape) {
        plan(shape);
    }

    /** Gives a product to the stream. */
    void multiply(Shape shape, Places at) {
        Plan plan = plan(shape);
        if (shape.biased()) {
            library.set(library.descriptorSet, plan.descriptor(), BIAS_POINTER, at.bias());
        }
        try (Arena arena = Arena.ofConfined()) {
            library.run(
                    library.matmul,
                    handle,
                    plan.descriptor(),
                    CublasLt.scalar(arena, 1),
                    at.matrix(),
                    plan.layouts().get(0),
                    at.x(),
                    plan.layouts().get(1),
                    CublasLt.scalar(arena, 0),
                    at.y(),
                    plan.layouts().get(2),
                    at.y(),
                    plan.layouts().get(2),
                    plan.algorithm(),
                    at.workspace(),
                    workspaceBytes,
                    context.stream());
        }
    }

    private Plan plan(Shape shape) {
        Plan found = plans.get(shape);
        if (found == null) {
            context.enter();
            found = choose(shape);
            plans.put(shape, found);
            if (plans.size() > MOST) {
                Iterator<Plan> oldest = plans.values().iterator();
                free(oldest.next());
                oldest.remove();
            }
        }
        return found;
    }

    private Plan choose(Shape shape) {
        int type = shape.format() == WeightFormat.BF16 ? BFLOAT16 : FLOAT32;
        long descriptor = library.make(library.descriptorCreate, COMPUTE_FLOAT32, FLOAT32);
        Plan plan = new Plan(Arena.ofShared(), descriptor, new ArrayList<>(), MemorySegment.NULL);
        try {
            library.set(library.descriptorSet, descriptor, TRANSPOSED_A, 1);
            if (shape.biased()) {
                library.set(library.descriptorSet, descriptor, EPILOGUE, WITH_BIAS);
            }
            plan.layouts().add(layout(type, shape.k(), shape.n()));
            plan.layouts().add(layout(type, shape.k(), shape.rows()));
            plan.layouts().add(layout(FLOAT32, shape.n(), shape.rows()));
            return new Plan(plan.arena(), descriptor, plan.layouts(), algorithm(shape, plan));
        } catch (BackendException e) {
            free(plan);
            throw e;
        }
    }

    /** A matrix by columns, without gaps. */
    private long layout(int type, long rows, long columns) {
        return library.make(library.layoutCreate, type, rows, columns, rows);
    }

    private MemorySegment algorithm(Shape shape, Plan plan) {
        long preference = library.make(library.preferenceCreate);
        try (Arena arena = Arena.ofConfined()) {
            library.set(library.preferenceSet, preference, MOST_WORKSPACE, workspaceBytes);
            MemorySegment result = plan.arena().allocate(RESULT_BYTES, Long.BYTES);
            MemorySegment count = arena.allocate(JAVA_INT);
            List<Long> layouts = plan.layouts();
            library.run(
                    library.heuristic,
                    handle,
                    plan.descriptor(),
                    layouts.get(0),
                    layouts.get(1),
                    layouts.get(2),
                    layouts.get(2),
                    preference,
                    1,
                    result,
                    count);
            if (count.get(JAVA_INT, 0) < 1 || result.get(JAVA_LONG, ALGORITHM_BYTES) > workspaceBytes) {
                throw new BackendException(
                        Kind.STEP_FAILED,
                        "%s has no algorithm for %s within %d bytes of workspace; take it out of the loader's way to run without it"
                                .formatted(library.name(), shape, workspaceBytes));
            }
            return result.asSlice(0, ALGORITHM_BYTES);
        } finally {
            library.preferenceDestroy.call(preference);
        }
    }

    private void free(Plan plan) {
        plan.layouts().forEach(library.layoutDestroy::call);
        library.descriptorDestroy.call(plan.descriptor());
        plan.arena().close();
    }

    @Override
    public void close() {
        context.tryEnter();
        plans.values().forEach(this::free);
        plans.clear();
        library.destroy.call(handle);
    }
}
