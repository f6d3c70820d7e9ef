package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What someone reads who has no compiler of NVIDIA's; {@code ci/kernels/check} and {@link CudaCommandTest} have one. */
class KernelsCommandTest {
    @TempDir
    Path folder;

    @Test
    void withoutACompilerItSaysWhereItLookedAndHowToGetOne() {
        for (CommandRun run : new CommandRun[] {
            CommandRun.of("kernels", "check", "--nvidia", folder.toString()),
            CommandRun.of(
                    "kernels",
                    "build",
                    "--nvidia",
                    folder.toString(),
                    folder.resolve("k.jar").toString())
        }) {
            assertEquals(QuireCommand.FAILED, run.status());
            assertTrue(run.err().contains("NVRTC, which compiles the kernels, is not found"), run.err());
            assertTrue(run.err().contains(folder.toString()), run.err());
            assertTrue(run.err().contains("pip install --user \"nvidia-cuda-nvrtc\""), run.err());
        }
    }

    @Test
    void checkAsksForTheFolderThatItNeeds() {
        CommandRun run = CommandRun.of("kernels", "check");
        assertEquals(QuireCommand.USAGE, run.status());
        assertTrue(run.err().contains("--nvidia"), run.err());
    }
}
