package dev.quire.backends.cpu.sampling;

/** The most probable tokens of a row, in falling order, the lower id first among equals, NaN after all others. */
final class TopTokens {
    private final int[] ids;
    private final float[] values;
    private int size;

    TopTokens(int capacity) {
        this.ids = new int[capacity];
        this.values = new float[capacity];
    }

    /** Finds the first {@code count} of {@code logits}. */
    void find(float[] logits, int count) {
        size = 0;
        if (count == 0) {
            return;
        }
        for (int id = 0; id < logits.length; id++) {
            float value = logits[id];
            if (size < count || above(value, values[size - 1])) {
                insert(id, value, count);
            }
        }
    }

    private void insert(int id, float value, int count) {
        int at = size < count ? size++ : size - 1;
        while (at > 0 && above(value, values[at - 1])) {
            ids[at] = ids[at - 1];
            values[at] = values[at - 1];
            at--;
        }
        ids[at] = id;
        values[at] = value;
    }

    private static boolean above(float value, float other) {
        return value > other || Float.isNaN(other) && !Float.isNaN(value);
    }

    int size() {
        return size;
    }

    int id(int i) {
        return ids[i];
    }

    float value(int i) {
        return values[i];
    }
}
