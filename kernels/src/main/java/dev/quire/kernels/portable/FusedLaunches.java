package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.NOWHERE;
import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.program.Op;
import dev.quire.api.program.Rotary;
import dev.quire.kernels.portable.StepFrame.Ints;
import java.util.List;

/** Launches of stages of several ops: on processors, and on GPUs that have kernels for them. */
final class FusedLaunches {
    private final OpLaunches single;
    private final AttendLaunches attention;
    private final TablePool tables;
    private final KernelChoice choice;

    /** @param single plans the ops of a stage that a step does not allow to be launched together */
    FusedLaunches(OpLaunches single, AttendLaunches attention, TablePool tables, KernelChoice choice) {
        this.single = single;
        this.attention = attention;
        this.tables = tables;
        this.choice = choice;
    }

    /** @param index of the stage's first op in its program */
    void plan(int index, Stage stage, StepFrame step) {
        switch (stage) {
            case Stage.Siblings(List<Op.Linear> linears)
            when isFew(linears.getFirst(), step) -> siblings(linears, step);
            case Stage.GatedLinears together when isFew(together.gate(), step) -> gated(together, step);
            case Stage.ActivatedLinear(Op.Linear linear, Op.Activate activate)
            when isFew(linear, step) -> WarpLinearLaunches.activated(linear, activate, step);
            case Stage.AddNorm(Op.Add add, Op.RmsNorm norm) -> addNorm(add, norm, step);
            case Stage.RotateWrite together -> rotateWrite(together, step);
            default -> {
                for (int i = 0; i < stage.ops().size(); i++) {
                    single.plan(index + i, stage.ops().get(i), step);
                }
            }
        }
    }

    private boolean isFew(Op.Linear linear, StepFrame step) {
        return step.rows(linear.x()) <= (choice.tensorCores() ? Constants.FEW_ROWS : 1);
    }

    private void siblings(List<Op.Linear> linears, StepFrame step) {
        if (choice.tensorCores()) {
            WarpLinearLaunches.together(linears, step);
            return;
        }
        Op.Linear a = linears.get(0);
        Op.Linear b = linears.get(1);
        boolean three = linears.size() == 3;
        Op.Linear c = three ? linears.get(2) : b;
        int third = three ? c.out().width() : 0;
        step.vectors(
                "sibling_linears_row",
                runs(a.out().width()) + runs(b.out().width()) + runs(third),
                Rounding.FLOATS.image(a.x(), step),
                matrix(a),
                matrix(b),
                three ? matrix(c) : NOWHERE,
                OpLaunches.vector(a.bias()),
                OpLaunches.vector(b.bias()),
                three ? OpLaunches.vector(c.bias()) : NOWHERE,
                step.at(a.out()),
                step.at(b.out()),
                three ? step.at(c.out()) : NOWHERE,
                of(a.out().width()),
                of(b.out().width()),
                of(third),
                of(a.x().width()),
                of(LinearLaunches.slices(a)),
                OpLaunches.flag(a.bias().isPresent()),
                OpLaunches.flag(b.bias().isPresent()),
                OpLaunches.flag(c.bias().isPresent()));
    }

    private void gated(Stage.GatedLinears o, StepFrame step) {
        if (choice.tensorCores()) {
            WarpLinearLaunches.gated(o, step);
            return;
        }
        step.vectors(
                "gated_linears_row",
                runs(o.gated().out().width()),
                Rounding.FLOATS.image(o.gate().x(), step),
                matrix(o.gate()),
                matrix(o.up()),
                step.at(o.gated().out()),
                of(o.gated().out().width()),
                of(o.gate().x().width()),
                of(LinearLaunches.slices(o.gate())),
                of(o.gated().activation().ordinal()),
                step.rounded(o.gated().out()));
    }

    private void addNorm(Op.Add add, Op.RmsNorm norm, StepFrame step) {
        int rows = step.rows(add.out());
        Argument[] arguments = {
            step.at(add.a()),
            step.at(add.b()),
            step.at(add.out()),
            OpLaunches.vector(norm.weight()),
            step.at(norm.out()),
            of(rows),
            of(norm.group()),
            of(norm.eps()),
            OpLaunches.flag(norm.weight().isPresent()),
            of(norm.weightOffset()),
            step.rounded(norm.out())
        };
        if (choice.tensorCores()) {
            step.launch("add_rms_norm", rows, Constants.NORM_GROUP, arguments);
        } else {
            step.vectors("add_rms_norm_wide", rows, arguments);
        }
    }

    private void rotateWrite(Stage.RotateWrite o, StepFrame step) {
        PagedKv cache = step.cache(o.write().target().group());
        Rotary rotary = o.queries().rotary();
        int size = o.queries().headSize();
        int rows = step.rows(o.queries().x());
        int heads = o.queries().x().width() / size;
        int kvHeads = o.keys().x().width() / size;
        Ints positions = step.ints(o.queries().positions());
        Ints slots = attention.slots(o.write().target(), cache, step);
        Argument[] arguments = {
            step.at(o.queries().x()),
            step.at(o.keys().x()),
            step.at(o.write().v()),
            positions.pointer(),
            positions.offset(),
            tables.cosines(rotary),
            tables.sines(rotary),
            step.at(o.queries().out()),
            slots.pointer(),
            slots.offset(),
            AttendLaunches.keys(cache, o.write().target()),
            AttendLaunches.values(cache, o.write().target()),
            of(rows),
            of(heads),
            of(kvHeads),
            of(rotary.dim() / 2),
            of(size - rotary.dim()),
            OpLaunches.flag(rotary.pairing() == Rotary.Pairing.INTERLEAVED),
            of(cache.blockSize())
        };
        int items = Math.multiplyExact(rows, heads + kvHeads);
        if (choice.tensorCores()) {
            int parts = size - rotary.dim() / 2;
            step.elementwise(
                    CacheKernels.own("rope_write", cache.dtype()), Math.multiplyExact(items, parts), arguments);
        } else {
            step.vectors(CacheKernels.own("rope_write_wide", cache.dtype()), items, arguments);
        }
    }

    private Argument matrix(Op.Linear linear) {
        return OpLaunches.image(linear.weight(), choice.form());
    }

    private static int runs(int columns) {
        return Math.ceilDiv(columns, Constants.WIDE_ROW_COLUMNS);
    }
}
