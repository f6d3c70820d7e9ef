package dev.quire.backends.tornado.device;

import dev.quire.kernels.device.Command;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Kernels that steps run one behind another: at first each in a graph that other rows share, and in one graph, which costs one run, once the row has
 * proven to come again.
 */
final class Row {
    /** Compiling a graph takes as long as some hundred runs of the parts. */
    private static final int RUNS = 32;

    private final List<Batch> parts;
    private Optional<Batch> whole = Optional.empty();
    private int runs;

    /** @param parts a graph for each kernel */
    Row(List<Batch> parts) {
        this.parts = parts;
    }

    /**
     * Runs launches of its kernels, and returns when they have ended.
     *
     * @param together makes the graph of all
     */
    void run(List<Command.Launch> launches, Supplier<Batch> together) {
        if (parts.size() > 1 && whole.isEmpty() && ++runs > RUNS) {
            whole = Optional.of(together.get());
        }
        if (whole.isPresent()) {
            whole.get().run(launches);
            return;
        }
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).run(List.of(launches.get(i)));
        }
    }
}
