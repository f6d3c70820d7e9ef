"""The checkpoints that families.py makes: configs as the families' makers spell them, and how their weights are drawn and named."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

VOCAB = 131


@dataclass
class Family:
    """One checkpoint. `lengths` are those of its prompts; `max_model_len` is what it is served with, if not its config's; what lies in the folder
    `added` is run by a program of docs/add-a-model.md alone."""

    config: dict
    dtype: torch.dtype = torch.bfloat16
    lengths: list | None = None
    max_model_len: int | None = None
    published: Callable = lambda tensors: tensors
    norm_at: float = 1
    post_norm_at: float | None = None
    folder: str = "families"
    inputs_first: bool = False
    residual: float = 2.5

    def draw(self, name, shape, rng):
        """Values of the weight `name`: norms around `norm_at`, matrices that keep the size of what they multiply."""
        values = rng.normal(size=shape)
        if len(shape) == 1:
            center = self.norm_at if self.post_norm_at is None or "post_" not in name else self.post_norm_at
            return 0.2 * values if name.endswith("bias") else center + 0.2 * values
        if "embed" in name and "out" not in name or "wte" in name or "wpe" in name:
            return values
        fan_in = shape[0] if self.inputs_first and "lm_head" not in name else shape[-1]
        return self.residual * values / np.sqrt(fan_in)


def unprefixed(prefix):
    """Names as the first checkpoints of a family have them: without the name of the inner model."""
    return lambda tensors: {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}


def gpt2_published(tensors):
    """Without a prefix, and with the causal mask that old files carry."""
    named = unprefixed("transformer.")(tensors)
    mask = torch.tril(torch.ones(1, 1, 64, 64, dtype=torch.uint8))
    return named | {f"h.{layer}.attn.bias": mask.clone() for layer in range(2)}


GPT2 = {
    "architectures": ["GPT2LMHeadModel"],
    "model_type": "gpt2",
    "activation_function": "gelu_new",
    "attn_pdrop": 0.1,
    "bos_token_id": 0,
    "embd_pdrop": 0.1,
    "eos_token_id": 0,
    "initializer_range": 0.02,
    "layer_norm_epsilon": 1e-05,
    "n_ctx": 64,
    "n_embd": 30,
    "n_head": 3,
    "n_layer": 2,
    "n_positions": 64,
    "resid_pdrop": 0.1,
    "summary_activation": None,
    "summary_first_dropout": 0.1,
    "summary_proj_to_labels": True,
    "summary_type": "cls_index",
    "summary_use_proj": True,
    "task_specific_params": {"text-generation": {"do_sample": True, "max_length": 50}},
    "vocab_size": VOCAB,
}



def decoder(architecture, **keys):
    """A config with the keys that most decoders have."""
    return {
        "architectures": [architecture],
        "bos_token_id": 1,
        "eos_token_id": 2,
        "hidden_act": "silu",
        "hidden_size": 30,
        "initializer_range": 0.02,
        "intermediate_size": 44,
        "max_position_embeddings": 128,
        "num_attention_heads": 3,
        "num_hidden_layers": 2,
        "num_key_value_heads": 1,
        "rms_norm_eps": 1e-05,
        "rope_theta": 10000.0,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "transformers_version": "4.40.0",
        "use_cache": True,
        "vocab_size": VOCAB,
    } | keys


def llama(**keys):
    return decoder("LlamaForCausalLM", model_type="llama", attention_bias=False, pretraining_tp=1, **keys)


LLAMA3 = {
    "factor": 8.0,
    "high_freq_factor": 4.0,
    "low_freq_factor": 1.0,
    "original_max_position_embeddings": 16,
    "rope_type": "llama3",
}

YARN = {"factor": 4.0, "original_max_position_embeddings": 16, "type": "yarn"}


def gemma(architecture, **keys):
    """A Gemma: its key for the activation, its tied head, norms around which weights are drawn at 0."""
    config = decoder(architecture, rms_norm_eps=1e-06, head_dim=14, num_attention_heads=2) | keys
    del config["tie_word_embeddings"]
    return config


def qwen3_moe(**keys):
    """A mixture of experts, as Qwen3's makers spell one."""
    return decoder(
        "Qwen3MoeForCausalLM",
        model_type="qwen3_moe",
        attention_bias=False,
        attention_dropout=0.0,
        decoder_sparse_step=1,
        head_dim=14,
        max_window_layers=2,
        mlp_only_layers=[],
        moe_intermediate_size=22,
        num_experts=6,
        num_experts_per_tok=3,
        output_router_logits=False,
        rms_norm_eps=1e-06,
        rope_scaling=None,
        router_aux_loss_coef=0.001,
        sliding_window=None,
        use_sliding_window=False,
    ) | keys


