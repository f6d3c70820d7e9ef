package dev.quire.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A kernel as SPIR-V 1.2, made by the build where its compiler was installed and shipped with the classes. It divides in integers, and so
 * exactly, on any device; nothing in it may be contracted.
 *
 * @param kernel a {@link KernelName}
 * @param source SHA-256 of the source that it was made of, as {@link KernelSource#sha256()} has it
 */
public record SpirvModule(String kernel, String source, byte[] code) {
    private static final String FOLDER = "/dev/quire/kernels/spirv/";

    /** Whether this build has the modules. */
    public static boolean built() {
        return SpirvModule.class.getResource(FOLDER + "index") != null;
    }

    /**
     * The module of a kernel.
     *
     * @throws IllegalStateException if this build has none
     */
    public static SpirvModule find(String kernel) {
        byte[] index = read("index")
                .orElseThrow(
                        () -> new IllegalStateException(
                                "This build of Quire carries no SPIR-V. Install clang-15, llvm-spirv-15 and spirv-tools, and build it again."));
        Map<String, String> sources = new String(index, StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(fields -> fields[0], fields -> fields[1]));
        byte[] code = read(file(kernel))
                .orElseThrow(() -> new IllegalStateException(
                        "no SPIR-V module for kernel '%s'; there are: %s".formatted(kernel, sources.keySet())));
        return new SpirvModule(kernel, sources.get(kernel), code);
    }

    /** The file of a kernel's module: variants of one function in a folder of their own. */
    public static String file(String kernel) {
        String folder = KernelName.parse(kernel).definitions().isEmpty() ? "" : "variants/";
        return folder + kernel.replaceAll("\\W", "_") + ".spv";
    }

    /** The module's entry point. */
    public String function() {
        return KernelName.parse(kernel).function();
    }

    private static Optional<byte[]> read(String name) {
        try (InputStream in = SpirvModule.class.getResourceAsStream(FOLDER + name)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("resource %s%s cannot be read".formatted(FOLDER, name), e);
        }
    }
}
