"""The checkpoints that families.py makes: configs as the families' makers spell them, and how their weights are drawn and named."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

VOCAB = 131


@dataclass
class Family:
    """One checkpoint. `lengths` are those of its prompts; `max_model_len` is what it is served with, if not its config's."""

    config: dict
    dtype: torch.dtype = torch.bfloat16
    lengths: list | None = None
    max_model_len: int | None = None
    published: Callable = lambda tensors: tensors
    norm_at: float = 1
    inputs_first: bool = False
    residual: float = 2.5

    def draw(self, name, shape, rng):
        """Values of the weight `name`: norms around `norm_at`, matrices that keep the size of what they multiply."""
        values = rng.normal(size=shape)
        if len(shape) == 1:
            return 0.2 * values if name.endswith("bias") else self.norm_at + 0.2 * values
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

FAMILIES = {
    "gpt2": Family(GPT2, dtype=torch.float32, inputs_first=True, published=gpt2_published),
    "gpt2-by-layer": Family(
        GPT2 | {"n_inner": 50, "scale_attn_by_inverse_layer_idx": True, "activation_function": "gelu"},
        dtype=torch.float16,
        inputs_first=True,
    ),
    "llama": Family(llama(rope_scaling=None, num_key_value_heads=3)),
    "llama-biases": Family(llama() | {"attention_bias": True, "mlp_bias": True, "head_dim": 14, "tie_word_embeddings": True}),
    "llama3": Family(llama(rope_scaling=LLAMA3, rope_theta=500.0, tie_word_embeddings=True)),
    "llama-linear": Family(llama(rope_scaling={"type": "linear", "factor": 4.0})),
    "llama-dynamic": Family(llama(rope_scaling={"type": "dynamic", "factor": 2.0})),
    "llama-yarn": Family(llama(rope_scaling=YARN, max_position_embeddings=64, rope_theta=500.0)),
}