GPT_BIGCODE = {key: value for key, value in GPT2.items() if key not in ("n_ctx", "task_specific_params")} | {
    "architectures": ["GPTBigCodeForCausalLM"],
    "model_type": "gpt_bigcode",
    "activation_function": "gelu_pytorch_tanh",
    "attention_softmax_in_fp32": True,
    "inference_runner": 0,
    "max_batch_size": None,
    "max_sequence_length": None,
    "multi_query": True,
    "n_inner": 50,
    "pad_key_length": True,
    "pre_allocate_kv_cache": False,
    "scale_attention_softmax_in_fp32": True,
    "scale_attn_weights": True,
    "validate_runner_input": True,
}

GPT_NEOX = {
    "architectures": ["GPTNeoXForCausalLM"],
    "bos_token_id": 0,
    "eos_token_id": 0,
    "hidden_act": "gelu",
    "hidden_size": 30,
    "initializer_range": 0.02,
    "intermediate_size": 50,
    "layer_norm_eps": 1e-05,
    "max_position_embeddings": 128,
    "model_type": "gpt_neox",
    "num_attention_heads": 3,
    "num_hidden_layers": 2,
    "rotary_emb_base": 10000,
    "rotary_pct": 0.4,
    "tie_word_embeddings": False,
    "torch_dtype": "float16",
    "transformers_version": "4.24.0",
    "use_cache": True,
    "use_parallel_residual": True,
    "vocab_size": VOCAB,
}

OPT = {
    "_name_or_path": "opt",
    "_remove_final_layer_norm": False,
    "activation_dropout": 0.0,
    "activation_function": "relu",
    "architectures": ["OPTForCausalLM"],
    "attention_dropout": 0.0,
    "bos_token_id": 2,
    "do_layer_norm_before": True,
    "dropout": 0.1,
    "eos_token_id": 2,
    "ffn_dim": 50,
    "hidden_size": 30,
    "init_std": 0.02,
    "layerdrop": 0.0,
    "max_position_embeddings": 64,
    "model_type": "opt",
    "num_attention_heads": 3,
    "num_hidden_layers": 2,
    "pad_token_id": 1,
    "prefix": "</s>",
    "torch_dtype": "float16",
    "use_cache": True,
    "vocab_size": VOCAB,
    "word_embed_proj_dim": 30,
}

LONGROPE = {
    "long_factor": [1.1, 2.3, 5.9, 9.7],
    "short_factor": [1.0, 1.1, 1.3, 1.7],
    "type": "longrope",
}

GEMMA3_KINDS = ["sliding_attention", "sliding_attention", "full_attention", "sliding_attention"]

