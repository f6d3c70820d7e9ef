package dev.quire.kernels.portable;

import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.api.types.WeightFormat;

/** What the portable kernels run. */
final class PortableSupport {
    private PortableSupport() {}

    static Support of(Op op, Numerics numerics) {
        return switch (op) {
            case ExpertOp.ExpertLinear linear
            when linear.weights().size() > Constants.EXPERTS ->
                Support.no("%d experts; the kernel sorts rows by at most %d"
                        .formatted(linear.weights().size(), Constants.EXPERTS));
            case Op.Linear linear when numerics == Numerics.REPRODUCIBLE -> products(linear.weight());
            case ExpertOp.ExpertLinear linear
            when numerics == Numerics.REPRODUCIBLE -> products(linear.weights().getFirst());
            case Op.Attend attend
            when attend.shape().headSize() > Constants.ATTEND_HEAD ->
                Support.no("heads of %d elements; the kernel takes at most %d"
                        .formatted(attend.shape().headSize(), Constants.ATTEND_HEAD));
            case Op.Composite(String name, var inputs, var outputs, var definition) ->
                Support.no("composite '%s' is run by its definition of %d ops".formatted(name, definition.size()));
            default -> Support.YES;
        };
    }

    private static Support products(WeightRef weight) {
        return weight.format() == WeightFormat.F32
                ? Support.no(
                        "products of float32 weights are not exact, so their sum has no one order; load '%s' as bfloat16"
                                .formatted(weight.name()))
                : Support.YES;
    }
}
