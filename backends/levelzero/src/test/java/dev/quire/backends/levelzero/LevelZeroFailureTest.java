package dev.quire.backends.levelzero;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.DeviceInfo;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.SpirvModule;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Operand;
import dev.quire.kernels.device.Recording;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong is said with its value, its cause and what to do. */
class LevelZeroFailureTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void theLoopbackDriverIsThere() {
        Loopback.assume();
    }

    /** What a JVM of its own does with settings of the driver that are the process's. */
    public static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            LevelZeroProvider provider = new LevelZeroProvider();
            switch (provider.availability()) {
                case Availability.Unavailable(String reason, String fix) -> System.out.println(reason + ": " + fix);
                case Availability.Available available -> launch(Path.of(arguments[0]));
            }
        }

        private static void launch(Path cache) {
            KernelCache kernels = new KernelCache(cache, 0, notice -> {});
            try (LevelZeroDevice device =
                    new LevelZeroDevice(Target.all().getFirst(), KernelSet.LANES, kernels, SpirvModule::find)) {
                DeviceMemory memory = device.allocate(1 << 20, MemoryUse.EXCHANGE);
                System.out.println(memory.host().isPresent() ? "shared" : "apart");
                List<Operand> operands = List.of(
                        new Operand.Pointer(memory, 0),
                        new Operand.Pointer(memory, 0),
                        new Operand.Int(1),
                        new Operand.Real(2));
                Recording recording = device.record(List.of(new Command.Launch("scale", 1, 256, operands)));
                for (int i = 0; i < 3; i++) {
                    recording.submit().await();
                }
                System.out.println("done");
            } catch (BackendException e) {
                System.out.println(e.kind() + ": " + e.getMessage());
            }
        }
    }

    @Test
    void aMachineWithoutADriverSaysWhatToInstall() throws IOException, InterruptedException {
        assertEquals(
                List.of(
                        "the Level Zero loader finds no driver with a device: install the Level Zero driver of your GPU"),
                child(Map.of("ZE_ENABLE_ALT_DRIVERS", "")));
    }

    @Test
    void aDeviceThatIsLostIsSaidToBe() throws IOException, InterruptedException {
        List<String> said = child(Map.of("LOOPBACK_LOSE_AFTER", "1"));
        assertTrue(
                said.getLast().startsWith("DEVICE_LOST: ") && said.getLast().contains("0x70000001"), said.toString());
    }

    @Test
    void memoryIsSharedWhereTheDeviceIsIntegrated() throws IOException, InterruptedException {
        assertEquals(List.of("apart", "done"), child(Map.of()));
        assertEquals(List.of("shared", "done"), child(Map.of("LOOPBACK_INTEGRATED", "1")));
    }

    @Test
    void aDeviceThatIsFullNamesTheFlagToLower() throws IOException, InterruptedException {
        String said = child(Map.of("LOOPBACK_MEMORY", "4096")).getLast();
        assertTrue(said.startsWith("OUT_OF_MEMORY: "), said);
        assertTrue(
                said.contains(
                        "cannot allocate 1 MiB for inputs and outputs: out of device memory (0x70000003); lower --max-num-seqs"),
                said);
    }

    private List<String> child(Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                folder.toString());
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        // A preloaded libjsig makes the JVM warn.
        return said.lines().filter(line -> !line.contains(" VM warning: ")).toList();
    }

    @Test
    void aKernelThatDoesNotBuildShowsTheLogItsNameAndItsDevice() {
        SpirvModule broken = new SpirvModule("scale", "0", "no module".getBytes(StandardCharsets.UTF_8));
        KernelCache cache = new KernelCache(folder, 0, notice -> {});
        Target target = Target.all().getFirst();
        try (LevelZeroDevice device = new LevelZeroDevice(target, KernelSet.LANES, cache, kernel -> broken)) {
            BackendException failure = assertThrows(BackendException.class, () -> device.build("scale"));
            assertEquals(BackendException.Kind.UNSUPPORTED, failure.kind());
            String said = "kernel scale does not build for %s: the module does not build (0x70000004)\n"
                    .formatted(target.info().name());
            assertTrue(
                    failure.getMessage().startsWith(said)
                            && failure.getMessage().length() > said.length(),
                    failure.getMessage());
        }
    }

    @Test
    void kernelsAreBuiltOnceAndThenTakenFromDisk() {
        KernelCache cache = new KernelCache(folder, 1 << 26, notice -> {});
        Target target = Target.all().getFirst();
        try (LevelZeroDevice device = new LevelZeroDevice(target, KernelSet.LANES, cache, SpirvModule::find)) {
            device.build("add");
        }
        SpirvModule empty = new SpirvModule("add", SpirvModule.find("add").source(), new byte[1]);
        try (LevelZeroDevice device = new LevelZeroDevice(target, KernelSet.LANES, cache, kernel -> empty)) {
            device.build("add"); // it could not be compiled
        }
    }

    @Test
    void aDeviceThatIsNotThereIsNamedWithThoseThatAre() {
        DeviceInfo absent = new DeviceInfo(7, "Absent", 1);
        BackendException failure = assertThrows(
                BackendException.class, () -> new LevelZeroProvider().open(absent, BackendOptions.defaults(folder)));
        assertTrue(
                failure.getMessage().contains("device 7 (Absent)")
                        && failure.getMessage().contains("Loopback to "),
                failure.getMessage());
    }

    @Test
    void aSettingIsRefusedByName() {
        LevelZeroProvider provider = new LevelZeroProvider();
        BackendOptions options = new BackendOptions(0, folder, notice -> {}, Map.of("tiles", "4"));
        BackendException failure = assertThrows(
                BackendException.class, () -> provider.open(provider.devices().getFirst(), options));
        assertEquals("backend levelzero has no setting 'tiles'; it has: kernels", failure.getMessage());
    }
}
