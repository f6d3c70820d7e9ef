package dev.quire.server.cli;

import dev.quire.kernels.KernelSource;
import dev.quire.kernels.check.Finding;
import dev.quire.kernels.check.KernelCheck;
import dev.quire.kernels.nvrtc.CodeTarget;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Has NVIDIA's compiler take every kernel, and reads what it made of them. */
@Command(
        name = "check",
        description = {
            "Compiles every kernel for three generations of NVIDIA GPUs and to PTX, and lists the registers that each"
                    + " takes.",
            "Fails if one does not compile, if attention spills registers, or if a kernel that is written for tensor"
                    + " cores, warp groups or asynchronous copies has none, or waits behind each product of a warp group.",
            "Needs NVRTC, cuobjdump and nvdisasm, and no GPU."
        },
        mixinStandardHelpOptions = true)
final class KernelsCheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--nvidia",
            required = true,
            paramLabel = "FOLDER",
            description = "Folder of NVIDIA's Python packages nvidia-cuda-nvrtc, -cuobjdump and -nvdisasm, such as"
                    + " site-packages/nvidia/cu13.")
    private Path nvidia;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        KernelCheck check = new KernelCheck(nvidia);
        List<Finding> findings = new ArrayList<>();
        out.printf("%-44s", "registers, by " + check.compiler());
        KernelCheck.TARGETS.forEach(target -> out.printf(" %14s", target));
        out.println();
        for (String kernel : KernelSource.cuda()) {
            out.printf("%-44s", kernel);
            for (CodeTarget target : KernelCheck.TARGETS) {
                if (!target.suits(KernelSource.cuda(kernel))) {
                    out.printf(" %14s", "-");
                    continue;
                }
                Finding finding = check.check(kernel, target);
                findings.add(finding);
                out.printf(" %14s", cell(finding));
            }
            out.println();
        }
        out.println();
        KernelCheck.TARGETS.forEach(target -> out.println(total(target, findings)));
        List<Finding> faulty =
                findings.stream().filter(finding -> !finding.faults().isEmpty()).toList();
        for (Finding finding : faulty) {
            finding.faults().forEach(fault -> out.printf("%s for %s: %s%n", finding.kernel(), finding.target(), fault));
        }
        out.flush();
        return faulty.isEmpty() ? 0 : QuireCommand.FAILED;
    }

    private static String cell(Finding finding) {
        String mark = finding.faults().isEmpty() ? "" : "!";
        return mark
                + finding.usage()
                        .map(usage -> usage.spilledBytes() == 0
                                ? Integer.toString(usage.registers())
                                : "%d + %d B".formatted(usage.registers(), usage.spilledBytes()))
                        .orElse(finding.faults().isEmpty() ? "compiles" : "refused");
    }

    /** How many kernels a target has, and what those for it alone use. */
    private static String total(CodeTarget target, List<Finding> findings) {
        List<Finding> of = findings.stream()
                .filter(finding -> finding.target().equals(target))
                .toList();
        long good = of.stream().filter(finding -> finding.faults().isEmpty()).count();
        String fast = of.stream()
                .flatMap(finding -> finding.instructions().stream()
                        .map(count -> "%s %d/%d".formatted(finding.kernel(), count.tensor(), count.async())))
                .collect(Collectors.joining(", "));
        return "%s: %d of %d kernels good%s"
                .formatted(
                        target,
                        good,
                        of.size(),
                        fast.isEmpty() ? "" : "; instructions of tensor cores/asynchronous copies: " + fast);
    }
}
