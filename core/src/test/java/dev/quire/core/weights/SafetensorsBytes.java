package dev.quire.core.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes safetensors files for tests, also wrong ones. */
final class SafetensorsBytes {
    private SafetensorsBytes() {}

    /** Two tensors, a matrix [2, 3] in F32 of 1 to 6 and a vector of 4 in BF16, and some metadata. */
    static byte[] valid() {
        return file("""
                {"__metadata__":{"format":"pt"},\
                "a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},\
                "a.norm":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]}}""", data());
    }

    static byte[] data() {
        ByteBuffer data = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 1; i <= 6; i++) {
            data.putFloat(i);
        }
        for (int i = 0; i < 4; i++) {
            data.putShort((short) (0x3F80 + i));
        }
        return data.array();
    }

    static byte[] file(String header, byte[] data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data)
                .array();
    }
}
