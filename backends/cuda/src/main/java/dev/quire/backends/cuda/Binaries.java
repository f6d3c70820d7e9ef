package dev.quire.backends.cuda;

import dev.quire.api.BackendException;
import dev.quire.api.BackendException.Kind;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.nvrtc.CodeTarget;
import dev.quire.kernels.nvrtc.CompiledKernels;
import dev.quire.kernels.nvrtc.Nvrtc;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where the binaries of one GPU's kernels come from: compiled beforehand for this very architecture, compiled by NVRTC and kept on disk, or compiled
 * beforehand for an architecture before it. NVRTC is looked for when it is first needed.
 */
final class Binaries {
    /** No architecture before it is compiled for. */
    private static final int OLDEST = 75;

    private final Target target;
    private final CompiledKernels shipped;
    private final KernelCache cache;
    private final Supplier<Nvrtc> search;
    private Optional<Nvrtc> nvrtc = Optional.empty();

    /**
     * Code that a driver may load.
     *
     * @param origin who compiled it, for messages
     */
    record Binary(byte[] code, String origin) {}

    /** @param search finds NVRTC; throws a {@link BackendException} where there is none */
    Binaries(Target target, CompiledKernels shipped, KernelCache cache, Supplier<Nvrtc> search) {
        this.target = target;
        this.shipped = shipped;
        this.cache = cache;
        this.search = search;
    }

    /** Where a kernel's binary may come from, best first; at least one. */
    Stream<Supplier<Binary>> of(KernelSource source) {
        int capability = target.architecture();
        return Stream.of(
                        beforehand(source, Stream.of(CodeTarget.exactly(capability))),
                        Stream.<Supplier<Binary>>of(() -> compiled(source)),
                        beforehand(source, sameGeneration(capability)),
                        beforehand(source, down(capability).mapToObj(CodeTarget::from)))
                .flatMap(each -> each);
    }

    /** Architectures whose machine code a GPU runs as well, newest first. */
    private static Stream<CodeTarget> sameGeneration(int capability) {
        return down(capability - 1)
                .filter(each -> each / 10 == capability / 10 && each < CodeTarget.FIRST_WITH_OWN_FEATURES)
                .mapToObj(CodeTarget::exactly);
    }

    private static IntStream down(int capability) {
        return IntStream.iterate(capability, each -> each >= OLDEST, each -> each - 1);
    }

    private Stream<Supplier<Binary>> beforehand(KernelSource source, Stream<CodeTarget> architectures) {
        return architectures.flatMap(architecture -> shipped.find(source, architecture).stream()
                .map(code -> () -> new Binary(code, "compiled beforehand for " + architecture)));
    }

    private Binary compiled(KernelSource source) {
        Nvrtc compiler = compiler();
        CodeTarget architecture = compiler.target(target.architecture()).orElseThrow(() -> tooOld(compiler));
        String by = "NVRTC " + compiler.version();
        KernelCache.Key key = new KernelCache.Key(
                source.sha256(),
                "compute capability " + target.architecture(),
                target.info().driver(),
                by + " " + Nvrtc.options(source.family(), architecture));
        return new Binary(cache.get(key, () -> compiler.compile(source, architecture)), "compiled by " + by);
    }

    private Nvrtc compiler() {
        Nvrtc found = nvrtc.orElseGet(search);
        nvrtc = Optional.of(found);
        return found;
    }

    private BackendException tooOld(Nvrtc compiler) {
        return new BackendException(
                Kind.UNSUPPORTED,
                "%s has compute capability %s, older than NVRTC %s knows: %s; install an older NVRTC, such as libnvrtc.so.12"
                        .formatted(
                                target.info().name(),
                                target.capability(),
                                compiler.version(),
                                compiler.capabilities()));
    }

    /** For the line that describes the device. */
    String text() {
        return nvrtc.map(compiler -> "kernels by NVRTC " + compiler.version()).orElse("kernels compiled beforehand");
    }
}
