package dev.quire.core.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ModelConfigException;
import dev.quire.core.weights.Int4Layout;
import dev.quire.core.weights.Int4Repacking;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuantizationConfigTest {
    private static final Map<String, Object> AWQ =
            Map.of("quant_method", "awq", "bits", 4, "group_size", 128, "zero_point", true, "version", "gemm");
    private static final Map<String, Object> GPTQ =
            Map.of("quant_method", "gptq", "bits", 4, "group_size", 32, "desc_act", false, "sym", true);

    @Test
    void awqAndGptqWithFourBitsAreRead() {
        assertEquals(Optional.of(new Int4Repacking(Int4Layout.AWQ, 128)), read(AWQ));
        assertEquals(Optional.of(new Int4Repacking(Int4Layout.GPTQ, 32)), read(GPTQ));
        assertEquals(
                Optional.of(new Int4Repacking(Int4Layout.GPTQ_V2, 32)),
                read(with(GPTQ, "checkpoint_format", "gptq_v2")));
        assertEquals(Optional.empty(), QuantizationConfig.of(ModelConfig.empty()));
    }

    @Test
    void everythingElseIsRefusedByItsKey() {
        refused(with(AWQ, "quant_method", "fp8"), "'quant_method' is fp8; expected awq or gptq");
        refused(with(AWQ, "bits", 8), "'bits' is 8; expected 4");
        refused(with(AWQ, "group_size", 256), "'group_size' is 256; expected 32, 64 or 128");
        refused(with(AWQ, "version", "gemv"), "'version' is gemv; expected gemm");
        refused(with(AWQ, "zero_point", false), "'zero_point' is false");
        refused(with(GPTQ, "desc_act", true), "'desc_act' is true; expected false, or nothing");
        refused(with(GPTQ, "checkpoint_format", "marlin"), "'checkpoint_format' is marlin");
    }

    @Test
    void aKeyThatMayChangeTheMatricesIsNotIgnored() {
        ModelConfig config = new ModelConfig(Map.of("quantization_config", with(AWQ, "rotated", true)), "config.json");
        QuantizationConfig.of(config);
        String message = assertThrows(ModelConfigException.class, () -> config.refuseUnread(key -> false))
                .getMessage();
        assertTrue(message.contains("quantization_config.rotated=true"), message);
    }

    @Test
    void whatGptqModelWritesIsReadToTheLastKey() {
        Map<String, Object> section = Map.ofEntries(
                Map.entry("bits", 4),
                Map.entry("checkpoint_format", "gptq_v2"),
                Map.entry("desc_act", false),
                Map.entry("group_size", 32),
                Map.entry("lm_head", false),
                Map.entry(
                        "meta",
                        Map.of("damp_percent", 0.01, "quantizer", List.of("gptqmodel:2.0.0"), "true_sequential", true)),
                Map.entry("pack_dtype", "int32"),
                Map.entry("quant_method", "gptq"),
                Map.entry("sym", true));
        ModelConfig config = new ModelConfig(Map.of("quantization_config", section), "config.json");
        assertEquals(Optional.of(new Int4Repacking(Int4Layout.GPTQ_V2, 32)), QuantizationConfig.of(config));
        config.refuseUnread(key -> false);
        refused(with(section, "pack_dtype", "int16"), "'pack_dtype' is int16; expected int32, or nothing");
    }

    private static Map<String, Object> with(Map<String, Object> config, String key, Object value) {
        Map<String, Object> changed = new HashMap<>(config);
        changed.put(key, value);
        return changed;
    }

    private static Optional<Int4Repacking> read(Map<String, Object> section) {
        return QuantizationConfig.of(new ModelConfig(Map.of("quantization_config", section), "config.json"));
    }

    private static void refused(Map<String, Object> section, String cause) {
        String message =
                assertThrows(ModelConfigException.class, () -> read(section)).getMessage();
        assertTrue(message.contains(cause), message);
    }
}
