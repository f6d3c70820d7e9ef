package dev.quire.kernels.host;

import dev.quire.kernels.Dialect;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Kernels in their CUDA dialect, compiled by g++ as a library for this machine's processor. One thread at a time. */
@SuppressWarnings("restricted")
final class HostLibrary implements AutoCloseable {
    static final String COMPILER = "g++";

    private static final List<String> FLAGS = List.of(
            "-std=c++17",
            "-O2",
            "-ffp-contract=off",
            "-fno-math-errno",
            "-U_FORTIFY_SOURCE",
            "-fPIC",
            "-Wall",
            "-Wno-unused-function",
            "-Wno-unknown-pragmas",
            "-Werror");

    private static final List<String> PROBLEMS = List.of(
            "some work-items ended, others wait at a barrier",
            "groups are too large",
            "the work-items of a warp do different things together",
            "some work-items wait for what never comes",
            "a group ended under copies that it had asked for");

    /** Where libraries stay until the build is cleaned. */
    private static final Path KEPT = Path.of("target", "host-kernels").toAbsolutePath();

    private final Arena arena = Arena.ofShared();
    private final SymbolLookup symbols;
    private final MethodHandle launch;

    private HostLibrary(Path library) {
        symbols = SymbolLookup.libraryLookup(library, arena);
        launch = Linker.nativeLinker()
                .downcallHandle(
                        symbols.findOrThrow("launch"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS));
    }

    /** Where the compiler is, if there is one. */
    static Optional<Path> compiler() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            Path file = Path.of(folder, COMPILER);
            if (Files.isExecutable(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /**
     * A C++ source.
     *
     * @param name without ending
     */
    record Source(String name, String text) {}

    /** Kernels behind one another, with the launcher: all that a library is made of. */
    private static List<Source> sources(List<KernelSource> kernels) throws IOException {
        List<Source> sources = new ArrayList<>();
        try (InputStream launcher = HostLibrary.class.getResourceAsStream("/dev/quire/kernels/host/launcher.cpp")) {
            sources.add(new Source("launcher", new String(launcher.readAllBytes(), StandardCharsets.UTF_8)));
        }
        for (KernelSource kernel : kernels) {
            String function = kernel.name().substring(0, kernel.name().indexOf('.'));
            sources.add(new Source(function, kernel.text() + "ENTRY(%s)\n".formatted(function)));
        }
        return sources;
    }

    /** Compiles sources to a library in {@code folder} that rounds every operation on its own. */
    static Path build(Path folder, List<Source> sources) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(COMPILER, "-shared", "-o", "library.so"));
        command.addAll(FLAGS);
        for (Source source : sources) {
            Files.writeString(folder.resolve(source.name() + ".cpp"), source.text());
            command.add(source.name() + ".cpp");
        }
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("the kernels do not compile as C++:\n" + Files.readString(log));
        }
        return folder.resolve("library.so");
    }

    /**
     * Runs a kernel over all its groups.
     *
     * @param arguments pointers to the values of its parameters, in order
     */
    void launch(String kernel, int groups, int groupSize, MemorySegment arguments) {
        try {
            int result = (int) launch.invokeExact(entry(kernel), groups, groupSize, arguments);
            if (result != 0) {
                throw new IllegalStateException(
                        "%s over %d groups of %d: %s".formatted(kernel, groups, groupSize, PROBLEMS.get(result - 1)));
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(kernel, e);
        }
    }

    /** Where a kernel begins. */
    MemorySegment entry(String kernel) {
        return symbols.findOrThrow("entry_" + kernel);
    }

    /** Every portable kernel. */
    static HostLibrary portable() {
        return of(KernelSource.portable().stream()
                .map(kernel -> KernelSource.portable(kernel, Dialect.HOST))
                .toList());
    }

    /** Kernels as they were compiled before, if they were: the processes that run cases need the same ones. */
    static HostLibrary of(List<KernelSource> kernels) {
        try {
            List<Source> sources = sources(kernels);
            String content = FLAGS + sources.toString();
            Path library = KEPT.resolve(Sha256.hex(content.getBytes(StandardCharsets.UTF_8)) + ".so");
            if (!Files.exists(library)) {
                Files.createDirectories(KEPT);
                Path folder = Files.createTempDirectory(KEPT, "made");
                Files.move(build(folder, sources), library, StandardCopyOption.ATOMIC_MOVE);
                try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
                    for (Path file : left) {
                        Files.delete(file);
                    }
                }
                Files.delete(folder);
            }
            return new HostLibrary(library);
        } catch (IOException e) {
            throw new UncheckedIOException("kernels cannot be compiled", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while kernels were compiled", e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
