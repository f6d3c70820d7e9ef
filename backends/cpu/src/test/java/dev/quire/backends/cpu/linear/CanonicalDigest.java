package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.quire.api.types.WeightFormat;
import dev.quire.backends.cpu.elementwise.Bf16;
import dev.quire.backends.cpu.onednn.OneDnnLibrary;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** One number for the bits of canonical layers on fixed inputs; a main, so that a JVM with another vector width can print it. */
public final class CanonicalDigest {
    private static final int ROWS = 5;

    private CanonicalDigest() {}

    public static void main(String[] args) {
        System.out.println(digest());
    }

    /** The digest in this JVM. */
    public static int digest() {
        Random random = new Random(42);
        int digest = 1;
        for (int inputs : new int[] {17, 72, 333}) {
            for (SumOrder order : List.of(SumOrder.CANONICAL, SumOrder.CANONICAL_EIGHT_SLICES)) {
                digest = 31 * digest + digest(random, inputs, 150, order);
            }
        }
        return digest;
    }

    private static int digest(Random random, int inputs, int outputs, SumOrder order) {
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(2)) {
            MemorySegment data = arena.allocate(2L * inputs * outputs, 64);
            for (long i = 0; i < (long) inputs * outputs; i++) {
                data.setAtIndex(JAVA_SHORT, i, Bf16.bits((float) random.nextGaussian()));
            }
            MemorySegment x = arena.allocate(4L * ROWS * inputs, 64);
            for (long i = 0; i < (long) ROWS * inputs; i++) {
                x.setAtIndex(JAVA_FLOAT, i, (float) random.nextGaussian());
            }
            MemorySegment y = arena.allocate(4L * ROWS * outputs, 64);
            LinearWeight weight = new LinearWeight(WeightFormat.BF16, outputs, inputs, data, Optional.empty());
            new LinearPacker(pool, new OneDnnLibrary.Missing("canonical sums are plain Java"))
                    .pack(List.of(weight), order, arena)
                    .run(x, ROWS, List.of(y));
            int digest = 1;
            for (long i = 0; i < (long) ROWS * outputs; i++) {
                digest = 31 * digest + y.getAtIndex(JAVA_INT, i);
            }
            return digest;
        }
    }
}
