package dev.quire.core.weights;

import dev.quire.core.weights.format.GgufHeader;
import dev.quire.core.weights.format.GgufMetadata;
import dev.quire.core.weights.format.MappedFile;
import dev.quire.core.weights.format.WeightFormatException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A GGUF file of version 2 or 3, little-endian, in one piece: metadata and tensors. */
public final class Gguf implements WeightFile {
    private static final String PARTS = "split.count";

    private final Arena arena;
    private final String name;
    private final GgufMetadata metadata;
    private final Map<String, Tensor> tensors;

    private Gguf(Arena arena, MappedFile file) {
        this.arena = arena;
        this.name = file.name();
        GgufHeader header = GgufHeader.read(file);
        this.metadata = header.metadata();
        if (metadata.integer(PARTS, 1) > 1) {
            throw new WeightFormatException(
                    "%s is one of %d parts of a model; merge them with llama.cpp's gguf-split --merge"
                            .formatted(name, metadata.integer(PARTS)));
        }
        Map<String, Tensor> mapped = new LinkedHashMap<>();
        header.tensors().forEach((tensor, info) -> mapped.put(tensor, Tensor.of(file, info)));
        this.tensors = Collections.unmodifiableMap(mapped);
    }

    /**
     * Maps {@code file} and checks its header; reads no weights.
     *
     * @throws WeightFormatException if it is not a GGUF file that Quire reads, or contradicts itself
     */
    public static Gguf open(Path file) {
        Arena arena = Arena.ofShared();
        try {
            return new Gguf(arena, MappedFile.open(file, arena));
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** Key-value pairs: the model's config, its vocabulary, its chat template. */
    public GgufMetadata metadata() {
        return metadata;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        arena.close();
    }
}
