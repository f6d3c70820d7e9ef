package dev.quire.conformance.models;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.ProgramJson;
import dev.quire.api.types.DType;
import java.util.List;

/**
 * The model that the kit carries: a Llama of 1.9 million weights, whose values bfloat16, float16 and float32 all hold. Made by {@code ci/tiny}.
 */
public final class TinyModel {
    /** What it is called. */
    public static final String NAME = "tiny";

    /** Tokens of the longest sequence. */
    public static final int CONTEXT = 2048;

    private static final int LAYERS = 5;
    private static final int KV_HEADS = 2;
    private static final int HEAD = 32;
    private static final int BLOCK = 16;

    private TinyModel() {}

    /** Reads it from the class path: BF16 weights, BF16 keys and values in blocks of 16. */
    public static KitModel load() {
        CacheGroup keys = new CacheGroup.PagedKv("kv", LAYERS, KV_HEADS, HEAD, DType.BF16, BLOCK, 0);
        return new KitModel(
                NAME,
                ProgramJson.read(ModelResource.text(NAME, "program.json")),
                new KvCacheLayout(List.of(keys)),
                SafetensorsWeights.of(ModelResource.bytes(NAME, "model.safetensors")));
    }
}
