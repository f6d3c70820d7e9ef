package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.testing.DeviceBackends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which kernels a device's driver is given while a model answers, counted below all code of ours. */
class DeviceLaunchesTest {
    private static final int TOKENS = 6;

    /** The layers of {@code tiny}. */
    private static final int LAYERS = 5;

    /** A part of the names of the kernels for a kind of op, and how many of them a step launches at least; neighbours may share a kernel. */
    private static final Map<String, Integer> LAUNCHES = Map.of(
            "embed", 1,
            "norm", LAYERS,
            "linear", LAYERS,
            "rope", LAYERS,
            "write", LAYERS,
            "attend", LAYERS,
            "gated", LAYERS,
            "sample", 1);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        DeviceBackends.OPENCL + ",reproducible",
        DeviceBackends.OPENCL + ",fast",
        DeviceBackends.LEVEL_ZERO + ",reproducible",
        DeviceBackends.LEVEL_ZERO + ",fast"
    })
    void everyLayerOfEveryStepIsLaunchedOnTheDevice(String backend, String numerics)
            throws IOException, InterruptedException {
        DeviceBackends.assume(backend);
        Path names = folder.resolve("names");
        List<String> arguments = List.of(
                "generate",
                "--model=tiny",
                "--backend=" + backend,
                "--numerics=" + numerics,
                "--max-tokens=" + TOKENS,
                "Once upon a time");
        CommandRun ran = CommandRun.apart(DriverLayer.build(folder).environment("names:" + names), arguments);
        assertEquals(0, ran.status(), ran.err());
        List<String> launched = Files.readAllLines(names);
        LAUNCHES.forEach((part, aStep) -> {
            long count = launched.stream().filter(name -> name.contains(part)).count();
            assertTrue(count >= (long) TOKENS * aStep, () -> "%d launches for %s".formatted(count, part));
        });
    }
}
