package dev.quire.backends.cpu.linear;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this machine, 128 to 512 bits. A lane is an output, so no result depends on the width. Kernels hold four
 * vectors of outputs for each row: a group.
 */
final class Lanes {
    static final VectorSpecies<Float> FLOATS =
            FloatVector.SPECIES_PREFERRED.length() > 16 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
    static final int COUNT = FLOATS.length();
    static final int BYTES = 4 * COUNT;
    static final int GROUP = 4 * COUNT;
    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Lanes() {}
}
