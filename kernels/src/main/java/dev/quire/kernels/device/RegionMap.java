package dev.quire.kernels.device;

import dev.quire.kernels.device.Operand.Pointer;
import dev.quire.kernels.portable.Argument;
import dev.quire.kernels.portable.KernelLaunch;
import dev.quire.kernels.portable.Region;
import dev.quire.kernels.portable.TensorShape;
import java.util.List;

/** Finds the memory of regions, and so turns planned launches into commands. */
@FunctionalInterface
interface RegionMap {
    Pointer of(Region region);

    /** The same launches with their memory. */
    default List<Command> commands(List<KernelLaunch> launches) {
        return launches.stream().map(this::command).toList();
    }

    /** The same launch with its memory. */
    default Command command(KernelLaunch launch) {
        List<Operand> operands = launch.arguments().stream().map(this::operand).toList();
        return new Command.Launch(launch.kernel(), launch.groups(), launch.groupSize(), launch.localBytes(), operands);
    }

    private Operand operand(Argument argument) {
        return switch (argument) {
            case Argument.At at -> pointer(at);
            case Argument.Tensor(Argument.At start, TensorShape shape) -> new Operand.Tensor(pointer(start), shape);
            case Argument.Nowhere() -> new Operand.Nowhere();
            case Argument.Int(int value) -> new Operand.Int(value);
            case Argument.Real(float value) -> new Operand.Real(value);
        };
    }

    private Pointer pointer(Argument.At at) {
        Pointer start = of(at.region());
        return new Pointer(start.memory(), start.offset() + at.offset());
    }
}
