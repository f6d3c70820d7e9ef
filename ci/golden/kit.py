"""SmolLM2's golden tokens as the conformance kit reads them: converts what smollm2.py and bounds.py wrote, and runs nothing.

Writes conformance/src/main/resources/META-INF/quire/models/smollm2/golden.json, in the format of the bundled model's (ci/tiny/README.md).
"""

import json

import numpy as np

from files import CORE, ROOT

FOLDER = CORE / "golden/smollm2"
TARGET = ROOT / "conformance/src/main/resources/META-INF/quire/models/smollm2/golden.json"
STEP = np.dtype([("ids", "<i4", 16), ("top", "<f4", 16), ("seeded", "<f4", 64)])
TYPES = {"float32": "F32", "bf16": "BF16"}


def rivals(record, reach):
    """Ids and logits, in turn, of the runner-up and of all recorded ones that come near."""
    near = [i for i in range(1, 16) if i == 1 or record["top"][0] - record["top"][i] <= reach]
    return [x for i in near for x in (int(record["ids"][i]), round(float(record["top"][i]), 5))]


def text(prompt, records, reach):
    assert records["ids"][:, 0].tolist() == prompt["greedy"]
    return {
        "name": prompt["name"],
        "ids": prompt["ids"],
        "greedy": prompt["greedy"],
        "logits": [round(float(r["top"][0]), 5) for r in records],
        "largest": [round(x, 5) for x in prompt["maxAbs"]],
        "rivals": [rivals(r, reach * largest) for r, largest in zip(records, prompt["maxAbs"])],
    }


def main():
    golden = json.loads((FOLDER / "prompts.json").read_text(encoding="utf-8"))
    bounds = {TYPES[name]: bound for name, bound in json.loads((FOLDER / "bounds.json").read_text()).items()}
    steps = np.fromfile(FOLDER / "steps.bin", STEP).reshape(len(golden["prompts"]), -1)
    reach = 2 * max(bound["logit"] for bound in bounds.values())
    texts = [text(prompt, records, reach) for prompt, records in zip(golden["prompts"], steps)]
    body = ",\n".join(json.dumps(t, ensure_ascii=False, separators=(",", ":")) for t in texts)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(f'{{\n"model": "smollm2",\n"bounds": {json.dumps(bounds)},\n"texts": [\n{body}\n]\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
