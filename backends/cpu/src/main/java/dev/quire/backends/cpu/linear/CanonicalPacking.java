package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.quire.api.format.BlockDecoder;
import dev.quire.backends.cpu.elementwise.Bf16;
import java.lang.foreign.MemorySegment;

/** Brings rows of weights in any format, decoded and rounded to bf16, into panels: [words][64] pairs of bf16, words as {@link CanonicalLayout} says. */
final class CanonicalPacking {
    private CanonicalPacking() {}

    static long panelBytes(CanonicalLayout layout) {
        return (long) layout.words() * Panels.WIDTH * Integer.BYTES;
    }

    /**
     * Packs up to 64 rows, from {@code firstRow}, into one panel of zeros.
     *
     * @param panel byte offset in {@code packed}
     */
    static void pack(LinearWeight weight, CanonicalLayout layout, int firstRow, MemorySegment packed, long panel) {
        int rows = Math.min(Panels.WIDTH, weight.outputs() - firstRow);
        long rowBytes = weight.format().bytes(weight.inputs());
        float[] row = new float[weight.inputs() + 1];
        float[] arranged = new float[2 * layout.words()];
        for (int column = 0; column < rows; column++) {
            BlockDecoder.decode(
                    weight.format(), weight.data(), (firstRow + column) * rowBytes, row, 0, weight.inputs());
            layout.arrange(row, arranged, 0);
            for (int word = 0; word < layout.words(); word++) {
                int pair = Bf16.bits(arranged[2 * word]) & 0xffff | Bf16.bits(arranged[2 * word + 1]) << 16;
                packed.set(JAVA_INT, panel + Integer.BYTES * ((long) word * Panels.WIDTH + column), pair);
            }
        }
    }
}
