package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.BackendException;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.models.Golden;
import dev.quire.conformance.models.GoldenText;
import dev.quire.conformance.models.TinyModel;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.model.checkpoint.CacheDType;
import dev.quire.core.source.EnvironmentOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --kv-cache-dtype}: what keys and values are kept in, and what that costs and gives. */
class CacheTypesTest {
    private static final int STEPS = 32;
    /** Of the tokens that a bf16 cache gives, what a narrow one must give too: texts part after a near tie. */
    private static final double MOST = 0.6;

    @TempDir
    Path home;

    @Test
    void narrowKeysFitTwiceTheTokensAndGiveMostlyTheSameText() {
        Golden golden = Golden.of(TinyModel.NAME);
        int same = 0;
        try (Llm usual = Llm.load(options(CacheDType.BFLOAT16));
                Llm narrow = Llm.load(options(CacheDType.FP8))) {
            assertEquals(DType.BF16, usual.info().cache().dtype());
            assertEquals(DType.F8_E4M3, narrow.info().cache().dtype());
            assertEquals(usual.info().cache().blocks(), narrow.info().cache().blocks() / 2);
            for (GoldenText text : golden.texts()) {
                List<Integer> expected = ids(usual, text);
                List<Integer> ids = ids(narrow, text);
                int i = 0;
                while (i < STEPS && ids.get(i).equals(expected.get(i))) {
                    i++;
                }
                same += i;
            }
        }
        int all = golden.texts().size() * STEPS;
        System.out.printf("tiny, greedy, fp8 cache: %d of %d tokens before texts part from bf16's%n", same, all);
        assertTrue(same >= MOST * all, same + " of " + all);
    }

    private static List<Integer> ids(Llm llm, GoldenText text) {
        return RealModel.ask(llm, text.name(), text.prompt(), STEPS).choice(0).ids();
    }

    @Test
    void reproducibleNumericsKeepBf16Alone() {
        LlmOptions options = options(CacheDType.FP8);
        EngineOptions reproducible =
                options.engine().toBuilder().numerics(Numerics.REPRODUCIBLE).build();
        String message = assertThrows(IllegalArgumentException.class, () -> options.with(reproducible))
                .getMessage();
        assertTrue(message.contains("F8_E4M3") && message.contains("kv-cache-dtype"), message);
    }

    @Test
    void aTypeThatTheBackendLacksIsRefusedWithItsTypes() {
        LlmOptions options = options(CacheDType.FLOAT16);
        String message =
                assertThrows(BackendException.class, () -> Llm.load(options)).getMessage();
        assertTrue(message.contains("[F32, BF16, F8_E4M3], not in [F16]"), message);
    }

    private LlmOptions options(CacheDType type) {
        LlmOptions options = LlmOptions.of(TinyModel.NAME);
        return options.with(options.model()
                        .withSource(EnvironmentOptions.read(Map.of("HF_HUB_OFFLINE", "1"), home))
                        .withCacheDType(type))
                .with(options.device().withBackend(Backends.CPU))
                .with(EngineOptions.builder().kvCacheBytes(4 << 20).build());
    }
}
