package dev.quire.conformance.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.format.BlockDecoder;
import dev.quire.api.format.PlainEncoder;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsWeightsTest {
    private static final float[] VALUES = {1, -2, 0.5f, -0f, 1.5f, 3};

    @Test
    void aWeightIsGivenInEveryPlainFormatThatHoldsIt() {
        SafetensorsWeights weights = SafetensorsWeights.of(file(header("F16", "[2,3]", 0, 12), halves(VALUES)));
        for (WeightFormat format : new WeightFormat[] {WeightFormat.F16, WeightFormat.BF16, WeightFormat.F32}) {
            float[] read = new float[6];
            MemorySegment given = weights.read(new WeightRef("w", 2, 3, format));
            assertTrue(given.isReadOnly());
            BlockDecoder.decode(format, given, 0, read, 0, 6);
            assertTrue(Arrays.equals(VALUES, read), format + ": " + Arrays.toString(read));
        }
    }

    @Test
    void aVectorHasOneRow() {
        SafetensorsWeights weights = SafetensorsWeights.of(file(header("F16", "[6]", 0, 12), halves(VALUES)));
        assertEquals(24, weights.read(WeightRef.vector("w", 6)).byteSize());
    }

    @Test
    void aValueThatTheFormatCannotHoldIsNotRounded() {
        float[] values = {1, 1 + 1f / 512, 0, 0, 0, 0};
        SafetensorsWeights weights = SafetensorsWeights.of(file(header("F16", "[2,3]", 0, 12), halves(values)));
        weights.read(new WeightRef("w", 2, 3, WeightFormat.F32));
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> weights.read(new WeightRef("w", 2, 3, WeightFormat.BF16)));
        assertTrue(e.getMessage().startsWith("element 1 of weight 'w' is 1.0019531"), e.getMessage());
    }

    @Test
    void anotherNameOrShapeIsRefused() {
        SafetensorsWeights weights = SafetensorsWeights.of(file(header("F16", "[2,3]", 0, 12), halves(VALUES)));
        for (WeightRef ref :
                new WeightRef[] {new WeightRef("v", 2, 3, WeightFormat.F16), new WeightRef("w", 3, 2, WeightFormat.F16)
                }) {
            assertThrows(IllegalArgumentException.class, () -> weights.read(ref));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"w\":1}",
                "{\"w\":{\"dtype\":\"F16\",\"shape\":[2,3]}}",
                "{\"w\":{\"dtype\":\"I64\",\"shape\":[2,3],\"data_offsets\":[0,12]}}",
                "{\"w\":{\"dtype\":\"F16\",\"shape\":[],\"data_offsets\":[0,12]}}",
                "{\"w\":{\"dtype\":\"F16\",\"shape\":[1,2,3],\"data_offsets\":[0,12]}}",
                "{\"w\":{\"dtype\":\"F16\",\"shape\":[0,3],\"data_offsets\":[0,0]}}",
                "{\"w\":{\"dtype\":\"F16\",\"shape\":[-2,-3],\"data_offsets\":[0,12]}}",
                "{\"w\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[0,13]}}",
                "{\"w\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[12,0]}}",
                "{\"w\":{\"dtype\":\"F16\",\"shape\":[2,2],\"data_offsets\":[0,8]}}",
                "{\"w\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[2,14]}}",
                "{\"w\":{\"dtype\":\"F16\",\"shape\":[99999999,99999999],\"data_offsets\":[0,12]}}",
                "{\"w\":{\"dtype\":\"F16\",\"shape\":[65536,65536],\"data_offsets\":[0,0]}}",
                "{\"w\":{\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[0,12]},\"v\":{\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[0,12]}}",
                "{\"w\":{\"dtype\":\"F16\",\"shape\":[2.0,3],\"data_offsets\":[0,12]}}"
            })
    void aHeaderThatContradictsTheFileIsRefused(String header) {
        byte[] file = file(header, halves(VALUES));
        assertThrows(IllegalArgumentException.class, () -> SafetensorsWeights.of(file));
    }

    @Test
    void aLengthThatTheFileCannotHaveIsRefused() {
        byte[] file = file(header("F16", "[2,3]", 0, 12), halves(VALUES));
        for (long length : new long[] {0, 1, -1, Long.MIN_VALUE, file.length, Long.MAX_VALUE}) {
            byte[] wrong = file.clone();
            ByteBuffer.wrap(wrong).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
            assertThrows(IllegalArgumentException.class, () -> SafetensorsWeights.of(wrong), "length " + length);
        }
        assertThrows(IllegalArgumentException.class, () -> SafetensorsWeights.of(new byte[7]));
    }

    @Test
    void damagedFilesAreReadOrRefusedAndNothingElse() {
        long seed = 41;
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        byte[] file = file(header("F16", "[2,3]", 0, 12), halves(VALUES));
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = Arrays.copyOf(file, random.nextInt(4) == 0 ? random.nextInt(file.length) : file.length);
            for (int n = random.nextInt(3); n >= 0 && damaged.length > 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                SafetensorsWeights.of(damaged);
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertTrue(refused > 10_000, refused + " refused");
    }

    private static String header(String dtype, String shape, int from, int to) {
        return "{\"__metadata__\":{\"format\":\"pt\"},\"w\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}}"
                .formatted(dtype, shape, from, to);
    }

    private static byte[] halves(float[] values) {
        byte[] bytes = new byte[2 * values.length];
        PlainEncoder.encode(WeightFormat.F16, values, 0, MemorySegment.ofArray(bytes), 0, values.length);
        return bytes;
    }

    private static byte[] file(String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(data)
                .array();
    }
}
