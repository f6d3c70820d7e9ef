"""Turns the checkpoint into a Hugging Face folder, and says how good the model is once its weights are rounded."""

import hashlib
import json
from itertools import islice

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy

import settings as s
from corpus import BEGIN, END, documents
from llama import Llama
from train import CHECKPOINT

NAMES = ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]


def config(tokenizer):
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": s.VOCABULARY,
        "hidden_size": s.HIDDEN,
        "intermediate_size": s.MLP,
        "num_hidden_layers": s.LAYERS,
        "num_attention_heads": s.HEADS,
        "num_key_value_heads": s.KV_HEADS,
        "head_dim": s.HEAD,
        "hidden_act": "silu",
        "max_position_embeddings": s.CONTEXT,
        "rms_norm_eps": s.EPS,
        "rope_theta": s.THETA,
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "bos_token_id": tokenizer.token_to_id(BEGIN),
        "eos_token_id": tokenizer.token_to_id(END),
        "torch_dtype": "float16",
    }


def rounded(state):
    """The weights in float16, each a value that bfloat16 has as well: so the model is the same in any of its types."""
    weights = {name: p.detach().to(torch.bfloat16).to(torch.float16).contiguous() for name, p in state.items()}
    assert all(w.isfinite().all() and torch.equal(w.float(), w.bfloat16().float()) for w in weights.values())
    return weights


def mean_loss(model, tokenizer):
    """(nats of the model, nats of the generator) a token, over whole documents that the training never saw."""
    lost = surprise = tokens = 0
    for text, nats in islice(documents(s.HELD_OUT_SEED), s.EVALUATED):
        ids = torch.tensor([tokenizer.encode(text, add_special_tokens=False).ids])
        with torch.no_grad():
            logits = model(ids[:, :-1])
        lost += cross_entropy(logits[0].float(), ids[0, 1:], reduction="sum").item()
        surprise += nats
        tokens += ids.shape[1] - 1
    return lost / tokens, surprise / tokens


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_index():
    """The index of models beside the folder: what each file must be."""
    files = []
    for name in NAMES:
        data = (s.FOLDER / name).read_bytes()
        files.append({"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
    write_json(s.FOLDER.parent / "index.json", {"models": [{"name": s.FOLDER.name, "files": files}]})


def main():
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(s.FOLDER / "tokenizer.json"))
    model = Llama()
    state = torch.load(CHECKPOINT)
    model.load_state_dict(state["model"])
    weights = rounded(model.state_dict())
    model.load_state_dict({name: w.float() for name, w in weights.items()})
    save_file(weights, s.FOLDER / "model.safetensors", metadata={"format": "pt"})
    write_json(s.FOLDER / "config.json", config(tokenizer))
    end = tokenizer.token_to_id(END)
    write_json(s.FOLDER / "generation_config.json", {"bos_token_id": tokenizer.token_to_id(BEGIN), "eos_token_id": end, "pad_token_id": end})
    write_index()
    ours, least = mean_loss(model, tokenizer)
    count = sum(w.numel() for w in weights.values())
    size = (s.FOLDER / "model.safetensors").stat().st_size
    print(f"{count:,} weights, {size:,} bytes, after step {state['step']}")
    print(f"loss on {s.EVALUATED} unseen documents, weights rounded: {ours:.4f} nats a token; the generator's entropy is at most {least:.4f}")


if __name__ == "__main__":
    main()
