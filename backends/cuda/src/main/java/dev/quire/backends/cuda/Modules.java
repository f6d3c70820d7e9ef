package dev.quire.backends.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.backends.cuda.Binaries.Binary;
import dev.quire.kernels.KernelName;
import dev.quire.kernels.KernelSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** The kernels of a device, loaded. */
final class Modules implements AutoCloseable {
    private final CudaContext context;
    private final Binaries binaries;
    private final Function<String, KernelSource> sources;
    private final Map<String, Loaded> loaded = new LinkedHashMap<>();

    private record Loaded(long module, long function) {}

    /** @param sources of kernels by name */
    Modules(CudaContext context, Binaries binaries, Function<String, KernelSource> sources) {
        this.context = context;
        this.binaries = binaries;
        this.sources = sources;
    }

    /** A kernel's function, built unless it is. */
    long function(String kernel) {
        return loaded.computeIfAbsent(kernel, this::build).function();
    }

    /** Takes the first binary that the driver takes. */
    private Loaded build(String kernel) {
        Iterator<Supplier<Binary>> candidates =
                binaries.of(sources.apply(kernel)).iterator();
        while (true) {
            try {
                return load(kernel, candidates.next().get());
            } catch (BackendException e) {
                if (e.kind() != Kind.UNSUPPORTED || !candidates.hasNext()) {
                    throw e;
                }
            }
        }
    }

    private Loaded load(String kernel, Binary binary) {
        Driver driver = context.enter();
        try (Arena arena = Arena.ofConfined()) {
            long module = module(kernel, binary, arena.allocateFrom(JAVA_BYTE, binary.code()));
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

    private long module(String kernel, Binary binary, MemorySegment code) {
        Driver driver = context.enter();
        try {
            return driver.make(Kind.UNSUPPORTED, driver.moduleLoadData, code);
        } catch (BackendException e) {
            throw new BackendException(
                    e.kind(),
                    "kernel %s, %s, does not load on %s with the driver for CUDA %s: %s; update the driver, or delete the kernel cache"
                            .formatted(
                                    kernel,
                                    binary.origin(),
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
