package dev.quire.backends.cpu;

import dev.quire.api.StepLimits;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Memory for the values inside a program. Values that are not needed at the same time share it, and those that live inside one run have none. */
final class Workspace {
    /** What decides whether one value's memory fits another. */
    private record Size(Rows rows, int width) {}

    private final Map<Value, Matrix> places = new HashMap<>();
    private long bytes;

    /** @param runs the program's ops, in order; ops of one run are fused */
    Workspace(Program program, List<List<Op>> runs, StepLimits limits, Arena arena) {
        Set<Value> bound = new HashSet<>(program.inputs());
        bound.addAll(program.outputs());
        Map<Value, Integer> lastUse = new HashMap<>();
        for (int i = 0; i < runs.size(); i++) {
            for (Op op : runs.get(i)) {
                for (Value value : op.inputs()) {
                    lastUse.put(value, i);
                }
            }
        }
        Map<Size, Deque<Matrix>> free = new HashMap<>();
        Map<Integer, Map<Matrix, Size>> dying = new HashMap<>();
        for (int i = 0; i < runs.size(); i++) {
            for (Op op : runs.get(i)) {
                for (Value value : op.outputs()) {
                    if (!bound.contains(value) && lastUse.getOrDefault(value, -1) != i) {
                        Size size = new Size(value.rows(), value.width());
                        Matrix memory = take(size, free, limits, arena);
                        places.put(value, memory);
                        int end = Math.max(i, lastUse.getOrDefault(value, i));
                        dying.computeIfAbsent(end, run -> new HashMap<>()).put(memory, size);
                    }
                }
            }
            dying.getOrDefault(i, Map.of())
                    .forEach((memory, size) ->
                            free.computeIfAbsent(size, s -> new ArrayDeque<>()).push(memory));
        }
    }

    /** Where a value lies; never an input or an output of the program, nor what only the run that writes it reads. */
    Matrix place(Value value) {
        return places.get(value);
    }

    long bytes() {
        return bytes;
    }

    private Matrix take(Size size, Map<Size, Deque<Matrix>> free, StepLimits limits, Arena arena) {
        Deque<Matrix> fitting = free.get(size);
        if (fitting != null && !fitting.isEmpty()) {
            return fitting.pop();
        }
        long rows = switch (size.rows()) {
            case TOKENS -> limits.maxTokens();
            case LOGITS -> limits.maxLogitRows();
            case SEQUENCES -> limits.maxSequences();
            case EXTERNAL -> limits.maxTokens();
        };
        long needed = Math.max(64, rows * size.width() * Float.BYTES);
        bytes += needed;
        return Matrix.dense(arena.allocate(needed, 64), size.width());
    }
}
