package dev.quire.kernels.check;

import dev.quire.api.BackendException;
import dev.quire.kernels.KernelFamily;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.foreign.LibrarySearch;
import dev.quire.kernels.nvrtc.CodeTarget;
import dev.quire.kernels.nvrtc.Nvrtc;
import dev.quire.kernels.nvrtc.NvrtcSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Compiles kernels for NVIDIA GPUs and reads what came out. */
public final class KernelCheck {
    /** Machine code of the generations that FAST is written for, and what later ones translate. */
    public static final List<CodeTarget> TARGETS =
            List.of(CodeTarget.exactly(80), CodeTarget.exactly(89), CodeTarget.exactly(90), CodeTarget.from(80));

    private final Nvrtc nvrtc;
    private final NvidiaTools tools;

    /**
     * @param nvidia a folder of NVIDIA's Python packages, such as {@code site-packages/nvidia/cu13}, with the compiler in {@code lib} and the tools in
     *     {@code bin}
     * @throws BackendException of kind UNSUPPORTED if the compiler is not there
     */
    public KernelCheck(Path nvidia) {
        this.nvrtc = new NvrtcSearch(new LibrarySearch(List.of(nvidia))).find(NvrtcSearch.NEWEST);
        this.tools = new NvidiaTools(nvidia.resolve("bin"));
    }

    /** The compiler's version. */
    public String compiler() {
        return "NVRTC " + nvrtc.version();
    }

    /**
     * Compiles a kernel for a target.
     *
     * @param kernel as {@link KernelSource#cuda(String)} takes it
     * @throws IOException if NVIDIA's tools do not run, or the disk fails
     */
    public Finding check(String kernel, CodeTarget target) throws IOException, InterruptedException {
        KernelSource source = KernelSource.cuda(kernel);
        byte[] code;
        try {
            code = nvrtc.compile(source, target);
        } catch (BackendException e) {
            return Finding.refused(kernel, target, e.getMessage());
        }
        return switch (target.form()) {
            case PTX -> Finding.compiled(kernel, target);
            case CUBIN -> read(kernel, source, target, code);
        };
    }

    private Finding read(String kernel, KernelSource source, CodeTarget target, byte[] code)
            throws IOException, InterruptedException {
        Path cubin = Files.createTempFile("kernel", ".cubin");
        try {
            Files.write(cubin, code);
            Optional<InstructionCount> instructions =
                    source.family() == KernelFamily.CUDA ? Optional.of(tools.instructions(cubin)) : Optional.empty();
            return Finding.of(kernel, source, target, tools.usage(cubin), instructions);
        } finally {
            Files.delete(cubin);
        }
    }
}
