package dev.quire.api.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.WeightFormat;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class BlockDecoderTest {
    /** A golden file is [int32 blocks, the blocks, every value as float32], written by ci/golden/gguf_vectors.py. */
    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"INT8", "INT4_G32", "INT4_G64", "INT4_G128"})
    void decodesTheBitsThatGgufDecodes(WeightFormat format) throws IOException {
        ByteBuffer golden = golden(format);
        int blocks = golden.getInt();
        byte[] stored = new byte[blocks * format.blockBytes()];
        golden.get(stored);
        float[] decoded = new float[blocks * format.blockElements()];
        BlockDecoder.decode(format, MemorySegment.ofArray(stored), 0, decoded, 0, decoded.length);

        assertTrue(blocks > 100);
        assertEquals(decoded.length * 4, golden.remaining());
        for (int i = 0; i < decoded.length; i++) {
            float expected = golden.getFloat();
            if (Float.isNaN(expected)) {
                assertTrue(Float.isNaN(decoded[i]), "element " + i);
            } else {
                assertEquals(Float.floatToRawIntBits(expected), Float.floatToRawIntBits(decoded[i]), "element " + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"INT8", "INT4_G32", "INT4_G64", "INT4_G128"})
    void decodesFromAnyByteToAnyElement(WeightFormat format) throws IOException {
        byte[] golden = golden(format).array();
        int elements = 2 * format.blockElements();
        float[] whole = new float[elements];
        BlockDecoder.decode(format, MemorySegment.ofArray(golden), 4, whole, 0, elements);

        float[] second = new float[elements + 3];
        Arrays.fill(second, 42);
        BlockDecoder.decode(
                format, MemorySegment.ofArray(golden), 4 + format.blockBytes(), second, 2, format.blockElements());

        float[] expected = new float[elements + 3];
        Arrays.fill(expected, 42);
        System.arraycopy(whole, format.blockElements(), expected, 2, format.blockElements());
        assertArrayEquals(expected, second);
    }

    /** W6: two rows of 64, each code under the scale of its row. */
    @Test
    void aRowOfBytesIsMultipliedByItsScale() {
        WeightFormat format = WeightFormat.INT8;
        int rowBytes = Math.toIntExact(format.bytes(64));
        assertEquals(4 + 64, rowBytes);
        ByteBuffer rows = ByteBuffer.allocate(1 + 2 * rowBytes).order(ByteOrder.LITTLE_ENDIAN);
        float[] scales = {0.1f, -3e-5f};
        for (int row = 0; row < 2; row++) {
            rows.putFloat(1 + row * rowBytes, scales[row]);
            for (int i = 0; i < 64; i++) {
                rows.put(1 + row * rowBytes + 4 + i, (byte) (i * 4 - 128));
            }
        }
        for (int row = 0; row < 2; row++) {
            float[] decoded = new float[66];
            BlockDecoder.decode(format, MemorySegment.ofArray(rows.array()), 1 + row * rowBytes, decoded, 2, 64);
            for (int i = 0; i < 64; i++) {
                assertEquals(scales[row] * (i * 4 - 128), decoded[2 + i]);
            }
        }
    }

    /** W7: two groups; code j is j mod 16, the second half of each 32 in upper nibbles. */
    @ParameterizedTest
    @EnumSource(names = {"INT4_G32", "INT4_G64", "INT4_G128"})
    void groupsOfFourBitsHaveAScaleAndAZeroPoint(WeightFormat format) {
        int elements = format.blockElements();
        ByteBuffer blocks = ByteBuffer.allocate(2 * format.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
        float[] scales = {0.5f, -0.0999755859375f};
        for (int block = 0; block < 2; block++) {
            blocks.putShort(Float.floatToFloat16(scales[block])).putShort(Float.floatToFloat16(9 + 7 * block));
            for (int i = 0; i < elements / 2; i++) {
                blocks.put((byte) (i % 16 | (15 - i % 16) << 4));
            }
        }
        float[] decoded = new float[2 * elements];
        BlockDecoder.decode(format, MemorySegment.ofArray(blocks.array()), 0, decoded, 0, 2 * elements);
        for (int i = 0; i < 2 * elements; i++) {
            int block = i / elements;
            int code = i / 16 % 2 == 0 ? i % 16 : 15 - i % 16;
            assertEquals(scales[block] * (code - (9 + 7 * block)), decoded[i], "element " + i);
        }
    }

    @Test
    void refusesPartsOfABlock() {
        MemorySegment blocks = MemorySegment.ofArray(new byte[36]);
        assertThrows(
                IllegalArgumentException.class,
                () -> BlockDecoder.decode(WeightFormat.Q4_0, blocks, 0, new float[64], 0, 33));
    }

    @Test
    void writesNothingWhenTheSourceIsTooShort() {
        MemorySegment blocks = MemorySegment.ofArray(new byte[35]);
        float[] target = new float[64];
        Arrays.fill(target, 42);
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> BlockDecoder.decode(WeightFormat.Q4_0, blocks, 0, target, 0, 64));
        assertEquals(42, target[0]);
    }

    @Test
    void writesNothingWhenTheTargetIsTooShort() {
        MemorySegment blocks = MemorySegment.ofArray(new byte[36]);
        float[] target = new float[63];
        Arrays.fill(target, 42);
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> BlockDecoder.decode(WeightFormat.Q4_0, blocks, 0, target, 0, 64));
        assertEquals(42, target[0]);
    }

    private static ByteBuffer golden(WeightFormat format) throws IOException {
        String name = "/golden/gguf/" + format + ".bin";
        try (InputStream in = BlockDecoderTest.class.getResourceAsStream(name)) {
            return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
