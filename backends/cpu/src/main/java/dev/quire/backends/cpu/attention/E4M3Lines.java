package dev.quire.backends.cpu.attention;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2S;

import dev.quire.backends.cpu.elementwise.Lanes;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Decodes keys and values of F8_E4M3 to bf16, which holds all of them (RULES A8). */
final class E4M3Lines {
    private static final VectorSpecies<Short> WIDE = VectorSpecies.of(short.class, Lanes.FLOAT.vectorShape());
    private static final VectorSpecies<Byte> NARROW =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(WIDE.vectorBitSize() / 2));

    /** Between the exponents of bf16 and e4m3, in place. */
    private static final short REBIAS = 127 - 7 << 7;

    private static final short NAN = 0x7fc0;

    private E4M3Lines() {}

    /** Writes two bytes for each of {@code bytes} bytes, a multiple of 32. */
    static void decode(MemorySegment from, long in, MemorySegment to, long out, long bytes) {
        for (long i = 0; i < bytes; i += NARROW.length()) {
            ByteVector codes = ByteVector.fromMemorySegment(NARROW, from, in + i, LITTLE_ENDIAN);
            ShortVector x = (ShortVector) codes.convertShape(ZERO_EXTEND_B2S, WIDE, 0);
            ShortVector magnitude = x.and((short) 0x7f);
            ShortVector whole = magnitude.lanewise(LSHL, 4).add(REBIAS);
            VectorMask<Short> small = magnitude.compare(LT, (short) 8);
            // 4 to 7, 2 to 3, 1 and 0 times 2⁻⁹, each with an exponent of its own
            ShortVector steps = magnitude.lanewise(LSHL, 5).add((short) (0x3c00 - (4 << 5)));
            steps = steps.blend(
                    magnitude.lanewise(LSHL, 6).add((short) (0x3b80 - (2 << 6))), magnitude.compare(LT, (short) 4));
            steps = steps.blend((short) 0x3b00, magnitude.compare(LT, (short) 2));
            steps = steps.blend((short) 0, magnitude.compare(EQ, (short) 0));
            ShortVector value = whole.blend(steps, small).blend(NAN, magnitude.compare(GE, (short) 0x7f));
            value.or(x.and((short) 0x80).lanewise(LSHL, 8)).intoMemorySegment(to, out + 2 * i, LITTLE_ENDIAN);
        }
    }
}
