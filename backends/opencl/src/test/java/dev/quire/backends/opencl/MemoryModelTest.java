package dev.quire.backends.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.BackendException;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** However memory is reached, the bits are the same. */
class MemoryModelTest extends DeviceTest {
    @Test
    void sharedMemoryAndCopiesGiveTheSameBits() {
        float[] best = run(Map.of());
        for (MemoryModel model : MemoryModel.values()) {
            if (model.compareTo(Devices.first().memory()) >= 0) {
                assertArrayEquals(best, run(Map.of("memory", model.name().toLowerCase(Locale.ROOT))), model.name());
            }
        }
    }

    @Test
    void settingsThatAreNotKnownAreRefused() {
        assertEquals(
                "backend opencl has no setting 'colour'; it has: kernels, memory", refusal(Map.of("colour", "blue")));
        assertEquals("memory=some: choose one of fine, coarse, buffers", refusal(Map.of("memory", "some")));
    }

    private String refusal(Map<String, String> settings) {
        OpenClProvider provider = new OpenClProvider();
        BackendException refused = assertThrows(
                BackendException.class,
                () -> provider.open(provider.devices().getFirst(), Devices.options(folder, settings)));
        assertEquals(BackendException.Kind.UNSUPPORTED, refused.kind());
        return refused.getMessage();
    }

    private float[] run(Map<String, String> settings) {
        try (StepScene scene = new StepScene(folder, settings)) {
            for (int step = 0; step < 4; step++) { // recorded twice, replayed twice
                scene.step(step);
            }
            float[] result = scene.result();
            assertTrue(result[0] != 0);
            return result;
        }
    }
}
