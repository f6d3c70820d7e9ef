package dev.quire.api.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** RULES A8. */
class E4M3Test {
    @Test
    void everyCodeSurvivesDecodingAndEncoding() {
        for (int code = 0; code < 256; code++) {
            float value = E4M3.decode((byte) code);
            assertEquals((byte) code, E4M3.encode(value) | (Float.isNaN(value) ? code & 0x80 : 0), "code " + code);
        }
    }

    /** The definition: sign · 2^(e − 7) · (1 + m / 8), or sign · 2⁻⁶ · m / 8 where e is 0; all ones are NaN. */
    @Test
    void codesMeanWhatTheFormatSays() {
        for (int code = 0; code < 256; code++) {
            int exponent = code >> 3 & 15;
            double fraction = (code & 7) / 8.0;
            double magnitude = exponent == 0 ? Math.scalb(fraction, -6) : Math.scalb(1 + fraction, exponent - 7);
            double expected = (code & 0x7f) == 0x7f ? Double.NaN : code < 128 ? magnitude : -magnitude;
            assertEquals(expected, E4M3.decode((byte) code), "code " + code);
        }
        assertEquals(E4M3.MAX, E4M3.decode((byte) 0x7e));
    }

    /** Between two neighbours the middle goes to the even one, and everything else to the nearer one. */
    @Test
    void roundsToTheNearestAndTiesToEven() {
        for (int code = 0; code < 0x7e; code++) {
            float low = E4M3.decode((byte) code);
            float high = E4M3.decode((byte) (code + 1));
            float middle = (low + high) / 2;
            assertEquals(code + (code & 1), E4M3.encode(middle), "middle above " + low);
            assertEquals(code, E4M3.encode(Math.nextDown(middle)), "just below the middle above " + low);
            assertEquals(code + 1, E4M3.encode(Math.nextUp(middle)), "just above the middle above " + low);
            assertEquals((byte) (code + 1 | 0x80), E4M3.encode(-Math.nextUp(middle)), "negative");
        }
    }

    @Test
    void whatIsTooLargeBecomesTheLargest() {
        for (float value : new float[] {448.1f, 464f, 465f, 1e4f, Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
            assertEquals(E4M3.MAX, E4M3.decode(E4M3.encode(value)));
            assertEquals(-E4M3.MAX, E4M3.decode(E4M3.encode(-value)));
        }
    }

    @Test
    void whatIsTooSmallBecomesAZeroOfItsSign() {
        for (float value : new float[] {0f, Float.MIN_VALUE, 0x1p-30f, 0x1p-10f}) {
            assertEquals(0, E4M3.encode(value));
            assertEquals((byte) 0x80, E4M3.encode(-value));
        }
        assertEquals(1, E4M3.encode(Math.nextUp(0x1p-10f)));
    }

    @Test
    void aNanStaysOne() {
        for (int bits : new int[] {0x7fc00000, 0x7f800001, 0xffc00000, 0xff800001}) {
            assertTrue(Float.isNaN(E4M3.decode(E4M3.encode(Float.intBitsToFloat(bits)))));
        }
    }
}
