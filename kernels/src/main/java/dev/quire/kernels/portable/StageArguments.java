package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.program.Op;
import dev.quire.api.program.Rotary;
import dev.quire.kernels.portable.StepFrame.Ints;
import java.util.ArrayList;
import java.util.List;

/** What kernels of all kinds of devices are told of a stage, in one order. */
final class StageArguments {
    private final AttendLaunches attention;
    private final TablePool tables;

    StageArguments(AttendLaunches attention, TablePool tables) {
        this.attention = attention;
        this.tables = tables;
    }

    List<Argument> addNorm(Op.Add add, Op.RmsNorm norm, StepFrame step) {
        return new ArrayList<>(List.of(
                step.at(add.a()),
                step.at(add.b()),
                step.at(add.out()),
                OpLaunches.vector(norm.weight()),
                step.at(norm.out()),
                of(step.rows(add.out())),
                of(norm.group()),
                of(norm.eps()),
                OpLaunches.flag(norm.weight().isPresent()),
                of(norm.weightOffset())));
    }

    Argument[] rotateWrite(Stage.RotateWrite o, StepFrame step) {
        PagedKv cache = step.cache(o.write().target().group());
        Rotary rotary = o.queries().rotary();
        int size = o.queries().headSize();
        Ints positions = step.ints(o.queries().positions());
        Ints slots = attention.slots(o.write().target(), cache, step);
        return new Argument[] {
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
            of(step.rows(o.queries().x())),
            of(o.queries().x().width() / size),
            of(o.keys().x().width() / size),
            of(rotary.dim() / 2),
            of(size - rotary.dim()),
            OpLaunches.flag(rotary.pairing() == Rotary.Pairing.INTERLEAVED),
            of(cache.blockSize())
        };
    }

    /** Heads of queries and keys that a step rotates. */
    static int rotated(Stage.RotateWrite o, StepFrame step) {
        int heads =
                (o.queries().x().width() + o.keys().x().width()) / o.queries().headSize();
        return Math.multiplyExact(step.rows(o.queries().x()), heads);
    }
}
