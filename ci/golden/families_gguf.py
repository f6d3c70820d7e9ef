"""The checkpoints of families.py as GGUF files: names by the gguf package's own tables, tensors in the layout of the format's converters.

Writes core/src/test/resources/models/gguf/. Golden data are those of the folders: the weights are the same.
"""

import json

import gguf
import numpy as np
import torch
from safetensors.torch import load_file

from files import CORE

FAMILIES = CORE / "models/families"
OUT = CORE / "models/gguf"

ARCHITECTURES = {
    "gemma": gguf.MODEL_ARCH.GEMMA,
    "gemma2": gguf.MODEL_ARCH.GEMMA2,
    "gemma3": gguf.MODEL_ARCH.GEMMA3,
    "gpt-bigcode": gguf.MODEL_ARCH.STARCODER,
    "gpt-neox": gguf.MODEL_ARCH.GPTNEOX,
    "gpt2": gguf.MODEL_ARCH.GPT2,
    "llama-biases": gguf.MODEL_ARCH.LLAMA,
    "llama-yarn": gguf.MODEL_ARCH.LLAMA,
    "llama3": gguf.MODEL_ARCH.LLAMA,
    "mixtral": gguf.MODEL_ARCH.LLAMA,
    "phi3": gguf.MODEL_ARCH.PHI3,
    "phi3-longrope": gguf.MODEL_ARCH.PHI3,
    "qwen2": gguf.MODEL_ARCH.QWEN2,
    "qwen3": gguf.MODEL_ARCH.QWEN3,
    "qwen3-moe": gguf.MODEL_ARCH.QWEN3MOE,
}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, architecture in ARCHITECTURES.items():
        config = json.loads((FAMILIES / name / "config.json").read_text())
        writer = gguf.GGUFWriter(OUT / f"{name}.gguf", gguf.MODEL_ARCH_NAMES[architecture])
        sizes(writer, config)
        rotary(writer, config, architecture)
        tensors(writer, config, architecture, load_file(FAMILIES / name / "model.safetensors"))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        print(name, (OUT / f"{name}.gguf").stat().st_size, "bytes")


def first(config, *keys):
    return next((config[key] for key in keys if config.get(key) is not None), None)


def sizes(writer, config):
    heads = first(config, "num_attention_heads", "n_head")
    hidden = first(config, "hidden_size", "n_embd")
    writer.add_context_length(first(config, "max_position_embeddings", "n_positions"))
    writer.add_embedding_length(hidden)
    writer.add_block_count(first(config, "num_hidden_layers", "n_layer"))
    writer.add_feed_forward_length(first(config, "intermediate_size", "n_inner") or 4 * hidden)
    writer.add_head_count(heads)
    writer.add_head_count_kv(1 if config.get("multi_query") else config.get("num_key_value_heads", heads))
    if "rms_norm_eps" in config:
        writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    else:
        writer.add_layer_norm_eps(first(config, "layer_norm_eps", "layer_norm_epsilon"))
    if "head_dim" in config:
        writer.add_key_length(config["head_dim"])
        writer.add_value_length(config["head_dim"])
    if config.get("sliding_window") and config.get("use_sliding_window", True):
        writer.add_sliding_window(config["sliding_window"])
    if "attn_logit_softcapping" in config and config["attn_logit_softcapping"]:
        writer.add_attn_logit_softcapping(config["attn_logit_softcapping"])
        writer.add_final_logit_softcapping(config["final_logit_softcapping"])
    if "query_pre_attn_scalar" in config:
        writer.add_attention_scale(config["query_pre_attn_scalar"] ** -0.5)
    if "sliding_window_pattern" in config:
        period = config["sliding_window_pattern"]
        writer.add_sliding_window_pattern([(layer + 1) % period != 0 for layer in range(config["num_hidden_layers"])])
        writer.add_rope_freq_base_swa(config["rope_local_base_freq"])
    experts = first(config, "num_local_experts", "num_experts")
    if experts is not None:
        writer.add_expert_count(experts)
        writer.add_expert_used_count(config["num_experts_per_tok"])
    if "moe_intermediate_size" in config:
        writer.add_expert_feed_forward_length(config["moe_intermediate_size"])
    if "use_parallel_residual" in config:
        writer.add_parallel_residual(config["use_parallel_residual"])


