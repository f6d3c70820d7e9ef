package dev.quire.backends.cpu.elementwise;

import java.util.Arrays;
import java.util.Optional;

/** The checks that both norms make of what they are built from. */
final class NormShape {
    private NormShape() {}

    static int checkedGroup(String op, int width, int group) {
        if (group < 1 || width % group != 0) {
            throw new IllegalArgumentException(
                    "%s over groups of %d cannot cut rows of %d; the group must divide the width"
                            .formatted(op, group, width));
        }
        return group;
    }

    /** A copy of the vector, or {@code otherwise} everywhere. */
    static float[] vector(String name, Optional<float[]> values, int group, float otherwise) {
        if (values.isPresent()) {
            float[] given = values.get();
            if (given.length != group) {
                throw new IllegalArgumentException(
                        "%s has %d elements; the group has %d".formatted(name, given.length, group));
            }
            return given.clone();
        }
        float[] same = new float[group];
        Arrays.fill(same, otherwise);
        return same;
    }
}
