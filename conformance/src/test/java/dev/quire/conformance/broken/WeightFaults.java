package dev.quire.conformance.broken;

import dev.quire.api.program.Op;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.bits.Canon;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Mistakes in reading weights. */
final class WeightFaults {
    private static final Canon CANON = new Canon();

    private WeightFaults() {}

    static List<Fault> list() {
        return List.of(
                fault("cuts float32 matrices to bf16", "W1", "Linear/F32", WeightFaults::cutToBf16)
                        .only(Numerics.FAST),
                bytes("reads matrices by columns", "W2", WeightFaults::transpose),
                bytes("leaves the last block of a matrix unread", "W2", WeightFaults::lastBlock),
                codes("Q8_0", "clears the sign of its codes", (b, at) -> and(b, at + 2, 32, 0x7f)),
                codes("Q4_0", "takes upper nibbles first", (b, at) -> swapNibbles(b, at + 2, 16)),
                codes("Q4_1", "ignores the minimum", (b, at) -> and(b, at + 2, 2, 0)),
                codes("Q5_0", "ignores the fifth bits", (b, at) -> and(b, at + 2, 4, 0)),
                codes("Q5_1", "takes the fifth bits in reverse", (b, at) -> reverse(b, at + 4, 4)),
                codes("Q2_K", "ignores the minima", (b, at) -> and(b, at + 82, 2, 0)),
                codes("Q3_K", "reads the high bits inverted", (b, at) -> invert(b, at, 32)),
                codes("Q4_K", "takes the first four scales for the minima", (b, at) -> exchange(b, at + 4, at + 8, 4)),
                codes("Q5_K", "ignores the fifth bits", (b, at) -> and(b, at + 16, 32, 0)),
                codes("Q6_K", "loses the sign of its scales", (b, at) -> and(b, at + 192, 16, 0x7f)),
                codes("INT4_G32", "W7", "takes 8 for every zero point", (b, at) -> half(b, at + 2, 8)),
                codes("INT4_G64", "W7", "takes upper nibbles first", (b, at) -> swapNibbles(b, at + 4, 32)),
                codes("INT4_G128", "W7", "ignores the scales' signs", (b, at) -> and(b, at + 1, 1, 0x7f)),
                rows("INT8", "clears the sign of its codes", (b, at) -> and(b, at + 4, 32, 0x7f)),
                rows("INT8", "takes the first row's scale for all", (b, at) -> System.arraycopy(b, 0, b, at, 4)),
                fault("flushes subnormal half precision matrices", "W1", "Linear/F16", (ref, b) -> {
                    if (ref.name().startsWith("weight")) {
                        flushHalves(ref, b);
                    }
                }),
                fault("flushes subnormal half precision embeddings", "W1", "Embed/F16", (ref, b) -> {
                    if (ref.name().equals("table")) {
                        flushHalves(ref, b);
                    }
                }),
                fault("rounds half precision matrices to bf16", "W3", "Linear/F16", WeightFaults::halvesToBf16)
                        .only(Numerics.FAST),
                Fault.of(
                        "forgets the bias",
                        "N4",
                        "Linear",
                        right -> new OtherOps(
                                right,
                                op -> op instanceof Op.Linear l
                                        ? new Op.Linear(l.x(), l.weight(), Optional.empty(), l.split(), l.out())
                                        : op)),
                Fault.of("reads weights after their source has moved on", "M11", "", LateReader::new),
                Fault.of("makes seeded weights of another seed", "W8", "Contract", OtherSeed::new),
                Fault.of("frees weights with the first executable", "W4", "", GreedyCloser::new));
    }

    private static Fault bytes(String name, String rule, BiConsumer<WeightRef, byte[]> change) {
        return fault(name, rule, "Linear", change);
    }

    private static Fault fault(String name, String rule, String cases, BiConsumer<WeightRef, byte[]> change) {
        return Fault.of(name, rule, cases, right -> new OtherWeights(right, change));
    }

