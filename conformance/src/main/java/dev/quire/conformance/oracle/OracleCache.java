package dev.quire.conformance.oracle;

import dev.quire.api.format.E4M3;
import dev.quire.api.format.PlainEncoder;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.types.DType;
import dev.quire.conformance.interpreter.HeapCache;

/** Keys and values in float64, those of another than an F32 group rounded to it when they are written (RULES A7). */
final class OracleCache extends HeapCache<double[]> {
    OracleCache(KvCacheLayout layout) {
        super(layout, double[]::new);
    }

    DType type(CacheRef ref) {
        return ((CacheGroup.PagedKv) layout().groups().get(ref.group())).dtype();
    }

    /** Stores each row of k and v at its slot (RULES M3). */
    void write(CacheRef target, Matrix k, Matrix v, int[] slots) {
        DType type = type(target);
        int width = k.width();
        for (int t = 0; t < slots.length; t++) {
            for (int i = 0; i < width; i++) {
                keys(target)[slots[t] * width + i] = rounded(type, k.at(t, i));
                values(target)[slots[t] * width + i] = rounded(type, v.at(t, i));
            }
        }
    }

    private static double rounded(DType type, double value) {
        return switch (type) {
            case BF16 -> PlainEncoder.fromBf16(PlainEncoder.toBf16((float) value));
            case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
            case F8_E4M3 -> E4M3.decode(E4M3.encode((float) value));
            case F32, I32 -> value;
        };
    }

    @Override
    protected float get(double[] array, int index) {
        return (float) array[index];
    }

    @Override
    protected void set(double[] array, int index, float value) {
        array[index] = value;
    }
}
