package dev.quire.core.model.checkpoint;

import dev.quire.api.types.DType;
import java.util.Optional;

/** The type that keys and values are kept in, {@code --kv-cache-dtype}. */
public enum CacheDType {
    /** That of plain weights, {@link WeightDType#cacheType}, or in FAST numerics the nearest that the backend has. */
    AUTO,
    FLOAT32,
    FLOAT16,
    BFLOAT16,
    /** F8_E4M3 without a scale: half the bytes of the 16-bit types. */
    FP8;

    /** The type that was asked for by name. */
    public Optional<DType> named() {
        return switch (this) {
            case AUTO -> Optional.empty();
            case FLOAT32 -> Optional.of(DType.F32);
            case FLOAT16 -> Optional.of(DType.F16);
            case BFLOAT16 -> Optional.of(DType.BF16);
            case FP8 -> Optional.of(DType.F8_E4M3);
        };
    }
}
