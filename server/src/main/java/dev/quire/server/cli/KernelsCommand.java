package dev.quire.server.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The kernels for NVIDIA GPUs, and their compiler. */
@Command(
        name = "kernels",
        description = "Compiles the kernels for NVIDIA GPUs, on any machine: to check them, or to ship them compiled.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(check | build)")
final class KernelsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    /** With its subcommands. */
    static CommandLine line() {
        return new CommandLine(new KernelsCommand())
                .addSubcommand(new KernelsCheckCommand())
                .addSubcommand(new KernelsBuildCommand());
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
