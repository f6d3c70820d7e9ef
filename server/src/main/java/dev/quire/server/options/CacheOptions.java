package dev.quire.server.options;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The KV cache.
 *
 * @param dtype type of keys and values
 * @param blockSize tokens of a block
 * @param prefixCaching whether full blocks are kept for later prompts
 * @param kvCacheMemoryBytes memory for blocks; absent for a share of the device's
 * @param blocks number of blocks, whatever memory they take; absent to fill the memory
 * @param memoryUtilization share of the device's memory that the program may use, 0 to 1
 */
public record CacheOptions(
        CacheDType dtype,
        int blockSize,
        boolean prefixCaching,
        OptionalLong kvCacheMemoryBytes,
        OptionalInt blocks,
        double memoryUtilization) {
    /** Type of keys and values. */
    public enum CacheDType {
        /** That of activations, or the nearest that the backend has. */
        AUTO,
        BFLOAT16,
        FLOAT16,
        FLOAT32,
        /** 8-bit floats, E4M3. */
        FP8,
        /** vLLM's other name of {@link #FP8}. */
        FP8_E4M3
    }

    static final Option<CacheDType> KV_CACHE_DTYPE = Option.of(
                    "kv-cache-dtype",
                    OptionType.choice(CacheDType.class),
                    "Type of cached keys and values. `fp8` (E4M3, no scale) takes half the memory of the 16-bit types, so that"
                            + " twice the tokens fit, at some loss of accuracy.")
            .defaults("auto");
    static final Option<Integer> BLOCK_SIZE = Option.of("block-size", OptionType.INTEGER, "Tokens of a KV cache block.")
            .defaults("16")
            .require(size -> size >= 1 && size <= 256, "1 to 256");
    static final Option<Boolean> ENABLE_PREFIX_CACHING = Option.of(
                    "enable-prefix-caching",
                    OptionType.SWITCH,
                    "Keeps full blocks for later prompts that begin with the same tokens.")
            .defaults("true");
    static final Option<Long> KV_CACHE_MEMORY_BYTES = Option.of(
                    "kv-cache-memory-bytes",
                    OptionType.BYTES,
                    "Memory for the KV cache. Default: what gpu-memory-utilization leaves beside weights and scratch"
                            + " memory.")
            .require(bytes -> bytes > 0, "at least 1");
    static final Option<Integer> NUM_GPU_BLOCKS_OVERRIDE = Option.of(
                    "num-gpu-blocks-override",
                    OptionType.INTEGER,
                    "Number of KV cache blocks, whatever memory they take.")
            .require(count -> count > 0, "at least 1");
    static final Option<Double> GPU_MEMORY_UTILIZATION = Option.of(
                    "gpu-memory-utilization",
                    OptionType.DECIMAL,
                    "Share of the device's memory for weights, scratch memory and KV cache together.")
            .defaults("0.92")
            .require(share -> share > 0 && share <= 1, "a number greater than 0 and at most 1");

    static final List<Option<?>> OPTIONS = List.of(
            KV_CACHE_DTYPE,
            BLOCK_SIZE,
            ENABLE_PREFIX_CACHING,
            KV_CACHE_MEMORY_BYTES,
            NUM_GPU_BLOCKS_OVERRIDE,
            GPU_MEMORY_UTILIZATION);

    static CacheOptions of(OptionValues values) {
        return new CacheOptions(
                values.get(KV_CACHE_DTYPE),
                values.get(BLOCK_SIZE),
                values.get(ENABLE_PREFIX_CACHING),
                values.find(KV_CACHE_MEMORY_BYTES).map(OptionalLong::of).orElse(OptionalLong.empty()),
                values.find(NUM_GPU_BLOCKS_OVERRIDE).map(OptionalInt::of).orElse(OptionalInt.empty()),
                values.get(GPU_MEMORY_UTILIZATION));
    }
}
