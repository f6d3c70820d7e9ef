package dev.quire.backends.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelName;
import dev.quire.kernels.KernelSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The kernels of a device: compiled, or taken from disk, and loaded. */
final class Modules implements AutoCloseable {
    private final CudaContext context;
    private final Nvrtc nvrtc;
    private final KernelCache cache;
    private final Function<String, KernelSource> sources;
    private final Map<String, Loaded> loaded = new LinkedHashMap<>();

    private record Loaded(long module, long function) {}

    /** @param sources of kernels by name */
    Modules(CudaContext context, Nvrtc nvrtc, KernelCache cache, Function<String, KernelSource> sources) {
        this.context = context;
        this.nvrtc = nvrtc;
        this.cache = cache;
        this.sources = sources;
    }

    /** A kernel's function, built unless it is. */
    long function(String kernel) {
        return loaded.computeIfAbsent(kernel, this::build).function();
    }

    private Loaded build(String kernel) {
        Target target = context.target();
        KernelSource source = sources.apply(kernel);
        KernelCache.Key key = new KernelCache.Key(
                source.sha256(),
                "compute capability " + target.architecture(),
                target.info().driver(),
                "nvrtc %s %s".formatted(nvrtc.version(), nvrtc.options(target)));
        byte[] binary = cache.get(key, () -> nvrtc.compile(source, target));
        Driver driver = context.enter();
        try (Arena arena = Arena.ofConfined()) {
            long module = load(kernel, arena.allocateFrom(JAVA_BYTE, binary));
            try {
                MemorySegment name = arena.allocateFrom(KernelName.parse(kernel).function());
                long function = driver.make(Kind.UNSUPPORTED, driver.moduleGetFunction, module, name);
                return new Loaded(module, function);
            } catch (BackendException e) {
                context.release(driver.moduleUnload, module);
                throw e;
            }
        }
    }

    private long load(String kernel, MemorySegment binary) {
        Driver driver = context.enter();
        try {
            return driver.make(Kind.UNSUPPORTED, driver.moduleLoadData, binary);
        } catch (BackendException e) {
            throw new BackendException(
                    e.kind(),
                    "kernel %s, compiled by NVRTC %s, does not load on %s with the driver for CUDA %s: %s; update the driver, or delete the kernel cache"
                            .formatted(
                                    kernel,
                                    nvrtc.version(),
                                    context.target().info().name(),
                                    driver.version(),
                                    e.getMessage()),
                    e);
        }
    }

    @Override
    public void close() {
        loaded.values().forEach(each -> context.release(context.target().driver().moduleUnload, each.module()));
    }
}