FAMILIES = {
    "gemma": Family(
        gemma("GemmaForCausalLM", model_type="gemma", hidden_act="gelu_pytorch_tanh", hidden_activation=None),
        norm_at=0,
    ),
    "gemma2": Family(
        gemma(
            "Gemma2ForCausalLM",
            model_type="gemma2",
            attn_logit_softcapping=5.0,
            cache_implementation="hybrid",
            final_logit_softcapping=30.0,
            hidden_act="gelu_pytorch_tanh",
            hidden_activation="gelu_pytorch_tanh",
            num_hidden_layers=3,
            query_pre_attn_scalar=20,
            sliding_window=7,
        ),
        norm_at=0,
        post_norm_at=5,
    ),
    "gemma3": Family(
        gemma(
            "Gemma3ForCausalLM",
            model_type="gemma3_text",
            attn_logit_softcapping=None,
            cache_implementation="hybrid",
            final_logit_softcapping=None,
            hidden_activation="gelu_pytorch_tanh",
            num_hidden_layers=4,
            query_pre_attn_scalar=20,
            rope_local_base_freq=100.0,
            rope_scaling={"factor": 8.0, "rope_type": "linear"},
            rope_theta=10000.0,
            sliding_window=7,
            sliding_window_pattern=3,
        ),
        norm_at=0,
        post_norm_at=5,
    ),
    "gemma3-v5": Family(
        gemma(
            "Gemma3ForCausalLM",
            model_type="gemma3_text",
            dtype="bfloat16",
            hidden_activation="gelu_pytorch_tanh",
            layer_types=GEMMA3_KINDS,
            num_hidden_layers=4,
            query_pre_attn_scalar=20,
            rope_theta=None,
            rope_parameters={
                "full_attention": {"rope_theta": 10000.0, "rope_type": "default"},
                "sliding_attention": {"rope_theta": 100.0, "rope_type": "default"},
            },
            sliding_window=7,
            use_bidirectional_attention=False,
        ),
        norm_at=0,
        post_norm_at=5,
    ),
    "gpt-bigcode": Family(GPT_BIGCODE),
    "gpt-bigcode-heads": Family(GPT_BIGCODE | {"multi_query": False, "scale_attn_weights": False, "n_head": 5}),
    "gpt-neox": Family(GPT_NEOX, dtype=torch.float16),
    "gpt-neox-serial": Family(GPT_NEOX | {"use_parallel_residual": False, "rotary_pct": 1.0}, dtype=torch.float16),
    "gpt2": Family(GPT2, dtype=torch.float32, inputs_first=True, published=gpt2_published),
    "gpt2-by-layer": Family(
        GPT2 | {"n_inner": 50, "scale_attn_by_inverse_layer_idx": True, "activation_function": "gelu"},
        dtype=torch.float16,
        inputs_first=True,
    ),
    "llama": Family(llama(rope_scaling=None, num_key_value_heads=3)),
    "llama-biases": Family(llama() | {"attention_bias": True, "mlp_bias": True, "head_dim": 14, "tie_word_embeddings": True}),
    "llama-dynamic": Family(llama(rope_scaling={"type": "dynamic", "factor": 2.0})),
    "llama-linear": Family(llama(rope_scaling={"type": "linear", "factor": 4.0})),
    "llama-yarn": Family(llama(rope_scaling=YARN, max_position_embeddings=64, rope_theta=500.0)),
    "llama3": Family(llama(rope_scaling=LLAMA3, rope_theta=500.0, tie_word_embeddings=True)),
    "mistral": Family(decoder("MistralForCausalLM", model_type="mistral", sliding_window=7)),
    "mixtral": Family(
        decoder(
            "MixtralForCausalLM",
            model_type="mixtral",
            attention_dropout=0.0,
            num_experts_per_tok=2,
            num_local_experts=5,
            output_router_logits=False,
            rope_theta=1000000.0,
            router_aux_loss_coef=0.02,
            sliding_window=None,
        )
    ),
    "olmo2": Family(
        decoder("Olmo2ForCausalLM", model_type="olmo2", attention_bias=False, pad_token_id=0, rope_scaling=None),
        folder="added",
    ),
    "opt": Family(OPT, dtype=torch.float16, published=unprefixed("model.")),
    "opt-350m": Family(
        OPT | {"do_layer_norm_before": False, "word_embed_proj_dim": 22, "enable_bias": False}, dtype=torch.float16
    ),
    "phi3": Family(
        decoder(
            "Phi3ForCausalLM",
            model_type="phi3",
            pad_token_id=0, attention_bias=False, rope_scaling=None, sliding_window=7)
    ),
    "phi3-longrope": Family(
        decoder(
            "Phi3ForCausalLM",
            model_type="phi3",
            pad_token_id=0,
            original_max_position_embeddings=16,
            partial_rotary_factor=0.8,
            rope_scaling=LONGROPE,
            sliding_window=None,
        ),
        lengths=[20, 17, 23],
    ),
    "phi3-longrope-short": Family(
        decoder(
            "Phi3ForCausalLM",
            model_type="phi3",
            pad_token_id=0,
            original_max_position_embeddings=60,
            partial_rotary_factor=0.8,
            rope_scaling=LONGROPE,
            sliding_window=None,
        ),
        max_model_len=60,
    ),
    "qwen2": Family(
        decoder(
            "Qwen2ForCausalLM", model_type="qwen2", max_window_layers=2, sliding_window=128, use_sliding_window=False
        )
    ),
    "qwen2-windows": Family(
        decoder(
            "Qwen2ForCausalLM", model_type="qwen2", max_window_layers=1, sliding_window=7, use_sliding_window=True
        )
    ),
    "qwen3": Family(
        decoder(
            "Qwen3ForCausalLM",
            model_type="qwen3",
            attention_bias=False,
            head_dim=14,
            max_window_layers=2,
            rope_scaling=None,
            sliding_window=None,
            tie_word_embeddings=True,
            use_sliding_window=False,
        )
    ),
    "qwen3-moe": Family(qwen3_moe(num_hidden_layers=3, norm_topk_prob=True)),
    "qwen3-moe-sparse": Family(
        qwen3_moe(
            attention_bias=True,
            decoder_sparse_step=2,
            mlp_only_layers=[3],
            norm_topk_prob=False,
            num_hidden_layers=4,
            sliding_window=7,
            use_sliding_window=True,
        )
    ),
}
