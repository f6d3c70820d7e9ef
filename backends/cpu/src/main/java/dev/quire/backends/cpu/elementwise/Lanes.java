package dev.quire.backends.cpu.elementwise;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector shape of every kernel of this backend: the widest that the CPU prefers, between 128 and 512 bits. Results do not depend on it:
 * no kernel sums across lanes in an order of its own.
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

    /** Floats at a byte offset. */
    public static FloatVector load(MemorySegment from, long offset) {
        return FloatVector.fromMemorySegment(FLOAT, from, offset, ByteOrder.LITTLE_ENDIAN);
    }

    /** The floats that {@code mask} selects, +0 elsewhere. */
    public static FloatVector load(MemorySegment from, long offset, VectorMask<Float> mask) {
        return FloatVector.fromMemorySegment(FLOAT, from, offset, ByteOrder.LITTLE_ENDIAN, mask);
    }

    /** Ints at a byte offset. */
    public static IntVector loadInts(MemorySegment from, long offset) {
        return IntVector.fromMemorySegment(INT, from, offset, ByteOrder.LITTLE_ENDIAN);
    }

    /** Stores floats at a byte offset. */
    public static void store(FloatVector v, MemorySegment to, long offset) {
        v.intoMemorySegment(to, offset, ByteOrder.LITTLE_ENDIAN);
    }

    /** Stores the floats that {@code mask} selects. */
    public static void store(FloatVector v, MemorySegment to, long offset, VectorMask<Float> mask) {
        v.intoMemorySegment(to, offset, ByteOrder.LITTLE_ENDIAN, mask);
    }

    /** The first {@code n} elements that whole vectors cover. */
    static int whole(int n) {
        return n - n % COUNT;
    }
}
