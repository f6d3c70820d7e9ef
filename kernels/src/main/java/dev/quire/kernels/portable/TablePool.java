package dev.quire.kernels.portable;

import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The float32 tables of a program: sines and cosines of rotations, slopes. Equal ones stand once. */
final class TablePool {
    private record Cosines(Rotary rotary) {}

    private record Sines(Rotary rotary) {}

    private final Map<Object, Long> offsets = new HashMap<>();
    private final List<float[]> tables = new ArrayList<>();
    private final int positions;
    private long bytes;

    private TablePool(int positions) {
        this.positions = positions;
    }

    /**
     * The tables that a program's ops ask for.
     *
     * @param positions rotations of positions 0 to {@code positions − 1}
     */
    static TablePool of(Program program, int positions) {
        TablePool pool = new TablePool(positions);
        for (Op op : program.ops()) {
            switch (op) {
                case Op.Rope rope -> {
                    pool.cosines(rope.rotary());
                    pool.sines(rope.rotary());
                }
                case Op.Attend attend when !attend.alibi().isEmpty() -> pool.slopes(attend.alibi());
                default -> {}
            }
        }
        return pool;
    }

    Argument cosines(Rotary rotary) {
        return table(new Cosines(rotary), () -> rotary.cosines(positions));
    }

    Argument sines(Rotary rotary) {
        return table(new Sines(rotary), () -> rotary.sines(positions));
    }

    /** One factor per query head. */
    Argument slopes(List<Float> slopes) {
        return table(slopes, () -> {
            float[] values = new float[slopes.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = slopes.get(i);
            }
            return values;
        });
    }

    private Argument table(Object key, Supplier<float[]> content) {
        long at = offsets.computeIfAbsent(key, k -> {
            float[] values = content.get();
            long begin = bytes;
            tables.add(values);
            bytes += Region.aligned((long) values.length * Float.BYTES);
            return begin;
        });
        return new Argument.At(Region.TABLES, at);
    }

    /** All tables, each padded to the alignment. */
    float[] content() {
        float[] all = new float[Math.toIntExact(bytes / Float.BYTES)];
        int at = 0;
        for (float[] table : tables) {
            System.arraycopy(table, 0, all, at, table.length);
            at += Math.toIntExact(Region.aligned((long) table.length * Float.BYTES) / Float.BYTES);
        }
        return all;
    }
}
