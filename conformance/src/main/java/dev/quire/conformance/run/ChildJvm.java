package dev.quire.conformance.run;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts JVMs like this one: the same class path and flags, but for those that one process must have to itself. */
final class ChildJvm {
    private static final List<String> NOT_SHARED = List.of(
            "-agentlib:",
            "-agentpath:",
            "-javaagent:",
            "-Xrunjdwp",
            "-Xlog:",
            "-XX:SharedArchiveFile",
            "-XX:ErrorFile",
            "-XX:+AutoCreateSharedArchive",
            "-XX:ArchiveClassesAtExit",
            "-XX:AOT",
            "-XX:FlightRecorder",
            "-XX:StartFlightRecording",
            "-Dcom.sun.management.",
            "--class-path",
            "-Djava.class.path");

    private ChildJvm() {}

    /**
     * Starts a class; its standard error goes where its output goes.
     *
     * @param folder where the JVM leaves what it writes when it crashes
     */
    static Process start(Class<?> main, List<String> arguments, Path folder) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (NOT_SHARED.stream().noneMatch(flag::startsWith)) {
                command.add(flag);
            }
        }
        command.add("-XX:ErrorFile=" + folder.resolve("crash.log"));
        command.add("-XX:-CreateCoredumpOnCrash");
        command.add(main.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder.start();
    }
}
