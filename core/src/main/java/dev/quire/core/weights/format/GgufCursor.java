package dev.quire.core.weights.format;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Reads the fields of a GGUF header one after another. Nothing is read or allocated before the file is known to be long enough. */
final class GgufCursor {
    /** Longest text: chat templates have some 100,000 bytes. */
    static final int MAX_TEXT = 1 << 24;

    /** Longest array: the largest vocabularies have about 260,000 tokens, and twice as many merges. */
    static final int MAX_ITEMS = 1 << 22;

    /** All texts that are read to the heap: names, keys and single values. Arrays stay in the file. */
    static final long MAX_TEXTS = 1 << 27;

    private static final int MAX_DEPTH = 4;

    private final MemorySegment bytes;
    private final FileReport report;
    private long at;
    private long texts;

    GgufCursor(MemorySegment bytes, FileReport report) {
        this.bytes = bytes;
        this.report = report;
    }

    /** Bytes read so far. */
    long position() {
        return at;
    }

    long remaining() {
        return bytes.byteSize() - at;
    }

    int int32(String what) {
        return bytes.get(JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN), take(4, what));
    }

    long int64(String what) {
        return bytes.get(JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN), take(8, what));
    }

    /** A count of things that take {@code leastBytes} each, at least. */
    int count(String what, int most, int leastBytes) {
        long count = int64("the number of " + what);
        if (count < 0 || count > most) {
            throw report.damaged("it declares %s %s; at most %d", Long.toUnsignedString(count), what, most);
        }
        if (count > remaining() / leastBytes) {
            throw report.damaged("it declares %d %s, but only %d bytes are left for them", count, what, remaining());
        }
        return (int) count;
    }

    String text(String what) {
        int length = count("bytes of " + what, MAX_TEXT, 1);
        texts += length;
        if (texts > MAX_TEXTS) {
            throw report.damaged("its names and texts have more than %d bytes", MAX_TEXTS);
        }
        byte[] utf8 = bytes.asSlice(take(length, what), length).toArray(JAVA_BYTE);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    GgufType type(String what) {
        int number = int32("the type of " + what);
        GgufType[] types = GgufType.values();
        if (number < 0 || number >= types.length) {
            throw report.damaged(
                    "%s has type %s; types are 0 to %d", what, Integer.toUnsignedString(number), types.length - 1);
        }
        return types[number];
    }

    GgufValue value(GgufType type, String what) {
        return value(type, what, 0);
    }

    private GgufValue value(GgufType type, String what, int depth) {
        return switch (type) {
            case UINT8 -> new GgufValue.Int(type, Byte.toUnsignedInt(int8(what)));
            case INT8 -> new GgufValue.Int(type, int8(what));
            case UINT16 -> new GgufValue.Int(type, Short.toUnsignedInt(int16(what)));
            case INT16 -> new GgufValue.Int(type, int16(what));
            case UINT32 -> new GgufValue.Int(type, Integer.toUnsignedLong(int32(what)));
            case INT32 -> new GgufValue.Int(type, int32(what));
            case UINT64, INT64 -> new GgufValue.Int(type, int64(what));
            case FLOAT32 ->
                new GgufValue.Real(type, bytes.get(JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN), take(4, what)));
            case FLOAT64 ->
                new GgufValue.Real(type, bytes.get(JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE_ENDIAN), take(8, what)));
            case BOOL -> new GgufValue.Bool(bool(what));
            case STRING -> new GgufValue.Text(text(what));
            case ARRAY -> items(what, depth);
        };
    }

    private GgufValue.Items items(String what, int depth) {
        if (depth == MAX_DEPTH) {
            throw report.damaged("%s has arrays in arrays, more than %d deep", what, MAX_DEPTH);
        }
        GgufType elementType = type("the elements of " + what);
        int count = count("elements of " + what, MAX_ITEMS, elementType.leastBytes());
        long start = at;
        for (int i = 0; i < count; i++) {
            skip(elementType, what, depth + 1);
        }
        return new GgufValue.Items(elementType, count, bytes.asSlice(start, at - start));
    }

    private void skip(GgufType type, String what, int depth) {
        switch (type) {
            case STRING -> take(count("bytes of an element of " + what, MAX_TEXT, 1), what);
            case ARRAY -> items(what, depth);
            case BOOL -> bool(what);
            default -> take(type.leastBytes(), what);
        }
    }

    private boolean bool(String what) {
        byte value = int8(what);
        if (value != 0 && value != 1) {
            throw report.damaged("%s is the truth value %d; only 0 and 1 are", what, value);
        }
        return value == 1;
    }

    private byte int8(String what) {
        return bytes.get(JAVA_BYTE, take(1, what));
    }

    private short int16(String what) {
        return bytes.get(JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN), take(2, what));
    }

    /** Moves past {@code length} bytes and returns where they begin. */
    private long take(long length, String what) {
        if (length > remaining()) {
            throw report.damaged(
                    "it ends inside %s: %d bytes are wanted at byte %d, and %d are left",
                    what, length, at, remaining());
        }
        long start = at;
        at += length;
        return start;
    }
}
