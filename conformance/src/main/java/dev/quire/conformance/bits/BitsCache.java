package dev.quire.conformance.bits;

import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.conformance.interpreter.HeapCache;

/** Keys and values, rounded to bf16 when they are stored (RULES A7, N3). */
final class BitsCache extends HeapCache<float[]> {
    BitsCache(KvCacheLayout layout) {
        super(layout, float[]::new);
    }

    /** Stores each row of k and v at its slot (RULES M3). */
    void write(CacheRef target, Matrix k, Matrix v, int[] slots, Canon canon) {
        int width = k.width();
        for (int t = 0; t < slots.length; t++) {
            for (int i = 0; i < width; i++) {
                keys(target)[slots[t] * width + i] = canon.bf16(k.at(t, i));
                values(target)[slots[t] * width + i] = canon.bf16(v.at(t, i));
            }
        }
    }

    @Override
    protected float get(float[] array, int index) {
        return array[index];
    }

    @Override
    protected void set(float[] array, int index, float value) {
        array[index] = value;
    }
}
