package dev.quire.core.weights;

import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.Map;

/** Tensors in memory that an arena maps, whatever format they came in. */
abstract sealed class MappedWeights implements WeightFile permits Safetensors, Gguf {
    private final Arena arena;
    private final String name;
    private final Map<String, Tensor> tensors;

    /** @param arena closed with this */
    MappedWeights(Arena arena, String name, Map<String, Tensor> tensors) {
        this.arena = arena;
        this.name = name;
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Map<String, Tensor> tensors() {
        return tensors;
    }

    @Override
    public final void close() {
        arena.close();
    }
}
