package dev.quire.backends.levelzero;

import static dev.quire.backends.levelzero.ze.LevelZero.zeCommandListAppendLaunchKernel;
import static dev.quire.backends.levelzero.ze.LevelZero.zeCommandListAppendMemoryCopy;
import static dev.quire.backends.levelzero.ze.LevelZero.zeCommandListAppendMemoryFill;
import static dev.quire.backends.levelzero.ze.LevelZero.zeKernelSetArgumentValue;
import static dev.quire.backends.levelzero.ze.LevelZero.zeKernelSetGroupSize;

import dev.quire.api.BackendException.Kind;
import dev.quire.backends.levelzero.ze._ze_command_list_handle_t;
import dev.quire.backends.levelzero.ze._ze_event_handle_t;
import dev.quire.backends.levelzero.ze._ze_kernel_handle_t;
import dev.quire.backends.levelzero.ze.ze_group_count_t;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.Operand;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/** Appends commands to a list. What it points the driver at lives in the caller's {@link org.bytedeco.javacpp.PointerScope}. */
final class CommandWriter {
    private final _ze_command_list_handle_t list;
    private final Modules modules;
    private final IntPointer integer = new IntPointer(1);
    private final FloatPointer real = new FloatPointer(1);
    private final LongPointer pointer = new LongPointer(1);
    private final BytePointer zero = new BytePointer(1).put((byte) 0);
    private final ze_group_count_t grid = new ze_group_count_t();

    CommandWriter(_ze_command_list_handle_t list, Modules modules) {
        this.list = list;
        this.modules = modules;
    }

    void append(Command command) {
        switch (command) {
            case Command.Launch launch -> launch(launch);
            case Command.Upload(var from, var to, long offset) ->
                copy(at(to, offset), new Address(from.address()), from.byteSize());
            case Command.Download(var from, long offset, var to) ->
                copy(new Address(to.address()), at(from, offset), to.byteSize());
            case Command.Zero(var memory) ->
                check(
                        zeCommandListAppendMemoryFill(
                                list, at(memory, 0), zero, 1, memory.bytes(), null, 0, (_ze_event_handle_t) null),
                        "zeCommandListAppendMemoryFill");
        }
    }

    private void launch(Command.Launch launch) {
        _ze_kernel_handle_t kernel = modules.kernel(launch.kernel());
        check(zeKernelSetGroupSize(kernel, launch.groupSize(), 1, 1), launch, "zeKernelSetGroupSize");
        for (int i = 0; i < launch.operands().size(); i++) {
            Operand operand = launch.operands().get(i);
            int result = switch (operand) {
                case Operand.Pointer(var memory, long offset) ->
                    zeKernelSetArgumentValue(
                            kernel, i, Long.BYTES, pointer.put(((UsmMemory) memory).address() + offset));
                case Operand.Tensor tensor ->
                    throw new IllegalStateException("only warp groups take a tensor: " + tensor);
                case Operand.Nowhere() -> zeKernelSetArgumentValue(kernel, i, Long.BYTES, null);
                case Operand.Int(int value) -> zeKernelSetArgumentValue(kernel, i, Integer.BYTES, integer.put(value));
                case Operand.Real(float value) -> zeKernelSetArgumentValue(kernel, i, Float.BYTES, real.put(value));
            };
            check(result, launch, "zeKernelSetArgumentValue");
        }
        grid.groupCountX(launch.groups()).groupCountY(1).groupCountZ(1);
        check(
                zeCommandListAppendLaunchKernel(list, kernel, grid, null, 0, (_ze_event_handle_t) null),
                launch,
                "zeCommandListAppendLaunchKernel");
    }

    private void copy(Pointer to, Pointer from, long bytes) {
        check(
                zeCommandListAppendMemoryCopy(list, to, from, bytes, null, 0, (_ze_event_handle_t) null),
                "zeCommandListAppendMemoryCopy");
    }

    private static Pointer at(DeviceMemory memory, long offset) {
        return new Address(((UsmMemory) memory).address() + offset);
    }

    private static void check(int result, Command.Launch launch, String call) {
        Status.check(result, Kind.STEP_FAILED, "%s of %s".formatted(call, launch.kernel()));
    }

    private static void check(int result, String call) {
        Status.check(result, Kind.STEP_FAILED, call);
    }
}
