package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.NOWHERE;
import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.program.Activation;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Op;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.Numerics;
import dev.quire.kernels.portable.StepFrame.Ints;
import dev.quire.kernels.portable.WeightImage.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The launches of each op. */
final class OpLaunches {
    private final TablePool tables;
    private final WorkItem workItem;
    private final KernelChoice choice;
    private final AttendLaunches attention;
    private final LinearLaunches linear;
    private final FusedLaunches fused;
    private final StoredLinearLaunches stored;
    private final StepAttendLaunches ofStep;
    private final ExpertLaunches experts;

    OpLaunches(TablePool tables, KernelChoice choice) {
        this.tables = tables;
        this.choice = choice;
        this.workItem = choice.workItem();
        this.linear = new LinearLaunches(choice);
        this.stored = new StoredLinearLaunches(workItem);
        this.experts = new ExpertLaunches(choice);
        this.ofStep = new StepAttendLaunches(tables);
        this.attention = new AttendLaunches(tables, choice);
        this.fused = new FusedLaunches(this, attention, tables, choice);
    }

    WorkItem workItem() {
        return workItem;
    }

    /** @param index of the stage's first op in its program */
    void plan(int index, Stage stage, StepFrame step) {
        if (stage instanceof Stage.Single(Op op)) {
            plan(index, op, step);
        } else {
            fused.plan(index, stage, step);
        }
    }

    /** @param index of the op in its program */
    void plan(int index, Op op, StepFrame step) {
        switch (op) {
            case Op.Embed o -> embed(o, step);
            case Op.RmsNorm o -> rmsNorm(o, step);
            case Op.LayerNorm o -> layerNorm(o, step);
            case Op.Linear o
            when choice.tiles().isPresent() -> choice.tiles().get().plan(o, step);
            case Op.Linear o
            when choice.library(o).filter(each -> each.wins(step.rows(o.x()))).isPresent() ->
                choice.library(o).get().plan(index, o, step);
            case Op.Linear o when WarpLinearLaunches.suit(o, choice) -> WarpLinearLaunches.plan(o, step);
            case Op.Linear o when !choice.rounds(o) -> stored.plan(o, step);
            case Op.Linear o -> linear.plan(o, step);
            case Op.Rope o -> rope(o, step);
            case Op.WriteKv o -> attention.write(o, step);
            case Op.Attend o
            when choice.numerics() == Numerics.FAST && o.keys() instanceof KeySource.Step keys ->
                ofStep.plan(o, keys, step);
            case Op.Attend o -> attention.attend(index, o, step);
            case Op.Gated o -> gated(o, step);
            case Op.Activate o ->
                pointwise("activate", o.x(), o.out(), of(o.activation().ordinal()), step);
            case Op.Add o -> {
                int n = step.elements(o.out());
                step.elementwise("add", n, step.at(o.a()), step.at(o.b()), step.at(o.out()), of(n));
            }
            case Op.Scale o -> pointwise("scale", o.x(), o.out(), of((float) o.factor()), step);
            case Op.SoftCap o -> pointwise("soft_cap", o.x(), o.out(), of(o.cap()), step);
            case Op.Slice o -> {
                int n = step.elements(o.out());
                Argument width = of(o.out().width());
                Argument from = of(o.from());
                step.elementwise("slice", n, step.at(o.x()), step.at(o.out()), of(n), of(o.x().width()), from, width);
            }
            case Op.GatherRows o -> {
                int n = step.elements(o.out());
                Ints rows = step.section("logit rows", StepBatch::logitRows);
                Argument width = of(o.out().width());
                step.elementwise(
                        "gather_rows",
                        n,
                        step.at(o.x()),
                        rows.pointer(),
                        rows.offset(),
                        step.at(o.out()),
                        of(n),
                        width);
            }
            case Op.Sample o -> SampleLaunches.plan(index, o, workItem, step);
            case ExpertOp o -> experts.plan(o, step);
            case Op.Composite o -> throw new IllegalStateException("composite '%s' was refused".formatted(o.name()));
        }
    }

    private static void pointwise(String kernel, Value x, Value out, Argument parameter, StepFrame step) {
        int n = step.elements(out);
        step.elementwise(kernel, n, step.at(x), step.at(out), of(n), parameter);
    }

    private static void embed(Op.Embed o, StepFrame step) {
        int n = step.elements(o.out());
        Ints ids = step.ints(o.ids());
        step.elementwise(
                "embed",
                n,
                ids.pointer(),
                ids.offset(),
                image(o.table(), Form.STORED),
                step.at(o.out()),
                of(n),
                of(o.out().width()),
                of(o.offset()),
                of(o.table().format().ordinal()),
                of(WeightImage.rowBytes(o.table())));
    }

