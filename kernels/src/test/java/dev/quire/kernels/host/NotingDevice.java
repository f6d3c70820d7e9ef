package dev.quire.kernels.host;

import dev.quire.kernels.KernelName;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Completion;
import dev.quire.kernels.device.Device;
import dev.quire.kernels.device.Recording;
import dev.quire.kernels.portable.WorkItem;
import java.util.ArrayList;
import java.util.List;

/** A device that notes what it launches. */
final class NotingDevice extends WrappedDevice {
    private final List<String> functions = new ArrayList<>();

    NotingDevice(Device device) {
        super(device);
    }

    /** The one that has kernels of the CUDA family. */
    static NotingDevice warp() {
        return new NotingDevice(new WarpDevice(
                new HostProvider().devices().get(HostProvider.WARP), WorkItem.WARP, HostProvider.library()));
    }

    @Override
    Completion submit(Recording recording, List<Command> commands) {
        for (Command command : commands) {
            if (command instanceof Command.Launch launch) {
                functions.add(KernelName.parse(launch.kernel()).function());
            }
        }
        return super.submit(recording, commands);
    }

    /** Functions of kernels, in the order of launches. */
    List<String> functions() {
        return functions;
    }
}
