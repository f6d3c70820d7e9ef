package dev.quire.core.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The printable alphabet in which byte-level BPE writes bytes: the 188 printable Latin-1 bytes stand for themselves, the other 68 are
 * written, in order, as U+0100 and up (Radford et al. 2019, the released encoder).
 */
final class ByteAlphabet {
    private static final int SIZE = 0x100 + 68;
    private static final short[] BYTE_OF = byteOf();

    private ByteAlphabet() {}

    private static short[] byteOf() {
        short[] table = new short[SIZE];
        int next = 0x100;
        for (int b = 0; b < 0x100; b++) {
            boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            table[b] = -1;
            if (printable) {
                table[b] = (short) b;
            }
        }
        for (int b = 0; b < 0x100; b++) {
            if (table[b] < 0) {
                table[next++] = (short) b;
            }
        }
        return table;
    }

    /** The bytes that a piece stands for; a piece with any character outside the alphabet (an added token) stands for its own UTF-8. */
    static byte[] bytes(String piece) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(piece.length());
        for (int i = 0; i < piece.length(); i++) {
            char c = piece.charAt(i);
            if (c >= SIZE || BYTE_OF[c] < 0) {
                return piece.getBytes(StandardCharsets.UTF_8);
            }
            out.write(BYTE_OF[c]);
        }
        return out.toByteArray();
    }
}
