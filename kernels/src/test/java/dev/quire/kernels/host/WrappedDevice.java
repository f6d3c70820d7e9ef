package dev.quire.kernels.host;

import dev.quire.api.DeviceInfo;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Completion;
import dev.quire.kernels.device.Device;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Recording;
import dev.quire.kernels.portable.WorkItem;
import java.util.List;

/** Another device, unchanged: what is overridden is all that differs. */
class WrappedDevice implements Device {
    private final Device device;

    /** @param device closed with this one */
    WrappedDevice(Device device) {
        this.device = device;
    }

    @Override
    public DeviceInfo info() {
        return device.info();
    }

    @Override
    public String description() {
        return device.description();
    }

    @Override
    public WorkItem workItem() {
        return device.workItem();
    }

    @Override
    public void build(String kernel) {
        device.build(kernel);
    }

    @Override
    public DeviceMemory allocate(long bytes, MemoryUse use) {
        return device.allocate(bytes, use);
    }

    @Override
    public final Recording record(List<Command> commands) {
        Recording recording = device.record(commands);
        return new Recording() {
            @Override
            public Completion submit() {
                return WrappedDevice.this.submit(recording, commands);
            }

            @Override
            public void close() {
                recording.close();
            }
        };
    }

    /** Replays what was recorded. */
    Completion submit(Recording recording, List<Command> commands) {
        return recording.submit();
    }

    @Override
    public void close() {
        device.close();
    }
}
