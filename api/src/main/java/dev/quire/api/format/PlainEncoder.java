package dev.quire.api.format;

import dev.quire.api.types.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Writes float32 values in the plain formats, rounded to the nearest, ties to even. Stateless; safe from any thread. */
public final class PlainEncoder {
    private PlainEncoder() {}

    /**
     * Encodes {@code elements} consecutive values.
     *
     * @param format F32, F16 or BF16
     * @param target receives the elements, little-endian; need not be aligned
     * @param byteOffset where the first one goes
     * @throws IllegalArgumentException if the format is quantized
     * @throws IndexOutOfBoundsException if {@code source} or {@code target} is too short; nothing is written then
     */
    public static void encode(
            WeightFormat format,
            float[] source,
            int sourceOffset,
            MemorySegment target,
            long byteOffset,
            int elements) {
        if (format.isQuantized()) {
            throw new IllegalArgumentException(
                    "float32 values cannot be written as %s; the plain formats are F32, F16 and BF16"
                            .formatted(format));
        }
        Objects.checkFromIndexSize(sourceOffset, elements, source.length);
        Objects.checkFromIndexSize(byteOffset, format.bytes(elements), target.byteSize());
        for (int i = 0; i < elements; i++) {
            float value = source[sourceOffset + i];
            long at = byteOffset + (long) i * format.blockBytes();
            if (format == WeightFormat.F32) {
                target.set(BlockDecoder.FLOAT, at, value);
            } else {
                target.set(
                        BlockDecoder.SHORT,
                        at,
                        format == WeightFormat.F16 ? Float.floatToFloat16(value) : toBf16(value));
            }
        }
    }

    /** The nearest bfloat16, ties to even; a NaN stays one. */
    public static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        int tieToEven = 0x7FFF + (bits >>> 16 & 1);
        return (short) (bits + tieToEven >>> 16);
    }

    /** The float32 of a bfloat16, exact. */
    public static float fromBf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }
}
