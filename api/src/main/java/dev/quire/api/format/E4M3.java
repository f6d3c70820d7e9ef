package dev.quire.api.format;

/**
 * The 8-bit float E4M3FN of the OCP 8-bit Floating Point Specification (revision 1.0, §5): a sign, four bits of exponent with a bias of 7, three
 * of significand. No infinities; 0x7f and 0xff are NaN; the largest magnitude is 448, the smallest 2⁻⁹. Stateless; safe from any thread.
 */
public final class E4M3 {
    /** The largest magnitude. */
    public static final float MAX = 448f;

    private static final int NAN = 0x7f;
    /** The float32 bits of 2⁻⁶, the smallest magnitude with a whole significand. */
    private static final int NORMAL = 0x3c800000;
    /** 2¹⁴, whose last place is 2⁻⁹. */
    private static final float STEPS = 0x1p14f;
    /** Between the exponents of float32 and ours, in units of our significand. */
    private static final int REBIAS = 127 - 7 << 3;

    private E4M3() {}

    /** The nearest code, ties to even. Magnitudes above {@link #MAX}, infinities too, give that; a NaN stays one. */
    public static byte encode(float value) {
        int bits = Float.floatToRawIntBits(value);
        int magnitude = bits & 0x7fffffff;
        int code;
        if (Float.isNaN(value)) {
            code = NAN;
        } else if (magnitude >= Float.floatToRawIntBits(MAX)) {
            code = NAN - 1;
        } else if (magnitude < NORMAL) {
            code = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + STEPS) - Float.floatToRawIntBits(STEPS);
        } else {
            code = (magnitude + 0x7ffff + (magnitude >>> 20 & 1) >>> 20) - REBIAS;
        }
        return (byte) (bits >>> 24 & 0x80 | code);
    }

    /** The float32 of a code, exact. */
    public static float decode(byte code) {
        int magnitude = code & NAN;
        float value = magnitude == NAN
                ? Float.NaN
                : magnitude < 8 ? magnitude * 0x1p-9f : Float.intBitsToFloat(magnitude + REBIAS << 20);
        return code < 0 ? -value : value;
    }
}
