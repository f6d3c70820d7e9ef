package dev.quire.kernels.nvrtc;

import dev.quire.kernels.KernelSource;
import dev.quire.kernels.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Kernels that were compiled beforehand, in a jar on a class path, by target, source and options: a machine that has those of its GPU needs no
 * compiler. Most class paths have none.
 *
 * @param classPath where the jar may be
 */
public record CompiledKernels(ClassLoader classPath) {
    private static final String ROOT = "dev/quire/kernels/compiled/";

    /** Those of this program's class path. */
    public static CompiledKernels shipped() {
        return new CompiledKernels(CompiledKernels.class.getClassLoader());
    }

    /** A kernel's code for a target, if the class path has it. */
    public Optional<byte[]> find(KernelSource source, CodeTarget target) {
        String name = name(source, target);
        try (InputStream in = classPath.getResourceAsStream(name)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("resource %s cannot be read".formatted(name), e);
        }
    }

    /**
     * Compiles kernels, each for every target, to a jar, which appears whole or not at all.
     *
     * @throws dev.quire.api.BackendException of kind UNSUPPORTED if one does not compile
     */
    public static void write(Path jar, Nvrtc nvrtc, List<KernelSource> sources, List<CodeTarget> targets)
            throws IOException {
        Files.createDirectories(jar.toAbsolutePath().getParent());
        Path partial = jar.resolveSibling(jar.getFileName() + ".partial");
        try {
            compile(partial, nvrtc, sources, targets);
            Files.move(partial, jar, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static void compile(Path jar, Nvrtc nvrtc, List<KernelSource> sources, List<CodeTarget> targets)
            throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (KernelSource source : sources) {
                for (CodeTarget target : targets) {
                    if (!target.suits(source)) {
                        continue;
                    }
                    out.putNextEntry(new ZipEntry(name(source, target)));
                    out.write(nvrtc.compile(source, target));
                }
            }
        }
    }

    private static String name(KernelSource source, CodeTarget target) {
        String made = source.sha256() + Nvrtc.options(source.family(), target);
        return ROOT + target + "/" + Sha256.hex(made.getBytes(StandardCharsets.UTF_8));
    }
}