    /** Works on a block. */
    private interface BlockChange {
        void change(byte[] bytes, int at);
    }

    private static Fault codes(String format, String what, BlockChange change) {
        return codes(format, "W5", what, change);
    }

    private static Fault codes(String format, String rule, String what, BlockChange change) {
        WeightFormat changed = WeightFormat.valueOf(format);
        return fault("%s: %s".formatted(format, what), rule, "Linear/" + format, (ref, bytes) -> {
            if (ref.format() == changed) {
                for (int at = 0; at < bytes.length; at += changed.blockBytes()) {
                    change.change(bytes, at);
                }
            }
        });
    }

    /** Works on the head of each row and what stands behind it. */
    private static Fault rows(String format, String what, BlockChange change) {
        WeightFormat changed = WeightFormat.valueOf(format);
        return fault("%s: %s".formatted(format, what), "W6", "Linear/" + format, (ref, bytes) -> {
            if (ref.format() == changed) {
                int rowBytes = Math.toIntExact(changed.bytes(ref.columns()));
                for (int at = 0; at < bytes.length; at += rowBytes) {
                    change.change(bytes, at);
                }
            }
        });
    }

    private static void and(byte[] b, int from, int n, int mask) {
        for (int i = from; i < from + n; i++) {
            b[i] &= (byte) mask;
        }
    }

    private static void half(byte[] b, int at, float value) {
        ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN).putShort(at, Float.floatToFloat16(value));
    }

    private static void invert(byte[] b, int from, int n) {
        for (int i = from; i < from + n; i++) {
            b[i] = (byte) ~b[i];
        }
    }

    private static void swapNibbles(byte[] b, int from, int n) {
        for (int i = from; i < from + n; i++) {
            b[i] = (byte) (b[i] << 4 | (b[i] & 0xff) >>> 4);
        }
    }

    private static void reverse(byte[] b, int from, int n) {
        for (int i = 0; i < n / 2; i++) {
            exchange(b, from + i, from + n - 1 - i, 1);
        }
    }

    private static void exchange(byte[] b, int one, int other, int n) {
        for (int i = 0; i < n; i++) {
            byte kept = b[one + i];
            b[one + i] = b[other + i];
            b[other + i] = kept;
        }
    }

    private static void cutToBf16(WeightRef ref, byte[] b) {
        if (ref.format() == WeightFormat.F32 && ref.rows() > 1) {
            for (int i = 0; i < b.length; i += 4) {
                and(b, i, 2, 0);
            }
        }
    }

    private static void halvesToBf16(WeightRef ref, byte[] b) {
        if (ref.format() == WeightFormat.F16) {
            ShortBuffer halves =
                    ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
            for (int i = 0; i < halves.limit(); i++) {
                halves.put(i, Float.floatToFloat16(CANON.bf16(Float.float16ToFloat(halves.get(i)))));
            }
        }
    }

    private static void flushHalves(WeightRef ref, byte[] b) {
        if (ref.format() == WeightFormat.F16) {
            for (int i = 0; i < b.length; i += 2) {
                if ((b[i + 1] & 0x7c) == 0) {
                    and(b, i, 1, 0);
                    and(b, i + 1, 1, 0x80);
                }
            }
        }
    }

    private static void transpose(WeightRef ref, byte[] b) {
        if (ref.rows() == 1 || ref.format().isQuantized()) {
            return;
        }
        int size = ref.format().blockBytes();
        byte[] old = b.clone();
        for (int row = 0; row < ref.rows(); row++) {
            for (int column = 0; column < ref.columns(); column++) {
                int from = (column * ref.rows() + row) * size;
                System.arraycopy(old, from, b, (row * ref.columns() + column) * size, size);
            }
        }
    }

    private static void lastBlock(WeightRef ref, byte[] b) {
        if (ref.rows() > 1) {
            and(b, b.length - ref.format().blockBytes(), ref.format().blockBytes(), 0);
        }
    }
}