    private void gated(Op.Gated o, StepFrame step) {
        int n = step.elements(o.out());
        if (workItem == WorkItem.VECTOR && o.activation() == Activation.SILU) {
            step.elementwise(
                    "gated_silu",
                    n,
                    step.at(o.gate()),
                    step.at(o.up()),
                    step.at(o.out()),
                    of(n),
                    step.rounded(o.out()));
        } else {
            Argument act = of(o.activation().ordinal());
            step.elementwise("gated", n, step.at(o.gate()), step.at(o.up()), step.at(o.out()), of(n), act);
        }
    }

    private void rmsNorm(Op.RmsNorm o, StepFrame step) {
        int runs = step.elements(o.x()) / o.group();
        List<Argument> arguments = new ArrayList<>(List.of(step.at(o.x()), vector(o.weight()), step.at(o.out())));
        boolean together = workItem == WorkItem.VECTOR || choice.subGroups();
        if (together) {
            arguments.add(of(runs));
        }
        arguments.addAll(List.of(of(o.group()), of(o.eps()), flag(o.weight().isPresent()), of(o.weightOffset())));
        if (workItem == WorkItem.VECTOR) {
            arguments.add(step.rounded(o.out()));
        }
        switch (workItem) {
            case LANE, SIMPLE_LANE, WARP, WARP_GROUP -> {
                String kernel = together ? LinearTiles.NORM : "rms_norm";
                int groups = together ? LinearTiles.groups(runs) : runs;
                int size = together ? Constants.LINEAR_GROUP : Constants.LANES;
                step.launch(kernel, groups, size, arguments.toArray(Argument[]::new));
            }
            case VECTOR -> step.vectors("rms_norm_wide", runs, arguments.toArray(Argument[]::new));
        }
    }

    private static void layerNorm(Op.LayerNorm o, StepFrame step) {
        step.launch(
                "layer_norm",
                step.elements(o.x()) / o.group(),
                Constants.LANES,
                step.at(o.x()),
                vector(o.weight()),
                vector(o.bias()),
                step.at(o.out()),
                of(o.group()),
                of(o.eps()),
                flag(o.weight().isPresent()),
                flag(o.bias().isPresent()));
    }

    private void rope(Op.Rope o, StepFrame step) {
        int heads = o.x().width() / o.headSize();
        int pairs = o.rotary().dim() / 2;
        int tail = o.headSize() - o.rotary().dim();
        int rotated = Math.multiplyExact(step.rows(o.x()), heads);
        int items = workItem == WorkItem.VECTOR ? rotated : Math.multiplyExact(rotated, pairs + tail);
        Ints positions = step.ints(o.positions());
        Argument[] arguments = {
            step.at(o.x()),
            positions.pointer(),
            positions.offset(),
            tables.cosines(o.rotary()),
            tables.sines(o.rotary()),
            step.at(o.out()),
            of(items),
            of(heads),
            of(pairs),
            of(tail),
            flag(o.rotary().pairing() == Rotary.Pairing.INTERLEAVED)
        };
        switch (workItem) {
            case LANE, SIMPLE_LANE, WARP, WARP_GROUP -> step.elementwise("rope", items, arguments);
            case VECTOR -> step.vectors("rope_wide", items, arguments);
        }
    }

    /** Kernels of an op that its work-item does not name. */
    List<String> ownKernels(Op op) {
        return switch (op) {
            case Op.Attend o -> attention.ownKernels(o);
            case Op.Linear o
            when choice.tiles().isPresent() ->
                choice.tiles().get().kernels(o.weight().format());
            case Op.Linear o
            when WarpLinearLaunches.suit(o, choice) ->
                WarpLinearLaunches.kernels(o.weight().format());
            case Op.Linear o when !choice.rounds(o) -> stored.kernels(o.weight().format());
            case Op.RmsNorm o when choice.subGroups() -> List.of(LinearTiles.NORM);
            default -> List.of();
        };
    }

    /** The images of weights that an op reads. */
    List<WeightImage> images(Op op) {
        List<WeightImage> images = new ArrayList<>();
        if (op instanceof ExpertOp.ExpertLinear) {
            return images; // they stand in stacks
        }
        for (WeightRef ref : op.weights()) {
            images.add(new WeightImage(ref, form(op, ref)));
        }
        return images;
    }

    /** The stacks of weights that an op reads. */
    List<WeightStack> stacks(Op op) {
        return op instanceof ExpertOp.ExpertLinear o ? experts.stacks(o) : List.of();
    }

    private Form form(Op op, WeightRef ref) {
        Form matrix = choice.form();
        return switch (op) {
            case Op.Embed o -> Form.STORED;
            case Op.Linear o when ref.equals(o.weight()) -> matrix;
            default -> Form.VECTOR;
        };
    }

    static Argument image(WeightRef ref, Form form) {
        return Argument.at(new Region.Weight(new WeightImage(ref, form)));
    }

    static Argument vector(Optional<WeightRef> ref) {
        return ref.map(present -> image(present, Form.VECTOR)).orElse(NOWHERE);
    }

    static Argument flag(boolean set) {
        return of(set ? 1 : 0);
    }
}
