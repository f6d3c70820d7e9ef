package dev.quire.kernels;

import java.util.List;
import java.util.stream.Stream;

/**
 * One kernel's source, ready for a compiler.
 *
 * @param family whose folder it comes from
 * @param name file name in that folder
 * @param text the source, each {@code #include "x"} replaced by the file once
 * @param sha256 of {@code text} in UTF-8, 64 hexadecimal digits
 */
public record KernelSource(KernelFamily family, String name, String text, String sha256) {
    private static final KernelFolder KERNELS = new KernelFolder("/dev/quire/kernels");
    private static final String OPENCL_ENDING = ".cl";
    private static final String CUDA_ENDING = ".cu";
    private static final String PORTABLE_ENDING = ".kernel.c";

    /**
     * Looks a kernel up.
     *
     * @throws IllegalArgumentException if there is none of that name, or a file that it includes is missing; the message lists the known ones
     */
    public static KernelSource find(KernelFamily family, String name) {
        return KERNELS.find(family, name);
    }

    /**
     * A portable kernel, ready for a dialect's compiler. Its function has the name of its file, without the ending.
     *
     * @param kernel the function's name, such as {@code rms_norm}
     * @throws IllegalArgumentException if there is none of that name; the message lists the known files
     */
    public static KernelSource portable(String kernel, Dialect dialect) {
        return KERNELS.find(kernel + PORTABLE_ENDING, dialect);
    }

    /**
     * A kernel for OpenCL devices, ready for their compiler: one of their own family, or else a portable one. No name is in both.
     *
     * @param kernel a {@link KernelName}; what it defines stands before the source
     * @throws IllegalArgumentException if there is none of that name; the message lists the known portable files
     */
    public static KernelSource openCl(String kernel) {
        return own(KernelFamily.OPENCL, OPENCL_ENDING, kernel, "", Dialect.OPENCL);
    }

    /**
     * A kernel for NVIDIA GPUs, ready for NVRTC: one of their own family, or else a portable one. No name is in both.
     *
     * @param kernel a {@link KernelName}; what it defines stands before the source
     * @throws IllegalArgumentException if there is none of that name; the message lists the known portable files
     */
    public static KernelSource cuda(String kernel) {
        return own(KernelFamily.CUDA, CUDA_ENDING, kernel, "", Dialect.CUDA);
    }

    /** The same as C++ for a CPU, for tests. */
    public static KernelSource cudaOnHost(String kernel) {
        return own(KernelFamily.CUDA, CUDA_ENDING, kernel, Dialect.HOST.beginning(), Dialect.HOST);
    }

    /** @param prelude stands before what the name defines */
    private static KernelSource own(
            KernelFamily family, String ending, String kernel, String prelude, Dialect otherwise) {
        KernelName name = KernelName.parse(kernel);
        String file = name.function() + ending;
        return names(family).contains(file)
                ? KERNELS.find(family, file, prelude + name.beginning())
                : portable(kernel, otherwise);
    }

    /** Names of the portable kernels' functions. */
    public static List<String> portable() {
        return names(KernelFamily.PORTABLE).stream()
                .map(file -> file.substring(0, file.length() - PORTABLE_ENDING.length()))
                .toList();
    }

    /** Names of all kernels that plans may ask an NVIDIA GPU for: the portable ones, and those of its own family in each variant. */
    public static List<String> cuda() {
        return Stream.concat(portable().stream(), KERNELS.lines("cuda.variants").stream())
                .toList();
    }

    /** Names of a family's kernels. */
    public static List<String> names(KernelFamily family) {
        return KERNELS.names(family.folder());
    }
}
