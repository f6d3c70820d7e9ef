package dev.quire.backends.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.backends.cuda.Binaries.Binary;
import dev.quire.kernels.KernelName;
import dev.quire.kernels.KernelSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The kernels of a device, loaded. */
final class Modules implements AutoCloseable {
    /** What any launch may ask for. */
    private static final int GRANTED = 48 << 10;

    private static final int MOST_DYNAMIC_SHARED_BYTES = 8;

    private final CudaContext context;
    private final Binaries binaries;
    private final Function<String, KernelSource> sources;
    private final Consumer<String> notices;
    private final Map<String, Loaded> loaded = new LinkedHashMap<>();
    private final Set<String> told = new HashSet<>();

    /** @param localBytes of each group that a launch may ask for beyond what the kernel declares */
    private record Loaded(long module, long function, int localBytes) {}

    /**
     * @param sources of kernels by name
     * @param notices hears why the best binary of a kernel was passed over, each reason once
     */
    Modules(CudaContext context, Binaries binaries, Function<String, KernelSource> sources, Consumer<String> notices) {
        this.context = context;
        this.binaries = binaries;
        this.sources = sources;
        this.notices = notices;
    }

    /** A kernel's function, built unless it is. */
    long function(String kernel) {
        return loaded.computeIfAbsent(kernel, this::build).function();
    }

    /** A kernel's function, built unless it is, for launches that ask for so much local memory. */
    long function(String kernel, int localBytes) {
        long function = function(kernel);
        Loaded ready = loaded.get(kernel);
        if (localBytes > ready.localBytes()) {
            Driver driver = context.enter();
            driver.check(
                    driver.funcSetAttribute.call(function, MOST_DYNAMIC_SHARED_BYTES, localBytes),
                    Kind.UNSUPPORTED,
                    "%d bytes of local memory for kernel %s".formatted(localBytes, kernel));
            loaded.put(kernel, new Loaded(ready.module(), function, localBytes));
        }
        return function;
    }

    /** Takes the first binary that the driver takes. */
    private Loaded build(String kernel) {
        List<BackendException> refusals = new ArrayList<>();
        Iterator<Supplier<Binary>> candidates =
                binaries.of(sources.apply(kernel)).iterator();
        while (candidates.hasNext()) {
            try {
                Binary binary = candidates.next().get();
                Loaded found = load(kernel, binary);
                tell(kernel, binary, refusals);
                return found;
            } catch (BackendException e) {
                if (e.kind() != Kind.UNSUPPORTED) {
                    throw e;
                }
                refusals.add(e);
            }
        }
        throw refused(refusals);
    }

    private void tell(String kernel, Binary binary, List<BackendException> refusals) {
        String reasons = reasons(refusals);
        if (!refusals.isEmpty() && told.add(reasons)) {
            notices.accept("Kernel %s runs as %s: %s".formatted(kernel, binary.origin(), reasons));
        }
    }

    private static BackendException refused(List<BackendException> refusals) {
        if (refusals.size() == 1) {
            return refusals.getFirst();
        }
        BackendException all = new BackendException(Kind.UNSUPPORTED, reasons(refusals));
        refusals.forEach(all::addSuppressed);
        return all;
    }

    private static String reasons(List<BackendException> refusals) {
        return refusals.stream().map(BackendException::getMessage).collect(Collectors.joining("; and then, "));
    }

    private Loaded load(String kernel, Binary binary) {
        Driver driver = context.enter();
        try (Arena arena = Arena.ofConfined()) {
            long module = module(kernel, binary, arena.allocateFrom(JAVA_BYTE, binary.code()));
            try {
                MemorySegment name = arena.allocateFrom(KernelName.parse(kernel).function());
                long function = driver.make(Kind.UNSUPPORTED, driver.moduleGetFunction, module, name);
                return new Loaded(module, function, GRANTED);
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
