package dev.quire.core.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes GGUF files for tests field by field, also wrong ones. */
public final class GgufBytes {
    public static final int UINT32 = 4;
    public static final int FLOAT32 = 6;
    public static final int BOOL = 7;
    public static final int STRING = 8;
    public static final int ARRAY = 9;
    public static final int UINT64 = 10;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** A file with every kind of metadata and three tensors: F32 [2, 3], Q4_0 [2, 32], F16 [4]. */
    public static byte[] valid() {
        return new GgufBytes()
                .header(3, 3, 9)
                .key("general.architecture", STRING)
                .text("llama")
                .key("llama.block_count", UINT32)
                .int32(2)
                .key("llama.rope.freq_base", FLOAT32)
                .int32(Float.floatToIntBits(10000f))
                .key("tokenizer.ggml.add_bos_token", BOOL)
                .int8(1)
                .key("tokenizer.ggml.tokens", ARRAY)
                .int32(STRING)
                .int64(3)
                .text("<s>")
                .text("a")
                .text("é")
                .key("tokenizer.ggml.token_type", ARRAY)
                .int32(5)
                .int64(3)
                .int32(3)
                .int32(1)
                .int32(-1)
                .key("test.nested", ARRAY)
                .int32(ARRAY)
                .int64(2)
                .int32(UINT32)
                .int64(1)
                .int32(7)
                .int32(STRING)
                .int64(1)
                .text("x")
                .key("test.large", UINT64)
                .int64(-1)
                .key("test.scores", ARRAY)
                .int32(FLOAT32)
                .int64(2)
                .int32(Float.floatToIntBits(0.5f))
                .int32(Float.floatToIntBits(-1f))
                .tensor("blk.0.weight", 0, 0, 3, 2)
                .tensor("blk.1.weight", 2, 32, 32, 2)
                .tensor("norm.weight", 1, 96, 4)
                .pad()
                .floats(1, 2, 3, 4, 5, 6)
                .pad()
                .zeros(36)
                .pad()
                .zeros(8)
                .toArray();
    }

    public GgufBytes header(int version, long tensors, long pairs) {
        return raw("GGUF".getBytes(StandardCharsets.US_ASCII))
                .int32(version)
                .int64(tensors)
                .int64(pairs);
    }

    public GgufBytes key(String key, int type) {
        return text(key).int32(type);
    }

    public GgufBytes tensor(String name, int type, long offset, long... innermostFirst) {
        text(name).int32(innermostFirst.length);
        for (long dimension : innermostFirst) {
            int64(dimension);
        }
        return int32(type).int64(offset);
    }

    public GgufBytes text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return int64(utf8.length).raw(utf8);
    }

    public GgufBytes floats(float... values) {
        for (float value : values) {
            int32(Float.floatToIntBits(value));
        }
        return this;
    }

    public GgufBytes pad() {
        return zeros(Math.floorMod(-bytes.size(), 32));
    }

    public GgufBytes zeros(int count) {
        return raw(new byte[count]);
    }

    public GgufBytes int8(int value) {
        return raw(new byte[] {(byte) value});
    }

    public GgufBytes int32(int value) {
        return raw(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    public GgufBytes int64(long value) {
        return raw(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }

    public GgufBytes raw(byte[] raw) {
        bytes.writeBytes(raw);
        return this;
    }

    public byte[] toArray() {
        return bytes.toByteArray();
    }
}
