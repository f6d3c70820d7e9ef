package dev.quire.kernels.host;

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
            float[] expected = logits(definition, definition, arena);
            float[] actual = logits(backend, definition, arena);
            double worst = 0;
            double largest = 0;
            for (int i = 0; i < expected.length; i++) {
                worst = Math.max(worst, Double.isNaN(actual[i]) ? Double.MAX_VALUE : Math.abs(actual[i] - expected[i]));
                largest = Math.max(largest, Math.abs(expected[i]));
            }
            double bound = Golden.of(TinyModel.NAME).bound(DType.BF16).logit();
            assertTrue(worst <= bound * largest, "max |Δ| %s, max |logit| %s".formatted(worst, largest));
        }
        Set<String> family = new HashSet<>();
        KernelSource.names(KernelFamily.CUDA).forEach(file -> family.add(file.replace(".cu", "")));
        Set<String> missing = new HashSet<>(family);
        missing.removeAll(device.functions());
        assertEquals(
                Set.of("attend_merge", "attend_wgmma"),
                missing,
                "short contexts are not cut, and warps have no groups; launched: " + device.functions());
    }

    private static float[] logits(AttentionBackend backend, AttentionBackend definition, Arena arena) {
        int[] tokens =
                new Random(SEED).ints(PROMPT + SINGLE, 0, VOCABULARY_USED).toArray();
        ForcedText text = new ForcedText(tokens, PROMPT, PROMPT - 2);
        Buffer logits = new BatchedRun(backend, definition, TinyModel.load(), Numerics.FAST)
                .logits(List.of(text), new Random(SEED), arena)
                .getFirst();
        return logits.memory().toArray(ValueLayout.JAVA_FLOAT);
    }
}
