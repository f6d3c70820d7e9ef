package dev.quire.backends.cpu.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A product y = x · w of one shape, compiled by oneDNN for this machine. Shared by all threads; each runs its own {@link Call}. */
public final class MatMul {
    private static final int ARGUMENT_BYTES = 16;

    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> memories = new ArrayList<>();
    private final Functions functions;
    private final MemorySegment engine;
    private final MemorySegment stream;
    private final MemorySegment xLayout;
    private final MemorySegment wLayout;
    private final MemorySegment yLayout;
    private final MemorySegment descriptor;
    private final MemorySegment scratchpadLayout;
    private final MemorySegment primitive;
    private final String implementation;

    /**
     * What is multiplied.
     *
     * @param type of x and w; y is float32
     * @param rows of x and y
     * @param inner columns of x, which lie without gaps
     * @param columns of y
     * @param yStride elements from one row of y to the next
     */
    public record Shape(MatrixType type, int rows, int inner, int columns, int yStride) {}

    MatMul(Shape shape, Functions functions, MemorySegment engine, MemorySegment stream) {
        this.functions = functions;
        this.engine = engine;
        this.stream = stream;
        int type = shape.type().code;
        this.xLayout = functions.plainDescriptor(arena, shape.rows(), shape.inner(), type, shape.inner());
        this.wLayout = functions.packedDescriptor(arena, shape.inner(), shape.columns(), type, shape.type().packedTag);
        this.yLayout = functions.plainDescriptor(arena, shape.rows(), shape.columns(), Functions.F32, shape.yStride());
        this.descriptor = functions.matMulDescriptor(arena, engine, xLayout, wLayout, yLayout);
        this.implementation = functions.implementation(arena, descriptor);
        this.scratchpadLayout = functions.scratchpadDescriptor(descriptor);
        this.primitive = functions.createPrimitive(arena, descriptor);
    }

    /** The kernel that oneDNN chose. */
    public String implementation() {
        return implementation;
    }

    /** Whether oneDNN has nothing but its slow reference loops for this shape on this machine. */
    public boolean isReference() {
        return implementation.startsWith("ref");
    }

    /** Bytes of scratch memory that a call needs. */
    public long scratchpadBytes() {
        return functions.size(scratchpadLayout);
    }

    /** A way to run the product from one thread at a time. */
    public synchronized Call newCall() {
        return new Call();
    }

    private MemorySegment memory(MemorySegment layout) {
        MemorySegment memory = functions.createMemory(arena, layout, engine);
        memories.add(memory);
        return memory;
    }

    synchronized void close() {
        memories.forEach(memory -> functions.destroy("dnnl_memory_destroy", memory));
        functions.destroy("dnnl_primitive_destroy", primitive);
        functions.destroy("dnnl_primitive_desc_destroy", descriptor);
        for (MemorySegment layout : List.of(xLayout, wLayout, yLayout)) {
            functions.destroy("dnnl_memory_desc_destroy", layout);
        }
        arena.close();
    }

    /** The arguments of one thread's calls. */
    public final class Call {
        private final MemorySegment x = memory(xLayout);
        private final MemorySegment w = memory(wLayout);
        private final MemorySegment y = memory(yLayout);
        private final MemorySegment scratchpad = memory(scratchpadLayout);
        private final MemorySegment arguments = arena.allocate(4 * ARGUMENT_BYTES, 8);

        private Call() {
            argument(0, Functions.ARG_SOURCE, x);
            argument(1, Functions.ARG_WEIGHTS, w);
            argument(2, Functions.ARG_DESTINATION, y);
            argument(3, Functions.ARG_SCRATCHPAD, scratchpad);
        }

        private void argument(int index, int kind, MemorySegment memory) {
            arguments.set(JAVA_INT, index * ARGUMENT_BYTES, kind);
            arguments.set(ADDRESS, index * ARGUMENT_BYTES + ADDRESS.byteSize(), memory);
        }

        /**
         * Multiplies. Takes addresses of native memory, large enough for the shape; nothing checks them.
         *
         * @param scratch of at least {@link #scratchpadBytes()} that no other call uses meanwhile
         */
        public void run(long xData, long packedWeights, long yData, long scratch) {
            functions.setData(x, xData);
            functions.setData(w, packedWeights);
            functions.setData(y, yData);
            functions.setData(scratchpad, scratch);
            functions.execute(primitive, stream, 4, arguments);
        }
    }
}
