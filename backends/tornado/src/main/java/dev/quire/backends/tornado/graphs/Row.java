package dev.quire.backends.tornado.graphs;

import dev.quire.kernels.device.Command;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Kernels that steps run one behind another: at first each in a graph that other rows share, and in one graph, which costs one run, once the row has
 * proven to come again. Where that graph cannot be made, the parts go on. One thread drives it.
 */
public final class Row {
    /** Compiling a graph takes as long as some hundred runs of the parts. */
    static final int RUNS = 32;

    private final List<Graph> parts;
    private Optional<Graph> whole = Optional.empty();
    private int runs;
    private boolean tried;

    /** A compiled graph of kernels. */
    public interface Graph {
        /** Runs launches of its kernels, in their order, and returns when they have ended. */
        void run(List<Command.Launch> launches);
    }

    /** @param parts a graph for each kernel */
    public Row(List<? extends Graph> parts) {
        this.parts = List.copyOf(parts);
    }

    /**
     * Runs launches of its kernels, and returns when they have ended.
     *
     * @param together compiles the graph of all; asked once at most
     * @param notices receives a sentence where it cannot be made
     */
    public void run(List<Command.Launch> launches, Supplier<? extends Graph> together, Consumer<String> notices) {
        if (parts.size() > 1 && !tried && ++runs > RUNS) {
            compile(together, notices);
        }
        if (whole.isPresent()) {
            whole.get().run(launches);
            return;
        }
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).run(List.of(launches.get(i)));
        }
    }

    /** TornadoVM throws errors of its own as well as exceptions; those of the JVM fail the step. */
    private void compile(Supplier<? extends Graph> together, Consumer<String> notices) {
        tried = true;
        try {
            whole = Optional.of(together.get());
        } catch (VirtualMachineError fatal) {
            throw fatal;
        } catch (RuntimeException | Error e) {
            notices.accept(
                    "%d kernels that steps run one behind another stay graphs of one kernel each, which costs time alone: TornadoVM cannot compile them as one: %s"
                            .formatted(parts.size(), e));
        }
    }
}
