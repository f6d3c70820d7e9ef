package dev.quire.core.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.format.BlockDecoder;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.format.WeightFormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowQuantizerTest {
    private static final long SEED = 20261122;
    private static final WeightRef ROW = new WeightRef("w", 1, 32, WeightFormat.INT8);

    @Test
    void theLargestValueHasTheCode127AndTiesGoToTheEvenOne() { // W6
        float[] values = new float[32];
        float[] some = {-254, 3, 5, -3, -5, 254, 2, 1, 0.99f, -0f};
        System.arraycopy(some, 0, values, 0, some.length);
        byte[] row = write(values);
        assertEquals(2f, MemorySegment.ofArray(row).get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0));
        assertArrayEquals(new byte[] {-127, 2, 2, -2, -2, 127, 1, 0, 0, 0}, Arrays.copyOfRange(row, 4, 14));
    }

    @Test
    void everyValueIsWithinHalfAStepOfWhatItIsDecodedTo() {
        System.out.println("quire.seed=" + SEED);
        Random random = new Random(SEED);
        for (int turn = 0; turn < 1000; turn++) {
            float[] values = new float[32];
            float size = Math.scalb(1 + random.nextFloat(), random.nextInt(60) - 40);
            float largest = 0;
            for (int i = 0; i < values.length; i++) {
                values[i] = size * (float) random.nextGaussian();
                largest = Math.max(largest, Math.abs(values[i]));
            }
            float[] decoded = new float[32];
            BlockDecoder.decode(WeightFormat.INT8, MemorySegment.ofArray(write(values)), 0, decoded, 0, 32);
            for (int i = 0; i < values.length; i++) {
                assertEquals(values[i], decoded[i], largest / 127 * 0.50001f, "turn " + turn + ", element " + i);
            }
        }
    }

    @Test
    void rowsOfZerosAndOfAlmostZerosAreZeros() {
        float[] values = new float[32];
        byte[] zeros = new byte[36];
        assertArrayEquals(zeros, write(values));
        values[7] = 1e-37f;
        assertArrayEquals(zeros, write(values));
        values[7] = 2e-36f;
        assertEquals(127, write(values)[4 + 7]);
    }

    @Test
    void aValueThatNoScaleHoldsIsRefusedWithItsPlace() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[] values = new float[32];
            values[5] = bad;
            String message = assertThrows(WeightFormatException.class, () -> write(values))
                    .getMessage();
            assertTrue(message.contains("'w' holds " + bad + " at [0, 5]"), message);
        }
    }

    @Test
    void aMatrixIsQuantizedRowByRowWhileItIsRead(@TempDir Path folder) throws IOException {
        byte[] data = new byte[3 * 32 * 4];
        MemorySegment floats = MemorySegment.ofArray(data);
        for (int i = 0; i < 96; i++) {
            floats.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, (i % 32 - 16) * (float) Math.pow(10, i / 32));
        }
        String header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[3,32],\"data_offsets\":[0,384]}}";
        Path file = Files.write(folder.resolve("m.safetensors"), SafetensorsBytes.file(header, data));
        try (Checkpoint checkpoint = new Checkpoint(Safetensors.open(file), TensorMap.identity())) {
            MemorySegment read = checkpoint.read(new WeightRef("w", 3, 32, WeightFormat.INT8));
            assertEquals(3 * 36, read.byteSize());
            for (int row = 0; row < 3; row++) {
                float scale = 16 * (float) Math.pow(10, row) / 127;
                assertEquals(scale, read.get(ValueLayout.JAVA_FLOAT_UNALIGNED, row * 36));
                assertEquals(-127, read.get(ValueLayout.JAVA_BYTE, row * 36 + 4));
                assertEquals(119, read.get(ValueLayout.JAVA_BYTE, row * 36 + 4 + 31)); // 15 of 16, in steps of 127
            }
        }
    }

    private static byte[] write(float[] values) {
        byte[] row = new byte[36];
        RowQuantizer.write(ROW, 0, values, MemorySegment.ofArray(row));
        return row;
    }
}
