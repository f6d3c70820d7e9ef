package dev.quire.backends.cpu.attention;

import dev.quire.api.program.Mask;
import dev.quire.api.types.DType;
import dev.quire.backends.cpu.attention.AttentionScene.Part;
import dev.quire.backends.cpu.elementwise.Matrix;
import dev.quire.backends.cpu.elementwise.RmsNorm;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** One number for the bits of norms and attention on fixed inputs; a main, so that a JVM with another vector width can print it. */
public final class AttentionDigest {
    private AttentionDigest() {}

    public static void main(String[] args) {
        System.out.println(digest());
    }

    /** The digest in this JVM. */
    public static int digest() {
        int digest = 1;
        for (DType dtype : List.of(DType.BF16, DType.F8_E4M3, DType.F32)) {
            Random random = new Random(42);
            AttentionShape shape = new AttentionShape(
                    6, 2, 96, 0.1f, new Mask.SlidingWindow(600), Optional.of(20f), new float[] {1, 2, 3, 4, 5, 6});
            try (Arena arena = Arena.ofConfined()) {
                AttentionScene scene = new AttentionScene(arena, shape, dtype, 16, 900, 1, random);
                int[] table = scene.newTable();
                scene.write(table, 0, 900);
                float[] out = scene.run(List.of(new Part(table, 0, 900, 900)), 2);
                Matrix rows = scene.matrix(out, 576);
                new RmsNorm(576, 96, 1e-5f, Optional.empty(), 0f).rows(rows, rows, 0, 900);
                for (int row = 0; row < 900; row++) {
                    for (int column = 0; column < 576; column++) {
                        digest = 31 * digest + Float.floatToIntBits(rows.get(row, column));
                    }
                }
                digest = 31 * digest + Arrays.hashCode(out);
            }
        }
        return digest;
    }
}
