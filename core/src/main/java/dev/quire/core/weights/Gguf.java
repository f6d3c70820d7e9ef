package dev.quire.core.weights;

import dev.quire.core.weights.format.GgufHeader;
import dev.quire.core.weights.format.GgufMetadata;
import dev.quire.core.weights.format.MappedFile;
import dev.quire.core.weights.format.WeightFormatException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A GGUF file of version 2 or 3, little-endian, in one piece: metadata and tensors. */
public final class Gguf extends MappedWeights {
    private static final String PARTS = "split.count";

    private final GgufMetadata metadata;

    private Gguf(Arena arena, MappedFile file, GgufHeader header) {
        super(arena, file.name(), tensors(file, header));
        this.metadata = header.metadata();
    }

    private static Map<String, Tensor> tensors(MappedFile file, GgufHeader header) {
        Map<String, Tensor> mapped = new LinkedHashMap<>();
        header.tensors().forEach((tensor, info) -> mapped.put(tensor, Tensor.of(file, info)));
        return mapped;
    }

    /**
     * Maps {@code file} and checks its header; reads no weights.
     *
     * @throws WeightFormatException if it is not a GGUF file that Quire reads, or contradicts itself
     */
    public static Gguf open(Path file) {
        Arena arena = Arena.ofShared();
        try {
            MappedFile mapped = MappedFile.open(file, arena);
            GgufHeader header = GgufHeader.read(mapped);
            requireWhole(mapped.name(), header.metadata());
            return new Gguf(arena, mapped, header);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static void requireWhole(String name, GgufMetadata metadata) {
        if (metadata.integer(PARTS, 1) > 1) {
            throw new WeightFormatException(
                    "%s is one of %d parts of a model; merge them with llama.cpp's gguf-split --merge"
                            .formatted(name, metadata.integer(PARTS)));
        }
    }

    /** Key-value pairs: the model's config, its vocabulary, its chat template. */
    public GgufMetadata metadata() {
        return metadata;
    }
}
