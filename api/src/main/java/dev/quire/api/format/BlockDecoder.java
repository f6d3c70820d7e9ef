package dev.quire.api.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.quire.api.types.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Turns stored weights into float32, one element after another: the definition that fast kernels are compared with.
 *
 * <p>Every product and every sum is rounded to float32 on its own, in the order written here, so the result of a quantized
 * block is one exact bit pattern. The block layouts of the formats named Q are GGUF's. Stateless; safe from any thread.
 */
public final class BlockDecoder {
    static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT = JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private BlockDecoder() {}

    /**
     * Decodes the first {@code elements} elements of a row. Where rows have no heads, these may as well reach over several rows, or begin at any block.
     *
     * @param format how {@code source} is stored
     * @param source little-endian blocks; need not be aligned
     * @param byteOffset where the row begins
     * @param target receives the values
     * @param targetOffset index of the first value in {@code target}
     * @param elements how many; whole blocks
     * @throws IllegalArgumentException if {@code elements} do not fill whole blocks
     * @throws IndexOutOfBoundsException if {@code source} or {@code target} is too short; nothing is written then
     */
    public static void decode(
            WeightFormat format,
            MemorySegment source,
            long byteOffset,
            float[] target,
            int targetOffset,
            int elements) {
        Objects.checkFromIndexSize(targetOffset, elements, target.length);
        Objects.checkFromIndexSize(byteOffset, format.bytes(elements), source.byteSize());
        BlockReader reader = reader(format, source, byteOffset);
        long block = byteOffset + format.headBytes();
        int end = targetOffset + elements;
        for (int at = targetOffset; at < end; at += format.blockElements()) {
            reader.read(source, block, target, at);
            block += format.blockBytes();
        }
    }

    private static BlockReader reader(WeightFormat format, MemorySegment row, long head) {
        return switch (format) {
            case F32 -> (source, block, target, at) -> target[at] = source.get(FLOAT, block);
            case F16 -> (source, block, target, at) -> target[at] = half(source, block);
            case BF16 -> (source, block, target, at) -> target[at] = PlainEncoder.fromBf16(source.get(SHORT, block));
            case Q8_0 -> SimpleBlocks::q8;
            case Q4_0 -> SimpleBlocks::q4;
            case Q4_1 -> SimpleBlocks::q4WithMinimum;
            case Q5_0 -> SimpleBlocks::q5;
            case Q5_1 -> SimpleBlocks::q5WithMinimum;
            case Q2_K -> SuperBlocks::q2;
            case Q3_K -> SuperBlocks::q3;
            case Q4_K -> SuperBlocks::q4;
            case Q5_K -> SuperBlocks::q5;
            case Q6_K -> SuperBlocks::q6;
            case INT4_G32, INT4_G64, INT4_G128 ->
                (source, block, target, at) -> SimpleBlocks.int4(format.blockElements(), source, block, target, at);
            case INT8 -> {
                float scale = row.get(FLOAT, head);
                yield (source, block, target, at) -> SimpleBlocks.bytes(scale, source, block, target, at);
            }
        };
    }

    /** The binary16 at {@code offset} as float32, exact. */
    static float half(MemorySegment source, long offset) {
        return Float.float16ToFloat(source.get(SHORT, offset));
    }

    /** The byte at {@code offset}, 0 to 255. */
    static int unsigned(MemorySegment source, long offset) {
        return Byte.toUnsignedInt(source.get(JAVA_BYTE, offset));
    }

    /** Decodes the block at byte {@code block} of {@code source} to {@code target[at…]}. */
    @FunctionalInterface
    private interface BlockReader {
        void read(MemorySegment source, long block, float[] target, int at);
    }
}
