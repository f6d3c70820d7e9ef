package dev.quire.kernels.portable;

import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.portable.WeightImage.Form;
import java.util.Optional;

/**
 * Which kernels a plan launches.
 *
 * @param tiles how linear layers are cut on a GPU in FAST; without, and in REPRODUCIBLE, the work-item decides alone
 * @param library what multiplies in FAST where there are many rows; without, and in REPRODUCIBLE, kernels do
 */
public record KernelChoice(
        WorkItem workItem, Numerics numerics, Optional<LinearTiles> tiles, Optional<LibraryLinear> library) {
    public KernelChoice {
        if (tiles.isPresent() && (!workItem.isLane() || numerics != Numerics.FAST)) {
            throw new IllegalArgumentException(
                    "tiles are for lanes and FAST, not for %s and %s".formatted(workItem, numerics));
        }
        if (library.isPresent() && numerics != Numerics.FAST) {
            throw new IllegalArgumentException("a library multiplies in FAST, not in " + numerics);
        }
    }

    /** Kernels alone. */
    public KernelChoice(WorkItem workItem, Numerics numerics, Optional<LinearTiles> tiles) {
        this(workItem, numerics, tiles, Optional.empty());
    }

    /** The kernels of a work-item alone. */
    public static KernelChoice of(WorkItem workItem, Numerics numerics) {
        return new KernelChoice(workItem, numerics, Optional.empty());
    }

    /** Whether sub-groups reduce. */
    boolean subGroups() {
        return tiles.isPresent() && tiles.get().subGroups();
    }

    /** What multiplies a layer where it has many rows, unless kernels do. */
    Optional<LibraryLinear> library(Op.Linear linear) {
        return library.filter(each -> each.suits(linear));
    }

    /** Whether kernels of the CUDA family attend and multiply. */
    boolean tensorCores() {
        return workItem.isWarp() && numerics == Numerics.FAST;
    }

    /** The form that matrices are multiplied in: in FAST as they are stored, so that they stand in memory once. */
    Form form() {
        return switch (numerics) {
            case FAST -> Form.STORED;
            case REPRODUCIBLE -> Form.MATRIX;
        };
    }

    /** Whether a layer's x is rounded to bf16, as its matrix is: then the kernels of Canon 1 multiply it in FAST, too (RULES, N4). */
    boolean rounds(Op.Linear linear) {
        return tiles.isEmpty() && rounds(linear.weight());
    }

    boolean rounds(ExpertOp.ExpertLinear linear) {
        return rounds(linear.weights().getFirst());
    }

    private boolean rounds(WeightRef matrix) {
        return numerics == Numerics.REPRODUCIBLE || matrix.format() == WeightFormat.BF16;
    }
}