def rotary(writer, config, architecture):
    base = first(config, "rope_theta", "rotary_emb_base")
    if base is None:
        return
    head = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
    dimensions = int(head * (first(config, "partial_rotary_factor", "rotary_pct") or 1))
    writer.add_rope_dimension_count(dimensions)
    writer.add_rope_freq_base(base)
    scaling = config.get("rope_scaling") or {}
    kind = scaling.get("rope_type", scaling.get("type"))
    if kind in ("linear", "yarn"):
        writer.add_rope_scaling_type(gguf.RopeScalingType(kind))
        writer.add_rope_scaling_factor(scaling["factor"])
    if kind == "yarn":
        writer.add_rope_scaling_orig_ctx_len(scaling["original_max_position_embeddings"])
    if kind == "longrope":
        trained = config["original_max_position_embeddings"]
        factor = config["max_position_embeddings"] / trained
        writer.add_rope_scaling_orig_ctx_len(trained)
        writer.add_rope_scaling_attn_factors(float(np.sqrt(1 + np.log(factor) / np.log(trained))))
        writer.add_tensor("rope_factors_long.weight", np.array(scaling["long_factor"], dtype=np.float32))
        writer.add_tensor("rope_factors_short.weight", np.array(scaling["short_factor"], dtype=np.float32))
    if kind == "llama3":
        writer.add_tensor("rope_freqs.weight", llama3_factors(scaling, base, dimensions))


def llama3_factors(scaling, base, dimensions):
    """What each frequency is divided by."""
    wavelengths = 2 * np.pi * base ** (np.arange(0, dimensions, 2) / dimensions)
    trained = scaling["original_max_position_embeddings"]
    low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
    kept = np.clip((trained / wavelengths - low) / (high - low), 0, 1)
    return (1 / ((1 - kept) / scaling["factor"] + kept)).astype(np.float32)


def stacked_experts(stored):
    """The matrices of a layer's experts as one tensor, each below the one before."""
    stacks, rest = {}, {}
    for name, tensor in stored.items():
        before, found, after = name.partition(".experts.")
        if found:
            number, part = after.split(".", 1)
            stacks.setdefault(f"{before}.experts.{part}", {})[int(number)] = tensor
        else:
            rest[name] = tensor
    return rest | {name: torch.stack([by[i] for i in sorted(by)]) for name, by in stacks.items()}


def tensors(writer, config, architecture, stored):
    names = gguf.get_tensor_name_map(architecture, first(config, "num_hidden_layers", "n_layer"))
    for name, tensor in stacked_experts(stored).items():
        if name.endswith(".attn.bias"):  # GPT-2's mask
            continue
        full = name if name.startswith(("model.", "lm_head", "transformer.", "gpt_neox.", "embed_out")) else "transformer." + name
        target = names.get_name(full, try_suffixes=(".weight", ".bias"))
        assert target, name
        values = layout(full, tensor, config, architecture)
        if values.ndim == 1 or values.dtype != torch.bfloat16:
            keep = np.float16 if values.dtype == torch.float16 and values.ndim > 1 else np.float32
            writer.add_tensor(target, values.to(torch.float32).numpy().astype(keep))
        else:
            raw = values.contiguous().view(torch.int16).numpy()
            writer.add_tensor(target, raw.view(np.uint8), raw_shape=raw.view(np.uint8).shape, raw_dtype=gguf.GGMLQuantizationType.BF16)


def layout(name, tensor, config, architecture):
    """As the format's converters store it."""
    arch = gguf.MODEL_ARCH
    if architecture == arch.LLAMA and (".q_proj." in name or ".k_proj." in name):
        heads = config["num_attention_heads"] if ".q_proj." in name else config["num_key_value_heads"]
        shape = tensor.shape
        return tensor.reshape(heads, 2, shape[0] // heads // 2, *shape[1:]).swapaxes(1, 2).reshape(shape)
    if architecture in (arch.GEMMA, arch.GEMMA2, arch.GEMMA3) and name.endswith("norm.weight"):
        return tensor.to(torch.float32) + 1
    if architecture == arch.GPT2 and name.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight")):
        return tensor.T
    if architecture == arch.GPTNEOX and "query_key_value" in name:
        heads = config["num_attention_heads"]
        shape = tensor.shape
        return tensor.reshape(heads, 3, -1, *shape[1:]).swapaxes(0, 1).reshape(shape)
    return tensor


if __name__ == "__main__":
    main()
