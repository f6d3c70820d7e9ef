package dev.quire.backends.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.quire.api.BackendException.Kind;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.Operand;
import dev.quire.kernels.portable.LibraryLinear;
import dev.quire.kernels.portable.TensorShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Gives commands to the stream, which runs them, or remembers them while it captures. */
final class StreamWriter implements AutoCloseable {
    private final CudaContext context;
    private final Modules modules;
    private final Supplier<MatrixProducts> products;
    private Optional<PinnedStaging> staging = Optional.empty();

    /** @param products what multiplies where a launch says so */
    StreamWriter(CudaContext context, Modules modules, Supplier<MatrixProducts> products) {
        this.context = context;
        this.modules = modules;
        this.products = products;
    }

    /** Builds what is not built: a stream that captures lets nothing be loaded. */
    void prepare(List<Command> commands) {
        for (Command command : commands) {
            if (command instanceof Command.Launch launch && multiplies(launch)) {
                products.get().prepare(shape(launch.operands()));
            } else if (command instanceof Command.Launch launch) {
                modules.function(launch.kernel(), launch.localBytes());
            }
        }
    }

    /**
     * Gives a command to the stream, which does not capture: memory of the host that is large passes over pinned memory, and so does any once there is some.
     *
     * @return whether the command reads none of the host's memory from now on
     */
    boolean copy(Command command) {
        if (command instanceof Command.Upload(var from, var to, long offset)
                && (staging.isPresent() || from.byteSize() >= PinnedStaging.LEAST_BYTES)) {
            PinnedStaging pinned = staging.orElseGet(() -> new PinnedStaging(context));
            staging = Optional.of(pinned);
            pinned.upload(from, at(to, offset));
            return true;
        }
        write(command);
        return !(command instanceof Command.Upload);
    }

    void write(Command command) {
        Driver driver = context.enter();
        long stream = context.stream();
        switch (command) {
            case Command.Launch launch when multiplies(launch) -> multiply(launch.operands());
            case Command.Launch launch -> launch(driver, launch);
            case Command.Upload(var from, var to, long offset) ->
                driver.run(Kind.STEP_FAILED, driver.memcpyHtoDAsync, at(to, offset), from, from.byteSize(), stream);
            case Command.Download(var from, long offset, var to) ->
                driver.run(Kind.STEP_FAILED, driver.memcpyDtoHAsync, to, at(from, offset), to.byteSize(), stream);
            case Command.Zero(var memory) ->
                driver.run(Kind.STEP_FAILED, driver.memsetD8Async, at(memory, 0), (byte) 0, memory.bytes(), stream);
        }
    }

    private static boolean multiplies(Command.Launch launch) {
        return launch.kernel().equals(LibraryLinear.KERNEL);
    }

    private void multiply(List<Operand> operands) {
        products.get()
                .multiply(
                        shape(operands),
                        new MatrixProducts.Places(
                                pointer(operands, 0),
                                pointer(operands, 1),
                                pointer(operands, 2),
                                pointer(operands, 3),
                                pointer(operands, 4)));
    }

    private static MatrixProducts.Shape shape(List<Operand> operands) {
        return new MatrixProducts.Shape(
                WeightFormat.values()[number(operands, 8)],
                number(operands, 5),
                number(operands, 6),
                number(operands, 7),
                number(operands, 9) != 0);
    }

    private static int number(List<Operand> operands, int index) {
        return ((Operand.Int) operands.get(index)).value();
    }

    private static long pointer(List<Operand> operands, int index) {
        return operands.get(index) instanceof Operand.Pointer(var memory, long offset) ? at(memory, offset) : 0;
    }

    private void launch(Driver driver, Command.Launch launch) {
        try (Arena arena = Arena.ofConfined()) {
            List<Operand> operands = launch.operands();
            MemorySegment pointers = arena.allocate(ADDRESS, operands.size());
            MemorySegment values = arena.allocate(JAVA_LONG, operands.size());
            for (int i = 0; i < operands.size(); i++) {
                MemorySegment value = values.asSlice(i * JAVA_LONG.byteSize(), JAVA_LONG.byteSize());
                switch (operands.get(i)) {
                    case Operand.Pointer(var memory, long offset) -> value.set(JAVA_LONG, 0, at(memory, offset));
                    case Operand.Tensor(Operand.Pointer(var memory, long offset), TensorShape shape) ->
                        value = TensorMap.of(driver, at(memory, offset), shape, arena);
                    case Operand.Nowhere() -> value.set(JAVA_LONG, 0, 0);
                    case Operand.Int(int number) -> value.set(JAVA_INT, 0, number);
                    case Operand.Real(float number) -> value.set(JAVA_FLOAT, 0, number);
                }
                pointers.setAtIndex(ADDRESS, i, value);
            }
            int status = driver.launchKernel.call(
                    modules.function(launch.kernel()),
                    launch.groups(),
                    1,
                    1,
                    launch.groupSize(),
                    1,
                    1,
                    launch.localBytes(),
                    context.stream(),
                    pointers,
                    MemorySegment.NULL);
            driver.check(status, Kind.STEP_FAILED, "%s of %s".formatted(driver.launchKernel.name(), launch.kernel()));
        }
    }

    private static long at(DeviceMemory memory, long offset) {
        return ((CudaMemory) memory).address() + offset;
    }

    /** Gives back what only copies of large memory need. */
    void endCopies() {
        staging.ifPresent(PinnedStaging::close);
        staging = Optional.empty();
    }

    @Override
    public void close() {
        endCopies();
    }
}
