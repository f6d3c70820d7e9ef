package dev.quire.backends.cpu.compiled;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * What attention's kernel has to know of a tile and of the one after it: {@code Tile} of {@code segment.h}, with the room that its scores take. One for each
 * thread; it lives as long as it is reachable.
 */
public final class AttentionTile {
    private static final StructLayout TILE = MemoryLayout.structLayout(
            JAVA_INT.withName("rows"),
            JAVA_INT.withName("group"),
            JAVA_INT.withName("size"),
            JAVA_INT.withName("head"),
            JAVA_INT.withName("lowest"),
            JAVA_INT.withName("highest"),
            JAVA_INT.withName("next_from"),
            JAVA_INT.withName("next_to"),
            JAVA_FLOAT.withName("scale"),
            JAVA_FLOAT.withName("cap"),
            JAVA_LONG.withName("q_at"),
            JAVA_LONG.withName("q_stride"),
            JAVA_LONG.withName("y_at"),
            JAVA_LONG.withName("y_stride"),
            JAVA_LONG.withName("next_key_bytes"),
            JAVA_LONG.withName("next_value_bytes"),
            ADDRESS.withName("next_keys"),
            ADDRESS.withName("next_values"),
            ADDRESS.withName("slopes"),
            ADDRESS.withName("q"),
            ADDRESS.withName("s"));

    private static final long ROWS = at("rows");
    private static final long HEAD = at("head");
    private static final long LOWEST = at("lowest");
    private static final long HIGHEST = at("highest");
    private static final long NEXT_FROM = at("next_from");
    private static final long NEXT_TO = at("next_to");
    private static final long Q_AT = at("q_at");
    private static final long Q_STRIDE = at("q_stride");
    private static final long Y_AT = at("y_at");
    private static final long Y_STRIDE = at("y_stride");
    private static final long NEXT_KEY_BYTES = at("next_key_bytes");
    private static final long NEXT_VALUE_BYTES = at("next_value_bytes");
    private static final long NEXT_KEYS = at("next_keys");
    private static final long NEXT_VALUES = at("next_values");

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment memory = arena.allocate(TILE.byteSize(), 64);

    /**
     * @param group heads that share one of keys
     * @param size elements of a head
     * @param scale factor of q·k
     * @param cap which scores do not pass; 0 for none
     * @param slopes of all heads, for ALiBi; empty for none
     * @param rows of the largest tile
     * @param width elements of a head with their padding
     * @param segment tokens of a segment
     */
    public AttentionTile(
            int group, int size, float scale, float cap, float[] slopes, int rows, int width, int segment) {
        memory.set(JAVA_INT, at("group"), group);
        memory.set(JAVA_INT, at("size"), size);
        memory.set(JAVA_FLOAT, at("scale"), scale);
        memory.set(JAVA_FLOAT, at("cap"), cap);
        if (slopes.length > 0) {
            memory.set(ADDRESS, at("slopes"), arena.allocateFrom(JAVA_FLOAT, slopes));
        }
        memory.set(ADDRESS, at("q"), arena.allocate(rows * width * 2L, 64));
        memory.set(ADDRESS, at("s"), arena.allocate(rows * segment * 4L, 64));
    }

    private static long at(String name) {
        return TILE.byteOffset(groupElement(name));
    }

    /** Rows of the tile, and the first of its query heads. */
    public void take(int rows, int head) {
        memory.set(JAVA_INT, ROWS, rows);
        memory.set(JAVA_INT, HEAD, head);
    }

    /** Where queries are: the byte of the first, and elements from one to the next. */
    public void read(long at, long stride) {
        memory.set(JAVA_LONG, Q_AT, at);
        memory.set(JAVA_LONG, Q_STRIDE, stride);
    }

    /** Where results go: the byte of the first, and elements from one to the next. */
    public void write(long at, long stride) {
        memory.set(JAVA_LONG, Y_AT, at);
        memory.set(JAVA_LONG, Y_STRIDE, stride);
    }

    /** Some row sees the segment's tokens from {@code lowest} to {@code highest − 1}. */
    public void see(int lowest, int highest) {
        memory.set(JAVA_INT, LOWEST, lowest);
        memory.set(JAVA_INT, HIGHEST, highest);
    }

    /** Pages {@code from} to {@code to − 1} of the next tile's segment are asked for; of these pools, whose pages have so many bytes. */
    public void then(
            int from, int to, MemorySegment keys, MemorySegment values, long keyPageBytes, long valuePageBytes) {
        memory.set(JAVA_INT, NEXT_FROM, from);
        memory.set(JAVA_INT, NEXT_TO, to);
        memory.set(ADDRESS, NEXT_KEYS, keys);
        memory.set(ADDRESS, NEXT_VALUES, values);
        memory.set(JAVA_LONG, NEXT_KEY_BYTES, keyPageBytes);
        memory.set(JAVA_LONG, NEXT_VALUE_BYTES, valuePageBytes);
    }

    MemorySegment memory() {
        return memory;
    }
}
