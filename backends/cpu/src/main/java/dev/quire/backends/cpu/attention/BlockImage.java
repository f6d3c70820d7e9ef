package dev.quire.backends.cpu.attention;

import dev.quire.api.types.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Pages as they are kept in host memory: their bytes as they lie where the head fills them, else the elements without padding. */
final class BlockImage {
    private final boolean pairs;
    private final long line;
    private final int headSize;
    private final int elementBytes;

    BlockImage(DType dtype, int headSize) {
        this.pairs = dtype != DType.F32;
        this.line = PagedKvPool.lineBytes(dtype);
        this.headSize = headSize;
        this.elementBytes = dtype.bytes();
    }

    long saveKeys(MemorySegment keys, long page, MemorySegment host, long at) {
        if (keysFill()) {
            MemorySegment.copy(keys, page, host, at, bytes());
        } else {
            forEach((token, d) -> move(keys, page + key(token, d), host, at + place(token, d)));
        }
        return at + bytes();
    }

    long saveValues(MemorySegment values, long page, MemorySegment host, long at) {
        if (valuesFill()) {
            MemorySegment.copy(values, page, host, at, bytes());
        } else {
            forEach((token, d) -> move(values, page + value(token, d), host, at + place(token, d)));
        }
        return at + bytes();
    }

    /** The other half of an odd head's last pair meets a zero of the query, so it must be finite: zero. */
    long restoreKeys(MemorySegment host, long at, MemorySegment keys, long page) {
        if (keysFill()) {
            MemorySegment.copy(host, at, keys, page, bytes());
        } else {
            keys.asSlice(page + headSize / 2 * line, line).fill((byte) 0);
            forEach((token, d) -> move(host, at + place(token, d), keys, page + key(token, d)));
        }
        return at + bytes();
    }

    long restoreValues(MemorySegment host, long at, MemorySegment values, long page) {
        if (valuesFill()) {
            MemorySegment.copy(host, at, values, page, bytes());
        } else {
            forEach((token, d) -> move(host, at + place(token, d), values, page + value(token, d)));
        }
        return at + bytes();
    }

    private interface Element {
        void at(int token, int d);
    }

    private void forEach(Element element) {
        for (int token = 0; token < Pages.TOKENS; token++) {
            for (int d = 0; d < headSize; d++) {
                element.at(token, d);
            }
        }
    }

    private void move(MemorySegment from, long in, MemorySegment to, long at) {
        switch (elementBytes) {
            case 1 -> to.set(ValueLayout.JAVA_BYTE, at, from.get(ValueLayout.JAVA_BYTE, in));
            case 2 -> to.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, from.get(ValueLayout.JAVA_SHORT_UNALIGNED, in));
            default -> to.set(ValueLayout.JAVA_INT_UNALIGNED, at, from.get(ValueLayout.JAVA_INT_UNALIGNED, in));
        }
    }

    private long bytes() {
        return (long) Pages.TOKENS * headSize * elementBytes;
    }

    private boolean keysFill() {
        return !pairs || headSize % 2 == 0;
    }

    private boolean valuesFill() {
        return headSize % 32 == 0;
    }

    private long place(int token, int d) {
        return (long) (token * headSize + d) * elementBytes;
    }

    private long key(int token, int d) {
        long place = token * line / Pages.TOKENS;
        return pairs ? d / 2 * line + place + d % 2 * elementBytes : d * line + place;
    }

    private long value(int token, int d) {
        long panel = pairs ? d / 32 : d / 16;
        long half = pairs ? d % 32 / 16 * elementBytes : 0;
        return (panel * Pages.TOKENS + token) * line + d % 16 * line / 16 + half;
    }
}
