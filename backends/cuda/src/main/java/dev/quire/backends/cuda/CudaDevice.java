package dev.quire.backends.cuda;

import dev.quire.api.BackendException;
import dev.quire.api.DeviceInfo;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Device;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Recording;
import dev.quire.kernels.device.StepSizes;
import dev.quire.kernels.foreign.LibrarySearch;
import dev.quire.kernels.portable.LibraryLinear;
import dev.quire.kernels.portable.WorkItem;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** An NVIDIA GPU with its primary context, one stream and its kernels. */
final class CudaDevice implements Device {
    /** The first compute capability whose tensor cores multiply bf16: kernels of the CUDA family run from here on, and cuBLASLt multiplies. */
    private static final int AMPERE = 80;
    /** What NVIDIA advises for Hopper. */
    private static final int WORKSPACE_BYTES = 32 << 20;

    private static final Set<WeightFormat> LIBRARY_FORMATS = Set.of(WeightFormat.BF16, WeightFormat.F32);

    private final Target target;
    private final WorkItem workItem;
    private final Binaries binaries;
    private final CudaContext context;
    private final Modules modules;
    private final StreamWriter writer;
    private final GraphPool graphs;
    private final LibrarySearch libraries;
    private final Consumer<String> notices;
    private Optional<MatrixProducts> products = Optional.empty();
    private boolean searched;

    /** With the kernels that are its own by default. */
    CudaDevice(
            Target target,
            Binaries binaries,
            LibrarySearch libraries,
            Function<String, KernelSource> sources,
            Consumer<String> notices) {
        this(target, Prompts.WARPS.workItem(target), binaries, libraries, sources, notices);
    }

    /**
     * @param workItem what the target has
     * @param libraries where cuBLASLt may be
     * @param sources of kernels by name
     * @param notices hears why the best binary of a kernel was passed over, and why kernels multiply instead of cuBLASLt
     */
    CudaDevice(
            Target target,
            WorkItem workItem,
            Binaries binaries,
            LibrarySearch libraries,
            Function<String, KernelSource> sources,
            Consumer<String> notices) {
        this.target = target;
        this.workItem = workItem;
        this.binaries = binaries;
        this.libraries = libraries;
        this.notices = notices;
        this.context = new CudaContext(target);
        this.modules = new Modules(context, binaries, sources, notices);
        this.writer = new StreamWriter(context, modules, () -> products.orElseThrow());
        this.graphs = new GraphPool(context, writer);
    }

    @Override
    public DeviceInfo info() {
        return target.info();
    }

    @Override
    public String description() {
        return "CUDA %s, compute capability %s, %s"
                .formatted(target.driver().version(), target.capability(), binaries.text());
    }

    /** Graphs are dear to make and cheap to launch. */
    @Override
    public StepSizes stepSizes() {
        return StepSizes.PADDED;
    }

    /** cuBLASLt is looked for when it is first asked for, and only where tensor cores multiply bf16. */
    @Override
    public Optional<LibraryLinear> library() {
        if (!searched && target.architecture() >= AMPERE) {
            products = search();
        }
        searched = true;
        return products.map(any -> new LibraryLinear(LIBRARY_FORMATS, WORKSPACE_BYTES));
    }

    private Optional<MatrixProducts> search() {
        try {
            CublasLt library = CublasLt.find(libraries, target.driver().major());
            return Optional.of(new MatrixProducts(context, library, WORKSPACE_BYTES));
        } catch (BackendException e) {
            notices.accept("In fast numerics, linear layers of more than %d rows run on Quire's own kernels: %s"
                    .formatted(LibraryLinear.OWN_ROWS, e.getMessage()));
            return Optional.empty();
        }
    }

    @Override
    public WorkItem workItem() {
        return workItem;
    }

    @Override
    public void build(String kernel) {
        modules.function(kernel);
    }

    @Override
    public DeviceMemory allocate(long bytes, MemoryUse use) {
        return CudaMemory.allocate(context, bytes, use);
    }

    /** All stand in one, so that what does not fit is known before any is read. */
    @Override
    public long weightPiece() {
        return Long.MAX_VALUE;
    }

    @Override
    public Recording record(List<Command> commands) {
        return new Replay(context, writer, graphs, commands);
    }

    @Override
    public void close() {
        graphs.close();
        writer.close();
        products.ifPresent(MatrixProducts::close);
        modules.close();
        context.close();
    }
}
