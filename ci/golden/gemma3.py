"""What Gemma 3 270M says, by Transformers in float32, from the weights of one GGUF file decoded by their own types.

Writes core/src/test/resources/golden/gemma3/prompts.json: the layout is in README.md.
"""

import json
from pathlib import Path

import numpy as np
import torch

import gemma3_model
from files import CORE, json_rows
from smollm2 import TOP, greedy, top_gap

PROMPTS = ["fact", "one-token", "story", "german", "chinese", "python", "long-ledger"]


def text_of(name):
    prompt = next(p for p in json.loads(Path("prompts.json").read_text(encoding="utf-8")) if p["name"] == name)
    return prompt["text"] if isinstance(prompt["text"], str) else "\n".join(prompt["text"])


def main():
    torch.set_num_threads(2)
    model, tok = gemma3_model.model(), gemma3_model.tokenizer()
    runs = []
    for name in PROMPTS:
        text = text_of(name)
        ids = tok(text)["input_ids"]
        assert ids[0] == tok.bos_token_id
        tokens, rows = greedy(model, ids)
        top = np.lexsort((np.arange(rows.shape[1]), -rows[0]))[:TOP]
        runs.append(
            {
                "name": name,
                "text": text,
                "ids": ids,
                "greedy": tokens,
                "gaps": [top_gap(row) for row in rows],
                "maxAbs": [float(np.abs(row).max()) for row in rows],
                "topIds": top.tolist(),
                "topLogits": rows[0][top].astype(float).tolist(),
            }
        )
        print(f"{name:16} {len(ids):5} tokens: {tok.decode(tokens)[:80]!r}", flush=True)
    head = {"package": gemma3_model.PACKAGE + "==1.0.0", "file": gemma3_model.file().name, "sha256": gemma3_model.SHA256}
    folder = CORE / "golden/gemma3"
    folder.mkdir(parents=True, exist_ok=True)
    json_rows(folder / "prompts.json", head, "prompts", runs)


if __name__ == "__main__":
    main()
