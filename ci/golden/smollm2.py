"""What SmolLM2-135M-Instruct answers, by Transformers in float32, from the weights of one GGUF file decoded by their own types.

Writes core/src/test/resources/golden/smollm2/: the layout is in README.md.
"""

import hashlib
import json
from pathlib import Path

import gguf
import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from files import CORE, json_rows
from smollm2_model import GGUF_FILE, PACKAGE, fields, hf_weights, shape_of, tokenizer

FOLDER = CORE / "golden/smollm2"
NEW_TOKENS, TOP, SEEDED, SEED = 64, 16, 64, 135
FULL_ROWS = ["fact", "chinese", "python", "chat-turns", "long-ledger", "long-languages"]


def read_prompts(tok):
    """Each prompt's name and text; a chat is rendered by the model's own template, a long text is stored as lines."""
    for prompt in json.loads(Path("prompts.json").read_text(encoding="utf-8")):
        if "messages" in prompt:
            text = tok.apply_chat_template(prompt["messages"], tokenize=False, add_generation_prompt=True)
        else:
            text = prompt["text"] if isinstance(prompt["text"], str) else "\n".join(prompt["text"])
        yield prompt["name"], text


def build(meta, shape, weights):
    config = LlamaConfig(
        vocab_size=meta["llama.vocab_size"],
        hidden_size=meta["llama.embedding_length"],
        intermediate_size=meta["llama.feed_forward_length"],
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        head_dim=shape.head,
        max_position_embeddings=meta["llama.context_length"],
        rms_norm_eps=shape.eps,
        rope_parameters={"rope_type": "default", "rope_theta": shape.theta},
        tie_word_embeddings=True,
        attn_implementation="eager",
    )
    model = LlamaForCausalLM(config).float().eval()
    missing = model.load_state_dict(weights, strict=False)
    assert missing.missing_keys in ([], ["lm_head.weight"]) and not missing.unexpected_keys, missing
    model.tie_weights()
    return model


@torch.no_grad()
def greedy(model, ids):
    """NEW_TOKENS greedy tokens and the float32 logit row that chose each; the lowest id wins a tie."""
    rows, tokens, step, cache = [], [], ids, None
    for _ in range(NEW_TOKENS):
        out = model(torch.tensor([step]), past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache = out.past_key_values
        rows.append(out.logits[0, -1].numpy())
        tokens.append(int(rows[-1].argmax()))
        step = tokens[-1:]
    return tokens, np.stack(rows)


def top_gap(row):
    second, first = np.partition(row, -2)[-2:]
    return float(first - second)


def pack(row, seeded):
    """One record of steps.bin: the ids of the TOP largest logits (largest first, then the lower id), their logits, the seeded logits."""
    top = np.lexsort((np.arange(len(row)), -row))[:TOP]
    return top.astype("<i4").tobytes() + row[top].astype("<f4").tobytes() + row[seeded].astype("<f4").tobytes()


def write(runs, seeded, digest):
    FOLDER.mkdir(parents=True, exist_ok=True)
    by_name = {run["name"]: run for run in runs}
    full = [by_name[name]["rows"][0] for name in FULL_ROWS]
    (FOLDER / "rows.bin").write_bytes(np.stack(full).astype("<f4").tobytes())
    (FOLDER / "steps.bin").write_bytes(b"".join(pack(row, seeded) for run in runs for row in run["rows"]))
    prompts = [
        {
            "name": run["name"],
            "text": run["text"],
            "ids": run["ids"],
            "greedy": run["greedy"],
            "gaps": [top_gap(row) for row in run["rows"]],
            "maxAbs": [float(np.abs(row).max()) for row in run["rows"]],
        }
        for run in runs
    ]
    head = {
        "package": PACKAGE,
        "file": GGUF_FILE.name,
        "sha256": digest,
        "fullRows": FULL_ROWS,
        "seeded": seeded.tolist(),
    }
    json_rows(FOLDER / "prompts.json", head, "prompts", prompts)


def write_tensors(reader):
    rows = [
        {
            "name": t.name,
            "type": t.tensor_type.name,
            "shape": t.shape.tolist(),
            "sha256": hashlib.sha256(gguf.dequantize(t.data, t.tensor_type).astype("<f4").tobytes()).hexdigest(),
        }
        for t in reader.tensors
    ]
    json_rows(FOLDER / "tensors.json", {"layout": "shape as in GGUF: the first dimension is contiguous"}, "tensors", rows)


def main():
    torch.set_num_threads(2)
    reader = gguf.GGUFReader(GGUF_FILE)
    write_tensors(reader)
    meta, tok = fields(reader), tokenizer()
    shape, weights = shape_of(meta), hf_weights(reader)
    model = build(meta, shape, weights)
    runs = []
    for name, text in read_prompts(tok):
        ids = tok(text)["input_ids"]
        tokens, rows = greedy(model, ids)
        runs.append({"name": name, "text": text, "ids": ids, "greedy": tokens, "rows": rows})
        print(f"{name:16} {len(ids):5} tokens: {tok.decode(tokens)[:80]!r}", flush=True)
    seeded = np.sort(np.random.default_rng(SEED).choice(meta["llama.vocab_size"], SEEDED, replace=False))
    write(runs, seeded, hashlib.sha256(GGUF_FILE.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
