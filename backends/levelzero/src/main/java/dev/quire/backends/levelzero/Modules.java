package dev.quire.backends.levelzero;

import static dev.quire.backends.levelzero.ze.LevelZero.ZE_MODULE_FORMAT_IL_SPIRV;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_MODULE_FORMAT_NATIVE;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_RESULT_SUCCESS;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_STRUCTURE_TYPE_KERNEL_DESC;
import static dev.quire.backends.levelzero.ze.LevelZero.ZE_STRUCTURE_TYPE_MODULE_DESC;
import static dev.quire.backends.levelzero.ze.LevelZero.zeKernelCreate;
import static dev.quire.backends.levelzero.ze.LevelZero.zeKernelDestroy;
import static dev.quire.backends.levelzero.ze.LevelZero.zeModuleBuildLogDestroy;
import static dev.quire.backends.levelzero.ze.LevelZero.zeModuleBuildLogGetString;
import static dev.quire.backends.levelzero.ze.LevelZero.zeModuleCreate;
import static dev.quire.backends.levelzero.ze.LevelZero.zeModuleDestroy;
import static dev.quire.backends.levelzero.ze.LevelZero.zeModuleGetNativeBinary;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.backends.levelzero.ze._ze_context_handle_t;
import dev.quire.backends.levelzero.ze._ze_kernel_handle_t;
import dev.quire.backends.levelzero.ze._ze_module_build_log_handle_t;
import dev.quire.backends.levelzero.ze._ze_module_handle_t;
import dev.quire.backends.levelzero.ze.ze_kernel_desc_t;
import dev.quire.backends.levelzero.ze.ze_module_desc_t;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.SpirvModule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.SizeTPointer;

/** Kernels of a device, from SPIR-V or from the binary that an earlier run kept. */
final class Modules implements AutoCloseable {
    private static final int LOG_LINES = 10;
    private static final long SMALL_POINTERS = 4L << 30;
    private static final String LARGE_BUFFERS = "-ze-opt-greater-than-4GB-buffer-required";

    private final Target target;
    private final _ze_context_handle_t context;
    private final KernelCache cache;
    private final Function<String, SpirvModule> sources;
    private final String flags;
    private final Map<String, Built> built = new LinkedHashMap<>();

    private record Built(_ze_module_handle_t module, _ze_kernel_handle_t kernel) {}

    Modules(Target target, _ze_context_handle_t context, KernelCache cache, Function<String, SpirvModule> sources) {
        this.target = target;
        this.context = context;
        this.cache = cache;
        this.sources = sources;
        this.flags = target.info().memoryBytes() > SMALL_POINTERS ? LARGE_BUFFERS : "";
    }

    /** A kernel, built unless it is. */
    _ze_kernel_handle_t kernel(String name) {
        return built.computeIfAbsent(name, this::build).kernel();
    }

    private Built build(String name) {
        SpirvModule source = sources.apply(name);
        String driver = target.info().driver();
        KernelCache.Key key = new KernelCache.Key(source.source(), target.info().name(), driver, "levelzero " + flags);
        try (PointerScope _ = new PointerScope()) {
            byte[] binary = cache.get(key, () -> binary(source));
            _ze_module_handle_t module = create(name, ZE_MODULE_FORMAT_NATIVE, binary);
            ze_kernel_desc_t wanted = new ze_kernel_desc_t();
            wanted.stype(ZE_STRUCTURE_TYPE_KERNEL_DESC)
                    .pNext(null)
                    .flags(0)
                    .pKernelName(new BytePointer(source.function()));
            _ze_kernel_handle_t kernel = new _ze_kernel_handle_t();
            Status.check(zeKernelCreate(module, wanted, kernel), Kind.UNSUPPORTED, "zeKernelCreate of " + name);
            return new Built(module, kernel);
        }
    }

    /** What the driver makes of a module. */
    private byte[] binary(SpirvModule source) {
        _ze_module_handle_t module = create(source.kernel(), ZE_MODULE_FORMAT_IL_SPIRV, source.code());
        SizeTPointer size = new SizeTPointer(1);
        String call = "zeModuleGetNativeBinary of " + source.kernel();
        Status.check(zeModuleGetNativeBinary(module, size, (BytePointer) null), Kind.UNSUPPORTED, call);
        BytePointer bytes = new BytePointer(size.get());
        Status.check(zeModuleGetNativeBinary(module, size, bytes), Kind.UNSUPPORTED, call);
        byte[] binary = new byte[(int) size.get()];
        bytes.get(binary);
        zeModuleDestroy(module);
        return binary;
    }

    private _ze_module_handle_t create(String kernel, int format, byte[] code) {
        ze_module_desc_t wanted = new ze_module_desc_t();
        wanted.stype(ZE_STRUCTURE_TYPE_MODULE_DESC)
                .pNext(null)
                .format(format)
                .inputSize(code.length)
                .pInputModule(new BytePointer(code))
                .pBuildFlags(new BytePointer(flags))
                .pConstants(null);
        _ze_module_handle_t module = new _ze_module_handle_t();
        _ze_module_build_log_handle_t log = new _ze_module_build_log_handle_t();
        int result = zeModuleCreate(context, target.device(), wanted, module, log);
        String said = log.isNull() ? "" : text(log);
        if (result != ZE_RESULT_SUCCESS) {
            throw new BackendException(
                    Kind.UNSUPPORTED,
                    "kernel %s does not build for %s: %s\n%s"
                            .formatted(kernel, target.info().name(), Status.text(result), said)
                            .strip());
        }
        return module;
    }

    /** The first lines of a log, which is freed. */
    private static String text(_ze_module_build_log_handle_t log) {
        SizeTPointer size = new SizeTPointer(1);
        Status.check(
                zeModuleBuildLogGetString(log, size, (BytePointer) null),
                Kind.UNSUPPORTED,
                "zeModuleBuildLogGetString");
        BytePointer text = new BytePointer(Math.max(1, size.get()));
        Status.check(zeModuleBuildLogGetString(log, size, text), Kind.UNSUPPORTED, "zeModuleBuildLogGetString");
        zeModuleBuildLogDestroy(log);
        return text.getString().lines().limit(LOG_LINES).collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        for (Built each : built.values()) {
            zeKernelDestroy(each.kernel());
            zeModuleDestroy(each.module());
        }
    }
}
