package dev.quire.backends.tornado.device;

import java.util.LinkedHashSet;
import java.util.Set;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * What the tasks of one graph may take. The arrays but for the parameters have one element on the host; on the device each is the whole arena, read as
 * words, floats or bf16.
 */
final class Views {
    private final KernelContext context = new KernelContext();
    private final IntArray parameters;
    private final FloatArray reals;
    private final IntArray words = new IntArray(1);
    private final FloatArray floats = new FloatArray(1);
    private final ShortArray halves = new ShortArray(1);
    private final Set<Object> taken = new LinkedHashSet<>();

    private boolean real;

    /**
     * @param parameters {@link Batch#STRIDE} for each launch
     * @param reals as many, for those that are float32: a kernel in Java cannot read a word as one
     */
    Views(IntArray parameters, FloatArray reals) {
        this.parameters = parameters;
        this.reals = reals;
    }

    /** A kernel as the task of a graph. */
    @FunctionalInterface
    interface Kernel {
        /**
         * @param id the task's name in the graph
         * @param at where its parameters begin
         */
        TaskGraph add(TaskGraph graph, String id, int at, Views views);
    }

    KernelContext context() {
        return context;
    }

    IntArray parameters() {
        return parameters;
    }

    FloatArray reals() {
        real = true;
        return reals;
    }

    /** Whether a task reads {@link #reals}. */
    boolean readsReals() {
        return real;
    }

    IntArray words() {
        taken.add(words);
        return words;
    }

    FloatArray floats() {
        taken.add(floats);
        return floats;
    }

    ShortArray halves() {
        taken.add(halves);
        return halves;
    }

    /** The views of the arena that tasks have taken: only those may be mapped. */
    Object[] taken() {
        return taken.toArray();
    }
}
