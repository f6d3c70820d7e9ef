package dev.quire.kernels.host;

import dev.quire.api.BackendException;
import dev.quire.api.DeviceInfo;
import dev.quire.kernels.KernelName;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Completion;
import dev.quire.kernels.device.Device;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Operand;
import dev.quire.kernels.device.Recording;
import dev.quire.kernels.portable.Region;
import dev.quire.kernels.portable.TensorShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Kernels on a thread of their own, as a device that works while its caller goes on. */
class HostDevice implements Device {
    private final DeviceInfo info;
    private final HostLibrary library;
    private final ExecutorService worker = Executors.newSingleThreadExecutor();

    HostDevice(DeviceInfo info, HostLibrary library) {
        this.info = info;
        this.library = library;
    }

    /** What holds a kernel. */
    HostLibrary library(String kernel) {
        return library;
    }

    /** Memory that the host sees, or that it must copy. */
    private record HostMemory(MemorySegment segment, Arena arena, boolean shared) implements DeviceMemory {
        @Override
        public long bytes() {
            return segment.byteSize();
        }

        @Override
        public Optional<MemorySegment> host() {
            return shared ? Optional.of(segment) : Optional.empty();
        }

        @Override
        public void close() {
            arena.close();
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** Whether memory of such a device has not been freed. */
    static boolean isHeld(DeviceMemory memory) {
        return ((HostMemory) memory).arena().scope().isAlive();
    }

    @Override
    public DeviceInfo info() {
        return info;
    }

    @Override
    public String description() {
        return "kernels as C++";
    }

    @Override
    public void build(String kernel) {
        library(kernel).entry(KernelName.parse(kernel).function());
    }

    /** Several weights to a piece where memory is not shared, and each alone where it is. */
    @Override
    public long weightPiece() {
        return info.index() == HostProvider.SHARED ? 0 : 1 << 20;
    }

    /** Memory whose every float is NaN, so that what is read before it is written shows. */
    @Override
    public DeviceMemory allocate(long bytes, MemoryUse use) {
        Arena arena = Arena.ofShared();
        MemorySegment memory = arena.allocate(bytes, Region.ALIGNMENT).fill((byte) 0xff);
        boolean shared = use == MemoryUse.EXCHANGE && info.index() == HostProvider.SHARED;
        return new HostMemory(memory, arena, shared);
    }

    @Override
    public Recording record(List<Command> commands) {
        return new Recording() {
            @Override
            public Completion submit() {
                CompletableFuture<Void> end =
                        CompletableFuture.runAsync(() -> commands.forEach(HostDevice.this::run), worker);
                return new HostCompletion(end::isDone, () -> join(end));
            }

            @Override
            public void close() {
                // Garbage, once nothing names it.
            }
        };
    }

    private static void join(CompletableFuture<Void> end) {
        try {
            end.join();
        } catch (CompletionException e) {
            throw new BackendException(BackendException.Kind.STEP_FAILED, "a kernel failed: " + e, e);
        }
    }

    private void run(Command command) {
        switch (command) {
            case Command.Launch launch -> launch(launch);
            case Command.Upload(MemorySegment from, DeviceMemory to, long offset) ->
                MemorySegment.copy(from, 0, segment(to), offset, from.byteSize());
            case Command.Download(DeviceMemory from, long offset, MemorySegment to) ->
                MemorySegment.copy(segment(from), offset, to, 0, to.byteSize());
            case Command.Zero(DeviceMemory memory) -> segment(memory).fill((byte) 0);
        }
    }

    private void launch(Command.Launch launch) {
        try (Arena arena = Arena.ofConfined()) {
            List<Operand> operands = launch.operands();
            MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, operands.size());
            MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, operands.size());
            for (int i = 0; i < operands.size(); i++) {
                MemorySegment value = values.asSlice(i * 8L, 8);
                switch (operands.get(i)) {
                    case Operand.Pointer(DeviceMemory memory, long offset) ->
                        value.set(ValueLayout.JAVA_LONG, 0, segment(memory).address() + offset);
                    case Operand.Tensor(Operand.Pointer(DeviceMemory memory, long offset), TensorShape shape) ->
                        value = HostTensor.describe(segment(memory).address() + offset, shape, arena);
                    case Operand.Nowhere() -> value.set(ValueLayout.JAVA_LONG, 0, 0);
                    case Operand.Int(int number) -> value.set(ValueLayout.JAVA_INT, 0, number);
                    case Operand.Real(float number) -> value.set(ValueLayout.JAVA_FLOAT, 0, number);
                }
                pointers.setAtIndex(ValueLayout.ADDRESS, i, value);
            }
            HostLibrary kernels = library(launch.kernel());
            synchronized (kernels) { // shared by all backends of this JVM
                String function = KernelName.parse(launch.kernel()).function();
                kernels.launch(function, launch.groups(), launch.groupSize(), pointers);
            }
        }
    }

    private static MemorySegment segment(DeviceMemory memory) {
        return ((HostMemory) memory).segment();
    }

    @Override
    public void close() {
        worker.close();
    }
}
