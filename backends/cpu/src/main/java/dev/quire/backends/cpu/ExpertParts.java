package dev.quire.backends.cpu;

import dev.quire.backends.cpu.elementwise.Matrix;
import dev.quire.backends.cpu.elementwise.Routing;
import java.util.Arrays;

/** The parts of a step's rows by the expert that works on them: part p is place p mod {@code chosen} of row p / {@code chosen}. */
final class ExpertParts {
    private final int chosen;
    /** Where the parts of each expert end in the order, once it is made; one entry more, for counting. */
    private final int[] ends;

    private final int[] order;

    /**
     * @param experts how many there are
     * @param chosen parts of a row
     * @param mostRows of a step
     */
    ExpertParts(int experts, int chosen, int mostRows) {
        this.chosen = chosen;
        this.ends = new int[experts + 1];
        this.order = new int[Math.multiplyExact(mostRows, chosen)];
    }

    /** Sorts the parts of {@code rows} rows by their experts, those of one expert by place. */
    void sort(Matrix experts, int rows) {
        Arrays.fill(ends, 0);
        int parts = rows * chosen;
        for (int part = 0; part < parts; part++) {
            ends[1 + expert(experts, part)]++;
        }
        for (int expert = 1; expert < ends.length; expert++) {
            ends[expert] += ends[expert - 1];
        }
        for (int part = 0; part < parts; part++) {
            order[ends[expert(experts, part)]++] = part;
        }
    }

    private int expert(Matrix experts, int part) {
        return Routing.number(experts, part / chosen, part % chosen);
    }

    /** Index of an expert's first part. */
    int from(int expert) {
        return expert == 0 ? 0 : ends[expert - 1];
    }

    /** Index behind an expert's last part. */
    int to(int expert) {
        return ends[expert];
    }

    /** Row of the part at an index. */
    int row(int index) {
        return order[index] / chosen;
    }

    /** Place of the part at an index in its row. */
    int place(int index) {
        return order[index] % chosen;
    }
}
