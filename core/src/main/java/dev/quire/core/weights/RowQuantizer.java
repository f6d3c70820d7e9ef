package dev.quire.core.weights;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.format.WeightFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Makes rows of {@link WeightFormat#INT8}, symmetric by output channel as in Jacob et al. 2018, §2.1 with a zero point of 0: the scale is the largest
 * magnitude over 127, and a code the value over the scale, rounded to the nearest, ties to even. A row whose scale would be subnormal becomes zeros, so
 * that no device meets one. Stateless; safe from any thread.
 */
final class RowQuantizer {
    private static final ValueLayout.OfFloat SCALE = JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int MOST = 127;

    private RowQuantizer() {}

    /**
     * Writes a row.
     *
     * @param of the weight that it is of, for messages
     * @param row its number
     * @param values the elements, as many as the weight has columns
     * @param place receives the row, {@link WeightFormat#bytes} long
     * @throws WeightFormatException if a value is not a finite number
     */
    static void write(WeightRef of, int row, float[] values, MemorySegment place) {
        float largest = 0;
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new WeightFormatException(
                        "weight '%s' holds %s at [%d, %d], which no scale of INT8 holds; the file is damaged, or leave out --quantization int8"
                                .formatted(of.name(), values[i], row, i));
            }
            largest = Math.max(largest, Math.abs(values[i]));
        }
        float scale = largest / MOST;
        if (scale < Float.MIN_NORMAL) {
            place.fill((byte) 0);
            return;
        }
        place.set(SCALE, 0, scale);
        long codes = WeightFormat.INT8.headBytes();
        for (int i = 0; i < values.length; i++) {
            int code = (int) Math.rint(values[i] / scale);
            place.set(JAVA_BYTE, codes + i, (byte) Math.clamp(code, -MOST, MOST));
        }
    }
}
