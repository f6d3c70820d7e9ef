package dev.quire.backends.cpu.onednn;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * oneDNN, loaded. Every product runs on the thread that asks for it: parallelism is the caller's. Primitives are built once for
 * each shape, in about a millisecond, and kept. Safe for use by many threads.
 */
public final class OneDnn implements AutoCloseable {
    private static final String FOLDER = "org/bytedeco/dnnl/linux-x86_64/";
    private static final List<String> FILES = List.of("libgomp.so.1", "libdnnl.so.3");

    private final Arena arena = Arena.ofShared();
    private final Functions functions;
    private final MemorySegment engine;
    private final MemorySegment stream;
    private final Map<MatMul.Shape, MatMul> matMuls = new ConcurrentHashMap<>();

    @SuppressWarnings("restricted")
    private OneDnn(Path library) {
        this.functions = new Functions(SymbolLookup.libraryLookup(library, Arena.global()));
        this.engine = functions.createEngine(arena);
        this.stream = functions.createStream(arena, engine);
    }

    /**
     * Loads the library from the class path, where the platform has one.
     *
     * @param cache folder under which its files are unpacked, once
     */
    public static OneDnnLibrary load(Path cache) {
        String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!platform.equals("Linux amd64")) {
            return new OneDnnLibrary.Missing("no oneDNN for " + platform + ", only for Linux amd64");
        }
        try {
            Path folder = NativeFiles.unpack(OneDnn.class.getClassLoader(), FOLDER, FILES, cache);
            return new OneDnnLibrary.Loaded(new OneDnn(folder.resolve("libdnnl.so.3")));
        } catch (IOException | IllegalArgumentException e) {
            return new OneDnnLibrary.Missing("oneDNN could not be loaded: " + e.getMessage());
        }
    }

    /**
     * The product for a shape, built now or before.
     *
     * @throws OneDnnException if oneDNN refuses the shape
     */
    public MatMul matMul(MatMul.Shape shape) {
        return matMuls.computeIfAbsent(shape, s -> new MatMul(s, functions, engine, stream));
    }

    /** Frees the primitives. No product may run meanwhile or afterwards. */
    @Override
    public void close() {
        matMuls.values().forEach(MatMul::close);
        matMuls.clear();
        functions.destroy("dnnl_stream_destroy", stream);
        functions.destroy("dnnl_engine_destroy", engine);
        arena.close();
    }
}
