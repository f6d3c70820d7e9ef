package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.Buffer;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.definition.KitBackends;
import dev.quire.conformance.models.BatchedRun;
import dev.quire.conformance.models.ForcedText;
import dev.quire.conformance.models.Golden;
import dev.quire.conformance.models.TinyModel;
import dev.quire.kernels.KernelFamily;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.device.DeviceBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A whole model over the kernels of the CUDA family, whose fused ones no case of a single op launches. */
class WarpModelTest {
    private static final long SEED = 20261121;
    private static final int VOCABULARY_USED = 400;
    /** Enough query vectors for the kernel of prompts, and a few single tokens after them. */
    private static final int PROMPT = 40;

    private static final int SINGLE = 2;

    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    @Test
    void itsLogitsAreAsNearAsBf16OperandsBringThemAndEveryKernelForWarpsButTheMergeIsLaunched() {
        System.out.println("quire.seed=" + SEED);
        NotingDevice device = NotingDevice.warp();
        try (Arena arena = Arena.ofConfined();
                AttentionBackend definition = KitBackends.definition(Numerics.FAST);
                AttentionBackend backend = new DeviceBackend(HostProvider.NAME, device, sentence -> {})) {
            float[] expected = logits(definition, definition, Numerics.FAST, arena);
            float[] actual = logits(backend, definition, Numerics.FAST, arena);
            double worst = 0;
            double largest = 0;
            for (int i = 0; i < expected.length; i++) {
                worst = Math.max(worst, Double.isNaN(actual[i]) ? Double.MAX_VALUE : Math.abs(actual[i] - expected[i]));
                largest = Math.max(largest, Math.abs(expected[i]));
            }
            double bound = Golden.of(TinyModel.NAME).bound(DType.BF16).logit();
            assertTrue(worst <= bound * largest, "max |Δ| %s, max |logit| %s".formatted(worst, largest));
        }
        Set<String> missing = new HashSet<>(ownFunctions());
        missing.removeAll(device.functions());
        assertEquals(
                Set.of("attend_merge", "attend_wgmma"),
                missing,
                "short contexts are not cut, and warps have no groups; launched: " + device.functions());
    }

    /** Those alone are compiled without fusing and flushing. */
    @Test
    void inReproducibleNumericsItHasItsBitsOfPortableKernelsAlone() {
        System.out.println("quire.seed=" + SEED);
        NotingDevice device = NotingDevice.warp();
        try (Arena arena = Arena.ofConfined();
                AttentionBackend definition = KitBackends.definition(Numerics.REPRODUCIBLE);
                AttentionBackend backend = new DeviceBackend(HostProvider.NAME, device, sentence -> {})) {
            assertArrayEquals(
                    logits(definition, definition, Numerics.REPRODUCIBLE, arena),
                    logits(backend, definition, Numerics.REPRODUCIBLE, arena));
        }
        Set<String> launched = new HashSet<>(device.functions());
        assertTrue(launched.contains("attend"), launched.toString());
        launched.retainAll(ownFunctions());
        assertEquals(Set.of(), launched);
    }

    /** Of the CUDA family. */
    private static Set<String> ownFunctions() {
        return KernelSource.names(KernelFamily.CUDA).stream()
                .map(file -> file.replace(".cu", ""))
                .collect(Collectors.toSet());
    }

    private static float[] logits(
            AttentionBackend backend, AttentionBackend definition, Numerics numerics, Arena arena) {
        int[] tokens =
                new Random(SEED).ints(PROMPT + SINGLE, 0, VOCABULARY_USED).toArray();
        ForcedText text = new ForcedText(tokens, PROMPT, PROMPT - 2);
        Buffer logits = new BatchedRun(backend, definition, TinyModel.load(), numerics)
                .logits(List.of(text), new Random(SEED), arena)
                .getFirst();
        return logits.memory().toArray(ValueLayout.JAVA_FLOAT);
    }
}
