package dev.quire.kernels.portable;

import dev.quire.api.program.Op;
import dev.quire.api.types.Support;
import dev.quire.api.types.WeightFormat;

/** What the portable kernels run, in REPRODUCIBLE numerics. */
final class PortableSupport {
    private static final Support NO_EXPERTS = Support.no("mixtures of experts have no portable kernels yet");

    private PortableSupport() {}

    static Support of(Op op) {
        return switch (op) {
            case Op.Linear linear
            when linear.weight().format() == WeightFormat.F32 ->
                Support.no(
                        "products of float32 weights are not exact, so their sum has no one order; load '%s' as bfloat16"
                                .formatted(linear.weight().name()));
            case Op.Attend attend
            when attend.shape().headSize() > Constants.ATTEND_HEAD ->
                Support.no("heads of %d elements; the kernel takes at most %d"
                        .formatted(attend.shape().headSize(), Constants.ATTEND_HEAD));
            case Op.Composite(String name, var inputs, var outputs, var definition) ->
                Support.no("composite '%s' is run by its definition of %d ops".formatted(name, definition.size()));
            case Op.Route route -> NO_EXPERTS;
            case Op.ExpertLinear linear -> NO_EXPERTS;
            case Op.WeightedSum sum -> NO_EXPERTS;
            default -> Support.YES;
        };
    }
}
