"""How far logits may be from SmolLM2's golden float32 ones: measured on float64 and on bf16 operands, never on Quire.

Reads what smollm2.py wrote, adds bounds.json to it. Every number is a part of a row's max |logit|. Run it after smollm2.py.
"""

import json

import gguf
import numpy as np

from files import CORE, write_json
from llama64 import Llama64, bf16, exact
from smollm2_model import GGUF_FILE, fields, hf_weights, shape_of

FOLDER = CORE / "golden/smollm2"
STEP = np.dtype([("ids", "<i4", 16), ("top", "<f4", 16), ("seeded", "<f4", 64)])
MEASURED = slice(0, 26, 2)  # every second prompt but the last four, whose float64 runs are slow
OPERANDS = {"float32": exact, "bf16": bf16}

# Chosen from what the first run measured, with room for other orders of summation and other elementary functions.
BOUNDS = {"float32": {"logit": 5e-5, "nearTie": 1e-4}, "bf16": {"logit": 4e-2, "nearTie": 1e-2}}


def measure(model, prompts, steps, seeded):
    """The errors at the recorded logits of every step, and the gaps of the steps where the argmax is another token."""
    errors, flips = [], []
    for prompt, golden in zip(prompts, steps):
        rows = model.logits(prompt["ids"] + prompt["greedy"][:-1], first=len(prompt["ids"]) - 1)
        top = np.abs(np.take_along_axis(rows, golden["ids"].astype(int), 1) - golden["top"]).max(1)
        other = np.abs(rows[:, seeded] - golden["seeded"]).max(1)
        scale = np.array(prompt["maxAbs"])
        errors.append(np.maximum(top, other) / scale)
        flipped = rows.argmax(1) != prompt["greedy"]
        flips.extend((np.array(prompt["gaps"]) / scale)[flipped].tolist())
    errors = np.concatenate(errors)
    return {
        "steps": len(errors),
        "medianError": float(np.median(errors)),
        "largestError": float(errors.max()),
        "argmaxDiffers": len(flips),
        "largestFlippedGap": max(flips, default=0.0),
    }


def main():
    golden = json.loads((FOLDER / "prompts.json").read_text(encoding="utf-8"))
    prompts = golden["prompts"][MEASURED]
    steps = np.fromfile(FOLDER / "steps.bin", STEP).reshape(len(golden["prompts"]), -1)[MEASURED]
    reader = gguf.GGUFReader(GGUF_FILE)
    shape, weights = shape_of(fields(reader)), hf_weights(reader)
    bounds = {}
    for name, operand in OPERANDS.items():
        measured = measure(Llama64(shape, weights, operand), prompts, steps, golden["seeded"])
        print(name, measured, flush=True)
        bound = BOUNDS[name]
        assert measured["largestError"] <= bound["logit"] and measured["largestFlippedGap"] <= bound["nearTie"], f"{name}: beyond {bound}"
        bounds[name] = bound | {"measured": measured}
    write_json(FOLDER / "bounds.json", bounds, indent=2)


if __name__ == "__main__":
    main()
