package dev.quire.backends.levelzero;

import static dev.quire.backends.levelzero.ze.LevelZero.ZE_COMMAND_QUEUE_MODE_ASYNCHRONOUS;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_STRUCTURE_TYPE_COMMAND_QUEUE_DESC;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_STRUCTURE_TYPE_CONTEXT_DESC;
import static dev.quire.backends.levelzero.ze.LevelZero.zeCommandQueueCreate;
import static dev.quire.backends.levelzero.ze.LevelZero.zeCommandQueueDestroy;
import static dev.quire.backends.levelzero.ze.LevelZero.zeContextCreate;
import static dev.quire.backends.levelzero.ze.LevelZero.zeContextDestroy;

import dev.quire.api.BackendException.Kind;
import dev.quire.api.DeviceInfo;
import dev.quire.backends.levelzero.ze._ze_command_queue_handle_t;
import dev.quire.backends.levelzero.ze._ze_context_handle_t;
import dev.quire.backends.levelzero.ze.ze_command_queue_desc_t;
import dev.quire.backends.levelzero.ze.ze_context_desc_t;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.SpirvModule;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Device;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Recording;
import dev.quire.kernels.device.Tiling;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;

/** A Level Zero device with a context, one queue and its kernels. */
final class LevelZeroDevice implements Device {
    /** What the portable kernels need of a work-group, and so every device that runs them has. */
    private static final int GROUP_ITEMS = 256;

    private static final int GROUP_BYTES = 26 << 10;

    private final Target target;
    private final KernelSet kernels;
    private final KernelCache cache;
    private final _ze_context_handle_t context;
    private final _ze_command_queue_handle_t queue;
    private final Modules modules;

    /** @param sources what to build a kernel of */
    LevelZeroDevice(Target target, KernelSet kernels, KernelCache cache, Function<String, SpirvModule> sources) {
        this.target = target;
        this.kernels = kernels;
        this.cache = cache;
        this.context = new _ze_context_handle_t();
        this.queue = new _ze_command_queue_handle_t();
        try (PointerScope _ = new PointerScope()) {
            ze_context_desc_t wanted = new ze_context_desc_t();
            wanted.stype(ZE_STRUCTURE_TYPE_CONTEXT_DESC).pNext(null).flags(0);
            Status.check(zeContextCreate(target.driver(), wanted, context), Kind.UNSUPPORTED, "zeContextCreate");
            ze_command_queue_desc_t asynchronous = new ze_command_queue_desc_t();
            asynchronous
                    .stype(ZE_STRUCTURE_TYPE_COMMAND_QUEUE_DESC)
                    .pNext(null)
                    .ordinal(target.queueGroup())
                    .index(0)
                    .flags(0)
                    .mode(ZE_COMMAND_QUEUE_MODE_ASYNCHRONOUS)
                    .priority(0);
            Status.check(
                    zeCommandQueueCreate(context, target.device(), asynchronous, queue),
                    Kind.UNSUPPORTED,
                    "zeCommandQueueCreate");
        }
        this.modules = new Modules(target, context, cache, sources);
    }

    @Override
    public DeviceInfo info() {
        return target.info();
    }

    @Override
    public String description() {
        return "Level Zero driver %s, %s%s"
                .formatted(
                        target.info().driver(),
                        target.integrated() ? "memory shared with the host" : "memory of its own",
                        kernels == KernelSet.TILES ? ", FAST by tiles in local memory" : "");
    }

    @Override
    public Optional<Tiling> tiling() {
        return kernels == KernelSet.TILES
                ? Optional.of(new Tiling(GROUP_ITEMS, GROUP_BYTES, false, cache))
                : Optional.empty();
    }

    @Override
    public void build(String kernel) {
        modules.kernel(kernel);
    }

    @Override
    public DeviceMemory allocate(long bytes, MemoryUse use) {
        return UsmMemory.allocate(target, context, bytes, use);
    }

    @Override
    public Recording record(List<Command> commands) {
        return new CommandList(target, context, queue, modules, commands);
    }

    @Override
    public void close() {
        modules.close();
        zeCommandQueueDestroy(queue);
        zeContextDestroy(context);
    }
}
