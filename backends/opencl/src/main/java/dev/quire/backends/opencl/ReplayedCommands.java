package dev.quire.backends.opencl;

import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Completion;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.Operand;
import dev.quire.kernels.device.Recording;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_kernel;

/** Commands as calls whose arguments are all set: each launch has a kernel of its own. */
final class ReplayedCommands implements Recording {
    private final cl_command_queue queue;
    private final Programs programs;
    private final EventWatch watch;
    private final List<Call> calls = new ArrayList<>();
    private final List<cl_kernel> kernels = new ArrayList<>();

    ReplayedCommands(cl_command_queue queue, Programs programs, EventWatch watch, List<Command> commands) {
        this.queue = queue;
        this.programs = programs;
        this.watch = watch;
        try {
            commands.forEach(this::add);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        if (commands.isEmpty() || !(commands.getLast() instanceof Command.Launch)) {
            calls.add(event ->
                    Status.check(CL.clEnqueueMarkerWithWaitList(queue, 0, null, event), "clEnqueueMarkerWithWaitList"));
        }
    }

    private void add(Command command) {
        switch (command) {
            case Command.Launch launch -> launch(launch);
            case Command.Upload(MemorySegment from, DeviceMemory to, long offset) ->
                calls.add(((ClMemory) to).write(from, offset));
            case Command.Download(DeviceMemory from, long offset, MemorySegment to) ->
                calls.add(((ClMemory) from).read(to, offset));
            case Command.Zero(DeviceMemory memory) -> calls.add(((ClMemory) memory).zero());
        }
    }

    private void launch(Command.Launch launch) {
        cl_kernel kernel = programs.create(launch.kernel());
        kernels.add(kernel);
        for (int i = 0; i < launch.operands().size(); i++) {
            switch (launch.operands().get(i)) {
                case Operand.Pointer(DeviceMemory memory, long offset) -> ((ClMemory) memory).bind(kernel, i, offset);
                case Operand.Tensor tensor ->
                    throw new IllegalStateException("only warp groups take a tensor: " + tensor);
                case Operand.Nowhere() -> set(kernel, i, Sizeof.cl_mem, null);
                case Operand.Int(int value) -> set(kernel, i, Sizeof.cl_int, Pointer.to(new int[] {value}));
                case Operand.Real(float value) -> set(kernel, i, Sizeof.cl_float, Pointer.to(new float[] {value}));
            }
        }
        long[] global = {(long) launch.groups() * launch.groupSize()};
        long[] local = {launch.groupSize()};
        String call = "clEnqueueNDRangeKernel of " + launch.kernel();
        calls.add(event ->
                Status.check(CL.clEnqueueNDRangeKernel(queue, kernel, 1, null, global, local, 0, null, event), call));
    }

    private static void set(cl_kernel kernel, int index, int bytes, Pointer value) {
        Status.check(CL.clSetKernelArg(kernel, index, bytes, value), "clSetKernelArg");
    }

    /** The queue is in order, so the last command's event is the end of all. */
    @Override
    public Completion submit() {
        cl_event event = new cl_event();
        try {
            int last = calls.size() - 1;
            for (int i = 0; i < last; i++) {
                calls.get(i).enqueue(null);
            }
            calls.get(last).enqueue(event);
        } catch (RuntimeException e) {
            // Those before it read memory that is written again. A device that does not even finish is lost.
            CL.clFinish(queue);
            throw e;
        }
        return watch.watch(event);
    }

    @Override
    public void close() {
        kernels.forEach(CL::clReleaseKernel);
    }
}
