package dev.quire.core.model.checkpoint;

import dev.quire.api.types.DType;
import dev.quire.api.types.WeightFormat;

/** The type that plain weights and the KV cache have on the device, {@code --dtype}. */
public enum WeightDType {
    /** What 16-bit checkpoints are served in: bfloat16, also where the checkpoint has float32. */
    AUTO,
    FLOAT32,
    BFLOAT16;

    /** Format of weights that are not kept quantized. */
    public WeightFormat format() {
        return this == FLOAT32 ? WeightFormat.F32 : WeightFormat.BF16;
    }

    /** Element type of cached keys and values. */
    public DType cacheType() {
        return this == FLOAT32 ? DType.F32 : DType.BF16;
    }
}
