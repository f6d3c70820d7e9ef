"""A checkpoint of each model family, small enough to commit, and what Transformers makes of it in float64.

Writes core/src/test/resources/models/families/ and models/added/. `families_configs.py` says what each is. The script fails unless Transformers reads the committed
folder back, in float32, to the same logits, and unless every greedy token leads by a margin that float32 cannot lose.
"""

import base64
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM

import float64
from families_configs import FAMILIES
from files import CORE, write_json

MODELS = CORE / "models"
NEW_TOKENS = 32
PROMPT_LENGTHS = [5, 1, 23]
MARGIN, DISTINCT = 2e-3, 6
EAGER = {"attn_implementation": "eager", "experts_implementation": "eager"}


def main():
    torch.set_num_threads(2)
    wanted = sys.argv[1:] or list(FAMILIES)
    for name in wanted:
        make(name, FAMILIES[name])


def make(name, family):
    folder = MODELS / family.folder / name
    shutil.rmtree(folder, ignore_errors=True)
    write_json(folder / "config.json", family.config, indent=2)
    for seed in range(1, 200):
        config, model = random_model(folder, family, seed)
        golden = golden_data(config, model, family, np.random.default_rng(seed))
        if golden is not None:
            break
    else:
        raise SystemExit(f"{name}: no seed gives clear margins")
    save(folder, family, model)
    write_json(folder / "golden.json", golden, indent=1)
    check(folder, golden)
    (folder / "model.safetensors").chmod(0o644)
    size = (folder / "model.safetensors").stat().st_size
    print(f"{name}: seed {seed}, least gap {min(g for c in golden['cases'] for g in c['gaps']):.1e}, {size} bytes of weights")


def random_model(folder, family, seed):
    """Random weights, rounded to the family's dtype, wide enough that attention is far from uniform."""
    config = AutoConfig.from_pretrained(folder)
    model = AutoModelForCausalLM.from_config(config, **EAGER, dtype=torch.float32).eval()
    rng = np.random.default_rng(seed * 1000)
    for name, weight in model.named_parameters():
        values = family.draw(name, tuple(weight.shape), rng)
        weight.data = torch.tensor(values, dtype=family.dtype).float()
    model.tie_weights()
    return config, model


def golden_data(config, model, family, rng):
    """The golden cases, or None if some greedy token leads by too little."""
    with float64.everywhere(), torch.no_grad():
        exact = AutoModelForCausalLM.from_config(config, **EAGER, dtype=torch.float64).eval()
        exact.load_state_dict({key: value.double() for key, value in model.state_dict().items()})
        cases = []
        for length in family.lengths or PROMPT_LENGTHS:
            ids = rng.integers(3, config.vocab_size, length).tolist()
            tokens, gaps, rows = list(ids), [], None
            for _ in range(NEW_TOKENS):
                logits = exact(torch.tensor([tokens]), use_cache=False).logits[0].numpy()
                assert logits.dtype == np.float64
                rows = logits if rows is None else rows
                last = np.sort(logits[-1])
                gaps.append(float(last[-1] - last[-2]))
                tokens.append(int(logits[-1].argmax()))
                if gaps[-1] < MARGIN * np.abs(last).max():
                    return None
            if length > 1 and len(set(tokens[length:])) < DISTINCT:
                return None
            kept = rows if not cases else rows[-1:]
            cases.append(
                {
                    "ids": ids,
                    "greedy": tokens[length:],
                    "gaps": [round(gap, 6) for gap in gaps],
                    "firstRow": len(rows) - len(kept),
                    "logits": base64.b64encode(kept.astype("<f8").tobytes()).decode(),
                }
            )
    return {"maxModelLen": family.max_model_len, "cases": cases}


def save(folder, family, model):
    """As Transformers writes it, then as the family's makers published it."""
    with tempfile.TemporaryDirectory() as temporary:
        model.to(family.dtype).save_pretrained(temporary)
        tensors = load_file(Path(temporary) / "model.safetensors")
    save_file(family.published(tensors), folder / "model.safetensors", metadata={"format": "pt"})


def check(folder, golden):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **EAGER).eval()
    for case in golden["cases"]:
        with torch.no_grad():
            rows = model(torch.tensor([case["ids"]])).logits[0].double().numpy()[case["firstRow"] :]
        expected = np.frombuffer(base64.b64decode(case["logits"])).reshape(rows.shape)
        worst = np.abs(rows - expected).max() / np.abs(expected).max()
        assert worst < 1e-4, f"{folder.name}: the folder's logits differ by {worst}"


if __name__ == "__main__":
    main()
