package dev.quire.server.cli;

import dev.quire.kernels.KernelSource;
import dev.quire.kernels.check.KernelCheck;
import dev.quire.kernels.foreign.LibrarySearch;
import dev.quire.kernels.nvrtc.CompiledKernels;
import dev.quire.kernels.nvrtc.Nvrtc;
import dev.quire.kernels.nvrtc.NvrtcSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Ships kernels compiled. */
@Command(
        name = "build",
        description = {
            "Compiles every kernel to a jar. On the class path, such as in 'extensions', it spares the machines that"
                    + " run it the compiler.",
            "Needs NVRTC, and no GPU."
        },
        mixinStandardHelpOptions = true)
final class KernelsBuildCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--nvidia",
            paramLabel = "FOLDER",
            description = "Folder of NVIDIA's Python packages, such as site-packages/nvidia/cu13, for NVRTC.")
    private Optional<Path> nvidia = Optional.empty();

    @Parameters(paramLabel = "JAR", description = "The jar to write.")
    private Path jar;

    @Override
    public Integer call() throws IOException {
        NvrtcSearch search = nvidia.map(folder -> new NvrtcSearch(new LibrarySearch(List.of(folder))))
                .orElseGet(NvrtcSearch::usual);
        Nvrtc nvrtc = search.find(NvrtcSearch.NEWEST);
        List<KernelSource> sources =
                KernelSource.cuda().stream().map(KernelSource::cuda).toList();
        CompiledKernels.write(jar, nvrtc, sources, KernelCheck.TARGETS);
        spec.commandLine()
                .getOut()
                .printf(
                        "%d kernels for %s by NVRTC %s: %s%n",
                        sources.size(), KernelCheck.TARGETS, nvrtc.version(), jar);
        return 0;
    }
}
