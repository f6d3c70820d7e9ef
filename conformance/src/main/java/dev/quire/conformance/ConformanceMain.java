package dev.quire.conformance;

import dev.quire.conformance.run.ConformanceCli;
import java.util.List;

/** The kit's own entry point: {@code java -cp kit.jar:yours.jar dev.quire.conformance.ConformanceMain --backend NAME --out DIR}. */
public final class ConformanceMain {
    private static final String PROGRAM = "java -cp CLASSPATH dev.quire.conformance.ConformanceMain";

    private ConformanceMain() {}

    /** Runs, and exits with {@link ConformanceCli#run}'s status. */
    public static void main(String[] args) {
        System.exit(new ConformanceCli(PROGRAM, System.out, System.err).run(List.of(args)));
    }
}
