package dev.quire.core.model.checkpoint;

import dev.quire.core.model.ModelConfig;
import dev.quire.core.weights.Int4Layout;
import dev.quire.core.weights.Int4Repacking;
import java.util.List;
import java.util.Optional;

/** The section {@code quantization_config} of config.json: AWQ and GPTQ with 4 bits. */
final class QuantizationConfig {
    private static final String SECTION = "quantization_config";

    /** Keys that say how a checkpoint was made, or name kernels of others. */
    private static final List<String> HARMLESS = List.of(
            "damp_percent",
            "damp_auto_increment",
            "static_groups",
            "true_sequential",
            "mse",
            "model_name_or_path",
            "model_file_base_name",
            "modules_to_not_convert",
            "dataset",
            "tokenizer",
            "meta",
            "quantizer",
            "backend",
            "use_exllama",
            "max_input_length",
            "use_cuda_fp16",
            "exllama_config",
            "cache_block_outputs",
            "batch_size",
            "do_fuse",
            "fuse_max_seq_len");

    private QuantizationConfig() {}

    /**
     * How its layers are put together; empty if the checkpoint is not quantized.
     *
     * @throws dev.quire.core.model.ModelConfigException if it is quantized in another way
     */
    static Optional<Int4Repacking> of(ModelConfig config) {
        return config.section(SECTION).map(QuantizationConfig::repacking);
    }

    private static Int4Repacking repacking(ModelConfig section) {
        section.ignore(HARMLESS);
        String method = section.text("quant_method", "");
        Int4Layout layout = switch (method) {
            case "awq" -> awq(section);
            case "gptq" -> gptq(section);
            default -> throw section.wrong("quant_method", method, "awq or gptq");
        };
        int bits = section.integer("bits");
        if (bits != 4) {
            throw section.wrong("bits", bits, "4");
        }
        int size = section.integer("group_size");
        if (!List.of(32, 64, 128).contains(size)) {
            throw section.wrong("group_size", size, "32, 64 or 128");
        }
        return new Int4Repacking(layout, size);
    }

    private static Int4Layout awq(ModelConfig section) {
        section.only("zero_point", true);
        String version = section.text("version", "gemm");
        if (!version.equalsIgnoreCase("gemm")) {
            throw section.wrong("version", version, "gemm");
        }
        return Int4Layout.AWQ;
    }

    /** Symmetric codes have zero points too, all of them 8. */
    private static Int4Layout gptq(ModelConfig section) {
        section.only("desc_act", false);
        section.only("is_marlin_format", false);
        section.only("lm_head", false);
        section.only("pack_dtype", "int32"); // the words of Int4Layout
        section.flag("sym", true);
        String format = section.text("checkpoint_format", "gptq");
        return switch (format) {
            case "gptq" -> Int4Layout.GPTQ;
            case "gptq_v2" -> Int4Layout.GPTQ_V2;
            default -> throw section.wrong("checkpoint_format", format, "gptq or gptq_v2");
        };
    }
}
