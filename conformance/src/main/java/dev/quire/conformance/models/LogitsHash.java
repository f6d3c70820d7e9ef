package dev.quire.conformance.models;

import dev.quire.api.memory.Buffer;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over the bits of logits: float32, little-endian, row by row. Two runs with one hash have the same bits everywhere. */
public final class LogitsHash {
    private LogitsHash() {}

    /**
     * @param logits F32
     * @param rows of them, from the first
     * @return 64 hexadecimal digits
     */
    public static String of(Buffer logits, int rows) {
        ByteBuffer row = ByteBuffer.allocate(logits.width() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int r = 0; r < rows; r++) {
                row.clear();
                for (int i = 0; i < logits.width(); i++) {
                    long at = ((long) r * logits.width() + i) * Float.BYTES;
                    row.putInt(logits.memory().get(ValueLayout.JAVA_INT_UNALIGNED, at));
                }
                digest.update(row.array());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
