package dev.quire.core.text;

/**
 * Decodes UTF-8 that arrives in pieces: gives out whole characters only and holds back at most three bytes. Bytes that cannot be part of a
 * character become U+FFFD: one for each longest prefix of a character (Unicode 16 §3.9, what Rust and browsers do), or one for each byte.
 */
final class Utf8Accumulator {
    /** How many U+FFFD a broken character leaves. */
    enum Replacement {
        PER_PREFIX,
        PER_BYTE
    }

    private final Replacement replacement;
    private int codePoint;
    private int have;
    private int need;
    private int low;
    private int high;

    Utf8Accumulator(Replacement replacement) {
        this.replacement = replacement;
    }

    void append(byte[] bytes, StringBuilder out) {
        for (byte b : bytes) {
            append(b & 0xFF, out);
        }
    }

    private void append(int b, StringBuilder out) {
        if (need > 0) {
            if (b >= low && b <= high) {
                codePoint = codePoint << 6 | b & 0x3F;
                have++;
                low = 0x80;
                high = 0xBF;
                if (--need == 0) {
                    out.appendCodePoint(codePoint);
                    have = 0;
                }
                return;
            }
            finish(out);
        }
        start(b, out);
    }

    private void start(int b, StringBuilder out) {
        low = 0x80;
        high = 0xBF;
        if (b < 0x80) {
            out.append((char) b);
        } else if (b >= 0xC2 && b <= 0xDF) {
            open(b & 0x1F, 1);
        } else if (b >= 0xE0 && b <= 0xEF) {
            low = b == 0xE0 ? 0xA0 : 0x80;
            high = b == 0xED ? 0x9F : 0xBF;
            open(b & 0x0F, 2);
        } else if (b >= 0xF0 && b <= 0xF4) {
            low = b == 0xF0 ? 0x90 : 0x80;
            high = b == 0xF4 ? 0x8F : 0xBF;
            open(b & 0x07, 3);
        } else {
            out.append('\uFFFD');
        }
    }

    private void open(int bits, int continuations) {
        codePoint = bits;
        need = continuations;
        have = 1;
    }

    /** Gives out what is held, an unfinished character, as U+FFFD. */
    void finish(StringBuilder out) {
        if (have > 0) {
            out.repeat('\uFFFD', replacement == Replacement.PER_BYTE ? have : 1);
        }
        have = 0;
        need = 0;
    }
}
