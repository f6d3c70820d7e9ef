package dev.quire.backends.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.Availability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A machine without drivers, as a JVM of its own sees it. */
class LoaderTest extends DeviceTest {
    /** Prints what the provider says. */
    public static final class Asking {
        private Asking() {}

        public static void main(String[] arguments) {
            OpenClProvider provider = new OpenClProvider();
            System.out.println(provider.devices());
            if (provider.availability() instanceof Availability.Unavailable(String reason, String fix)) {
                System.out.println(reason + ": " + fix);
            }
        }
    }

    @Test
    void aMachineWithoutDriversSaysWhatToInstall() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Asking.class.getName());
        builder.environment().put("OCL_ICD_VENDORS", folder.toString());
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertEquals(
                List.of(
                        "[]",
                        "the OpenCL loader finds no device: install the driver of your GPU, or pocl-opencl-icd for the processor"),
                said.lines().toList());
        assertTrue(Target.all().size() >= 1);
    }
}
