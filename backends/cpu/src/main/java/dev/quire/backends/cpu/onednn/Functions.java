package dev.quire.backends.cpu.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The C functions of oneDNN 3 that matrix products need, one method each. Handles are constants that take the function's address
 * as their first argument, so calls compile to direct ones although the library is loaded at run time. All may be called by any
 * thread; a primitive may run on several at once if each brings its own memories.
 */
@SuppressWarnings("restricted")
final class Functions {
    static final int F32 = 3;
    static final int BF16 = 2;
    static final int ARG_SOURCE = 1;
    static final int ARG_WEIGHTS = 33;
    static final int ARG_DESTINATION = 17;
    static final int ARG_SCRATCHPAD = 80;

    private static final int CPU = 1;
    private static final int DEFAULT_STREAM = 1;
    private static final int USER_SCRATCHPAD = 1;
    private static final int QUERY_IMPLEMENTATION = 8;
    private static final int QUERY_SCRATCHPAD = 136;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle INT_P_I_L = handle(ADDRESS, JAVA_INT, JAVA_LONG);
    private static final MethodHandle INT_P_P_I = handle(ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle INT_P_I_P_I_P = handle(ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
    private static final MethodHandle INT_P_I_P_I_I = handle(ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle INT_P = handle(ADDRESS);
    private static final MethodHandle INT_P_I = handle(ADDRESS, JAVA_INT);
    private static final MethodHandle INT_P_P = handle(ADDRESS, ADDRESS);
    private static final MethodHandle INT_MATMUL =
            handle(ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle INT_P_I_I_P = handle(ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle INT_P_P_P_P = handle(ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle INT_EXECUTE = handle(ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
    private static final MethodHandle INT_SET_DATA =
            LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG), Linker.Option.critical(false));
    private static final MethodHandle QUERY_DESCRIPTOR =
            LINKER.downcallHandle(FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle SIZE = LINKER.downcallHandle(FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    private static final MethodHandle VOID_I =
            LINKER.downcallHandle(FunctionDescriptor.ofVoid(JAVA_INT), Linker.Option.critical(false));

    private final SymbolLookup library;
    private final MemorySegment execute;
    private final MemorySegment setData;
    private final MemorySegment setThreads;

    Functions(SymbolLookup library) {
        this.library = library;
        this.execute = library.findOrThrow("dnnl_primitive_execute");
        this.setData = library.findOrThrow("dnnl_memory_set_data_handle");
        this.setThreads = library.findOrThrow("omp_set_num_threads");
    }

    private static MethodHandle handle(MemoryLayout... arguments) {
        return LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, arguments));
    }

    MemorySegment createEngine(Arena arena) {
        return created(arena, "dnnl_engine_create", out ->
                (int) INT_P_I_L.invokeExact(at("dnnl_engine_create"), out, CPU, 0L));
    }

    MemorySegment createStream(Arena arena, MemorySegment engine) {
        return created(arena, "dnnl_stream_create", out ->
                (int) INT_P_P_I.invokeExact(at("dnnl_stream_create"), out, engine, DEFAULT_STREAM));
    }

    /** A matrix whose rows lie {@code stride} elements apart. */
    MemorySegment plainDescriptor(Arena arena, long rows, long columns, int type, long stride) {
        MemorySegment dims = arena.allocateFrom(JAVA_LONG, rows, columns);
        MemorySegment strides = arena.allocateFrom(JAVA_LONG, stride, 1);
        String name = "dnnl_memory_desc_create_with_strides";
        return created(arena, name, out -> (int) INT_P_I_P_I_P.invokeExact(at(name), out, 2, dims, type, strides));
    }

    /** A matrix in one of oneDNN's own layouts. */
    MemorySegment packedDescriptor(Arena arena, long rows, long columns, int type, int tag) {
        MemorySegment dims = arena.allocateFrom(JAVA_LONG, rows, columns);
        String name = "dnnl_memory_desc_create_with_tag";
        return created(arena, name, out -> (int) INT_P_I_P_I_I.invokeExact(at(name), out, 2, dims, type, tag));
    }

    /** The product's descriptor, with the scratchpad given by the caller of {@link #execute}. */
    MemorySegment matMulDescriptor(
            Arena arena, MemorySegment engine, MemorySegment x, MemorySegment w, MemorySegment y) {
        MemorySegment attributes = created(arena, "dnnl_primitive_attr_create", out ->
                (int) INT_P.invokeExact(at("dnnl_primitive_attr_create"), out));
        String setMode = "dnnl_primitive_attr_set_scratchpad_mode";
        check(setMode, () -> (int) INT_P_I.invokeExact(at(setMode), attributes, USER_SCRATCHPAD));
        String name = "dnnl_matmul_primitive_desc_create";
        MemorySegment descriptor = created(arena, name, out ->
                (int) INT_MATMUL.invokeExact(at(name), out, engine, x, w, MemorySegment.NULL, y, attributes));
        destroy("dnnl_primitive_attr_destroy", attributes);
        return descriptor;
    }

    /** The name of the kernel that a primitive's descriptor chose, {@code "brg_matmul:avx512_core_bf16"} for one. */
    String implementation(Arena arena, MemorySegment descriptor) {
        String name = "dnnl_primitive_desc_query";
        MemorySegment text = created(
                arena, name, out -> (int) INT_P_I_I_P.invokeExact(at(name), descriptor, QUERY_IMPLEMENTATION, 0, out));
        return text.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** The layout of the scratchpad of a primitive; it belongs to the primitive's descriptor. */
    MemorySegment scratchpadDescriptor(MemorySegment descriptor) {
        try {
            return (MemorySegment)
                    QUERY_DESCRIPTOR.invokeExact(at("dnnl_primitive_desc_query_md"), descriptor, QUERY_SCRATCHPAD, 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Bytes of a memory of this layout. */
    long size(MemorySegment descriptor) {
        try {
            return (long) SIZE.invokeExact(at("dnnl_memory_desc_get_size"), descriptor);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    MemorySegment createPrimitive(Arena arena, MemorySegment descriptor) {
        String name = "dnnl_primitive_create";
        return created(arena, name, out -> (int) INT_P_P.invokeExact(at(name), out, descriptor));
    }

    /** A memory without data; {@link #setData} gives it some. */
    MemorySegment createMemory(Arena arena, MemorySegment descriptor, MemorySegment engine) {
        String name = "dnnl_memory_create";
        return created(arena, name, out ->
                (int) INT_P_P_P_P.invokeExact(at(name), out, descriptor, engine, MemorySegment.NULL));
    }

    void setData(MemorySegment memory, long data) {
        try {
            int status = (int) INT_SET_DATA.invokeExact(setData, memory, data);
            if (status != 0) {
                throw failed("dnnl_memory_set_data_handle", status);
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Runs a primitive on the calling thread alone. */
    void execute(MemorySegment primitive, MemorySegment stream, int count, MemorySegment arguments) {
        try {
            VOID_I.invokeExact(setThreads, 1);
            int status = (int) INT_EXECUTE.invokeExact(execute, primitive, stream, count, arguments);
            if (status != 0) {
                throw failed("dnnl_primitive_execute", status);
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Frees what a create function made; {@code name} is the function that frees it. */
    void destroy(String name, MemorySegment made) {
        check(name, () -> (int) INT_P.invokeExact(at(name), made));
    }

    private MemorySegment at(String name) {
        return library.findOrThrow(name);
    }

    private static MemorySegment created(Arena arena, String name, Creation creation) {
        MemorySegment out = arena.allocate(ADDRESS);
        check(name, () -> creation.into(out));
        return out.get(ADDRESS, 0);
    }

    private static void check(String name, Call call) {
        try {
            int status = call.status();
            if (status != 0) {
                throw failed(name, status);
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static OneDnnException failed(String name, int status) {
        String meaning = switch (status) {
            case 1 -> "out of memory";
            case 2 -> "invalid arguments";
            case 3 -> "not implemented for this processor and shape";
            default -> "status " + status;
        };
        return new OneDnnException(name + " of oneDNN refused: " + meaning);
    }

    private static RuntimeException unexpected(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException exception -> exception;
            case Error error -> throw error;
            default -> new IllegalStateException("A call into oneDNN failed", thrown);
        };
    }

    @FunctionalInterface
    private interface Call {
        int status() throws Throwable;
    }

    @FunctionalInterface
    private interface Creation {
        int into(MemorySegment out) throws Throwable;
    }
}
