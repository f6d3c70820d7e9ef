package dev.quire.backends.cpu.elementwise;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector shape of every kernel of this backend: the widest that the CPU prefers, between 128 and 512 bits. Results do not depend on it:
 * no kernel sums across lanes in an order of its own.
 *
 * <p>There are no functions here to load and store: a kernel calls the vector API itself. Once the inlined code of a method reaches some 8,000
 * bytecodes (HotSpot's DesiredMethodLimit; a vector operation counts a hundred) the compiler inlines only the API's own methods, and a vector
 * that crosses any other call lands on the heap.
 */
public final class Lanes {
    public static final VectorSpecies<Float> FLOAT = preferred();
    public static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, FLOAT.vectorShape());
    public static final int COUNT = FLOAT.length();
    public static final int BYTES = COUNT * Float.BYTES;

    private Lanes() {}

    private static VectorSpecies<Float> preferred() {
        return switch (FloatVector.SPECIES_PREFERRED.vectorBitSize()) {
            case 64, 128 -> FloatVector.SPECIES_128;
            case 256 -> FloatVector.SPECIES_256;
            default -> FloatVector.SPECIES_512;
        };
    }

    /** The first {@code n} elements that whole vectors cover. */
    static int whole(int n) {
        return n - n % COUNT;
    }
}
