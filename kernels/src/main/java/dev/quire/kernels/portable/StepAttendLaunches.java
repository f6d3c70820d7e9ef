package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.NOWHERE;
import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.StepBatch;
import java.util.Arrays;

/** Launches that attend, in FAST, to the keys of the step itself: float32, which no cache has rounded. */
final class StepAttendLaunches {
    private final TablePool tables;

    StepAttendLaunches(TablePool tables) {
        this.tables = tables;
    }

    void plan(Op.Attend o, KeySource.Step keys, StepFrame step) {
        Op.Attend.HeadShape shape = o.shape();
        step.launch(
                "attend_step",
                Math.multiplyExact(step.batch().tokenCount(), shape.heads()),
                Constants.ATTEND_GROUP,
                step.at(o.q()),
                step.at(keys.k()),
                step.at(keys.v()),
                Argument.at(Region.WORDS),
                o.alibi().isEmpty() ? NOWHERE : tables.slopes(o.alibi()),
                step.at(o.out()),
                step.section("sequences of rows", StepAttendLaunches::sequences).offset(),
                step.section("query starts", StepBatch::queryStarts).offset(),
                step.ints(Value.POSITIONS).offset(),
                of(shape.heads()),
                of(shape.kvHeads()),
                of(shape.headSize()),
                of((float) shape.scale()),
                of(AttendLaunches.maskKind(o.mask())),
                of(o.mask() instanceof Mask.SlidingWindow(int size) ? size : 0),
                OpLaunches.flag(o.softCap().isPresent()),
                of(o.softCap().orElse(0f)),
                OpLaunches.flag(!o.alibi().isEmpty()));
    }

    private static int[] sequences(StepBatch batch) {
        int[] sequences = new int[batch.tokenCount()];
        for (int s = 0; s < batch.sequences(); s++) {
            Arrays.fill(sequences, batch.queryStarts()[s], batch.queryStarts()[s + 1], s);
        }
        return sequences;
    }
}
