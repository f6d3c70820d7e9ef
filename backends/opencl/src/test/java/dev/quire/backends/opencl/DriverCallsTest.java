package dev.quire.backends.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How many calls a step makes, as a layer under the OpenCL loader counts them. */
class DriverCallsTest extends DeviceTest {
    private static final int WARM = 6;
    private static final int STEPS = 20;
    private static final String LAYER = "counting_layer.cpp";

    /** Runs steps under the layer and prints the calls of each after warm-up. */
    public static final class Steps {
        private Steps() {}

        @SuppressWarnings("restricted")
        public static void main(String[] arguments) throws Throwable {
            try (Arena arena = Arena.ofShared();
                    StepScene scene = new StepScene(Path.of(arguments[1]), Map.of())) {
                MethodHandle count = Linker.nativeLinker()
                        .downcallHandle(
                                SymbolLookup.libraryLookup(Path.of(arguments[0]), arena)
                                        .findOrThrow("call_count"),
                                FunctionDescriptor.of(ValueLayout.JAVA_LONG));
                for (int i = 0; i < WARM; i++) {
                    scene.step(i).await();
                }
                long before = (long) count.invokeExact();
                for (int i = 0; i < STEPS; i++) {
                    scene.step(i).await();
                }
                scene.settle();
                System.out.println((long) count.invokeExact() - before);
            }
        }
    }

    @BeforeAll
    static void theProcessorIsOneThatTheLayerKnows() {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "the layer counts on x86-64 only");
    }

    @Test
    void aStepMakesACallForEachKernelAndTwoMore() throws IOException, InterruptedException {
        Path source = folder.resolve(LAYER);
        try (InputStream in = DriverCallsTest.class.getResourceAsStream(LAYER)) {
            Files.copy(in, source);
        }
        Path layer = folder.resolve("layer.so");
        run(new ProcessBuilder("g++", "-shared", "-fPIC", "-O2", "-o", layer.toString(), source.toString()));
        ProcessBuilder steps = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Steps.class.getName(),
                layer.toString(),
                folder.toString());
        steps.environment().put("OPENCL_LAYERS", layer.toString());
        long calls = Long.parseLong(run(steps).strip());
        System.out.printf("%d calls in %d steps of %d kernels%n", calls, STEPS, StepScene.KERNELS);
        assertTrue(calls >= STEPS * StepScene.KERNELS, "the layer counted nothing: " + calls);
        assertTrue(calls <= STEPS * (StepScene.KERNELS + 2), calls + " calls");
    }

    private static String run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }
}
