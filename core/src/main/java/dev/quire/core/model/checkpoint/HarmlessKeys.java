package dev.quire.core.model.checkpoint;

import java.util.Set;
import java.util.function.Predicate;

/** Keys of config.json that change nothing that a program computes, in any family: tokens, training, defaults of generation, provenance. */
final class HarmlessKeys implements Predicate<String> {
    private static final Set<String> TOKENS = Set.of(
            "bos_token_id",
            "eos_token_id",
            "pad_token_id",
            "sep_token_id",
            "cls_token_id",
            "unk_token_id",
            "decoder_start_token_id",
            "tokenizer_class",
            "prefix");

    private static final Set<String> TRAINING = Set.of(
            "initializer_range",
            "init_std",
            "initializer_factor",
            "layerdrop",
            "gradient_checkpointing",
            "pretraining_tp",
            "finetuned",
            "finetuning_task",
            "id2label",
            "label2id",
            "num_labels",
            "problem_type",
            "task_specific_params",
            "tf_legacy_loss",
            "output_router_logits",
            "router_aux_loss_coef");

    private static final Set<String> PROVENANCE = Set.of(
            "architectures",
            "model_type",
            "torch_dtype",
            "dtype",
            "transformers_version",
            "transformers.js_config",
            "auto_map",
            "is_llama_config",
            "unsloth_fixed",
            "unsloth_version");

    private static final Set<String> GENERATION = Set.of(
            "use_cache",
            "do_sample",
            "temperature",
            "top_k",
            "top_p",
            "typical_p",
            "repetition_penalty",
            "length_penalty",
            "diversity_penalty",
            "exponential_decay_length_penalty",
            "no_repeat_ngram_size",
            "encoder_no_repeat_ngram_size",
            "num_beams",
            "num_beam_groups",
            "num_return_sequences",
            "early_stopping",
            "min_length",
            "max_length",
            "max_sequence_length",
            "bad_words_ids",
            "suppress_tokens",
            "begin_suppress_tokens",
            "forced_bos_token_id",
            "forced_eos_token_id",
            "remove_invalid_values");

    private static final Set<String> OUTPUT = Set.of(
            "return_dict",
            "return_dict_in_generate",
            "output_attentions",
            "output_hidden_states",
            "output_scores",
            "torchscript",
            "use_bfloat16",
            "chunk_size_feed_forward",
            "attn_implementation");

    private final Set<String> ofTheFamily;

    HarmlessKeys(Set<String> ofTheFamily) {
        this.ofTheFamily = ofTheFamily;
    }

    @Override
    public boolean test(String key) {
        return ofTheFamily.contains(key)
                || TOKENS.contains(key)
                || TRAINING.contains(key)
                || PROVENANCE.contains(key)
                || GENERATION.contains(key)
                || OUTPUT.contains(key)
                || isPattern(key);
    }

    /** Dropout is of training only, summaries are of other heads, and what begins with an underscore is the writing library's own. */
    private static boolean isPattern(String key) {
        return key.endsWith("dropout")
                || key.endsWith("_pdrop")
                || key.startsWith("summary_")
                || key.equals("_name_or_path")
                || key.equals("_commit_hash")
                || key.startsWith("_attn_implementation");
    }
}
