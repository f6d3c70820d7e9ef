package dev.quire.backends.cuda;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.run.RunOptions;
import dev.quire.conformance.waivers.NamePattern;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attention by warp groups through the driver's stub: what a launch asks for of local memory, and which devices refuse it. */
class WarpGroupsConformanceTest extends StubConformance {
    private static final Map<String, String> SETTINGS = Map.of("prompts", "warp_groups");

    @Override
    protected RunOptions options() {
        return RunOptions.of("cuda", Numerics.FAST)
                .with(SETTINGS)
                .with(new NamePattern("Attend/*/*BF16/*size=128*"))
                .with(Depth.QUICK);
    }

    @Test
    void otherGenerationsRefuseThem(@TempDir Path folder) {
        Stub.set("CAPABILITY", 89);
        try {
            CudaProvider provider = new CudaProvider();
            BackendOptions options = new BackendOptions(0, folder, notice -> {}, SETTINGS);
            BackendException refused = assertThrows(
                    BackendException.class,
                    () -> provider.open(provider.devices().getFirst(), options));
            assertTrue(
                    refused.getMessage()
                            .endsWith(
                                    "has compute capability 8.9, and only 9.0 has warp groups that multiply; drop prompts=warp_groups"),
                    refused.getMessage());
        } finally {
            Stub.set("CAPABILITY", 90);
        }
    }
}
