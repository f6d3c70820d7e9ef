package dev.quire.kernels.portable;

import dev.quire.api.BackendException;
import dev.quire.api.StepLimits;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.StepBatch;

/** Refuses steps that a device would run into foreign memory. */
final class StepCheck {
    private StepCheck() {}

    static void check(Program program, StepBatch batch, StepLimits limits) {
        limits.check(batch);
        for (Op op : program.ops()) {
            switch (op) {
                case Op.Embed embed
                when embed.ids().equals(Value.TOKENS) ->
                    rows(embed, batch.tokens().ids());
                case Op.Embed embed when embed.ids().equals(Value.POSITIONS) -> rows(embed, batch.positions());
                case Op.Rope rope when rope.positions().equals(Value.POSITIONS) -> positions(batch, limits);
                default -> {}
            }
        }
    }

    /** Negative ids are not known yet. */
    private static void rows(Op.Embed embed, int[] ids) {
        for (int id : ids) {
            int row = id + embed.offset();
            if (id >= 0 && (row < 0 || row >= embed.table().rows())) {
                throw new BackendException(
                        BackendException.Kind.STEP_FAILED,
                        "table '%s' has rows 0 to %d; row %d was looked up"
                                .formatted(embed.table().name(), embed.table().rows() - 1, row));
            }
        }
    }

    private static void positions(StepBatch batch, StepLimits limits) {
        for (int position : batch.positions()) {
            if (position < 0 || position >= limits.maxContext()) {
                throw new BackendException(
                        BackendException.Kind.STEP_FAILED,
                        "a token has position %d; the rotary tables hold 0 to %d; raise the step limits' longest context"
                                .formatted(position, limits.maxContext() - 1));
            }
        }
    }
}
