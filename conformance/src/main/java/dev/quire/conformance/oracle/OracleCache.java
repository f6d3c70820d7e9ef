package dev.quire.conformance.oracle;

import dev.quire.api.memory.KvCacheLayout;
import dev.quire.conformance.interpreter.HeapCache;

/** Keys and values in float64; only what is swapped is rounded to the group's type. */
final class OracleCache extends HeapCache<double[]> {
    OracleCache(KvCacheLayout layout) {
        super(layout, double[]::new);
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
