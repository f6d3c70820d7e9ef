"""What the bundled model answers: greedy tokens and the logits of all that come near, in float64; and how far bf16 operands stray from them.

Writes golden.json beside the weights. The float64 Llama of ci/golden is the reference; Transformers runs the same folder in float32, and the
script fails unless the two agree. Nothing here was made by Quire.
"""

import json
import sys

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

import settings as s

sys.path.insert(0, str(s.ROOT / "ci/golden"))
from llama64 import Llama64, Shape, bf16, exact  # noqa: E402

NEW_TOKENS = 64
OPERANDS = {"F32": exact, "BF16": bf16}

# Parts of a row's max |logit|, about twice what was measured here, for other places to round and other orders of summation. A near tie is
# where the golden gap is at most `nearTie`: another argmax is allowed there, for a lead may shrink by as much.
BOUNDS = {"F32": {"logit": 5e-5, "nearTie": 1e-4}, "BF16": {"logit": 4e-2, "nearTie": 4e-2}}

TEXTS = {
    "once": "Once upon a time",
    "village": "In a small village",
    "ball": "Mia had a red ball.",
    "rain": "It was raining, and Tom could not go to the",
    "owl": "# The owl\n\n",
    "france": "# France\n\nFrance is a country in Europe. The capital of France is",
    "letter": "Dear Nora,\n\nit is winter here",
    "sums": "7 + 5 = 12\n3 x 4 = 12\n9 - 2 =",
    "shopping": "Ada's shopping list:\n- 3 apples\n- 5 pears\n",
    "record": '{"name": "Paul", "age": 12,',
    "greek": "English and Greek:\nwater =",
    "nothing": "",
}
CHATS = {
    "hello": ["Hello!"],
    "who": ["Who are you?"],
    "fox": ["Tell me about the fox."],
    "story": ["Tell me a story about Lena and Omar."],
    "quire": ["What is a quire?"],
    "japanese": ['How do you say "thank you" in Japanese?', 'And what is "water" in German?'],
    "sort": ["Sort these numbers: 21, 3, 14, 8", "Turn this list around: red, blue, green"],
    "unknown": ["What is the capital of Zorumi?", "what is the capital of peru"],
    "pancakes": ["How do I make pancakes?"],
    "json": ["Write this as JSON: Rosa is 9 years old and has a cat."],
    "capitals": ("Write everything in capital letters.", ["Where do bees live?", "What is 6 x 7?"]),
    "named": ("Begin every answer with the name of the user, Hugo.", ["What do horses eat?"]),
}
SCENE = " ".join(
    [
        "Please remember this. Clara has a brown kite and goes to the library. Emma has a green boat and goes to the beach.",
        "Rosa has a red puzzle and goes to the garden. Max has a blue hat and goes to the park. Leo has a white drum and goes to the market.",
    ]
)
QUESTIONS = ["Where does Max go?", "Who has the drum?", "What colour is the boat?", "What is 8 + 5?", "Where do owls live?", "Who goes to the garden?"]


def conversation(model, tokenizer, questions, system=None):
    """The questions, each but the last with the model's own answer: the last one's prompt."""
    messages = [{"role": "system", "content": system}] if system else []
    for i, question in enumerate(questions):
        messages.append({"role": "user", "content": question})
        ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)
        if i < len(questions) - 1:
            messages.append({"role": "assistant", "content": tokenizer.decode(greedy(model, ids, tokenizer.eos_token_id)[len(ids) : -1])})
    return ids


def greedy(model, ids, end=None, count=NEW_TOKENS):
    """The ids with up to `count` more, the most probable ones; `end` is the last."""
    ids, past = list(ids), None
    for _ in range(count):
        new = ids if past is None else ids[-1:]
        with torch.no_grad():
            out = model(torch.tensor([new]), past_key_values=past, use_cache=True)
        past = out.past_key_values
        ids.append(int(out.logits[0, -1].argmax()))
        if ids[-1] == end:
            break
    return ids


def prompts(model, tokenizer):
    """(name, ids). The long ones end on both sides of token 512, where a segment of the canonical attention ends."""
    for name, text in TEXTS.items():
        yield name, tokenizer.encode(text)
    for name, chat in CHATS.items():
        system, questions = chat if isinstance(chat, tuple) else (None, chat)
        yield name, conversation(model, tokenizer, questions, system)
    yield "memory", conversation(model, tokenizer, [SCENE, *QUESTIONS])
    long = greedy(model, tokenizer.encode("# The book of Ines and Ben\n\n## Chapter 1\n\n"), count=1180)
    for length in (480, 512, 1180):
        yield f"book-{length}", long[:length]


def continued(model, reference, ids):
    """The ids with NEW_TOKENS more, as Transformers chooses them, and the reference's rows of logits, which must choose the same."""
    start, ids = len(ids), greedy(model, ids)
    rows = reference.logits(ids[:-1], first=start - 1)
    assert rows.argmax(1).tolist() == ids[start:], "float64 chooses another token than float32"
    return ids, rows


def rivals(row, token):
    """Ids and logits, in turn: the runner-up, and all that twice the largest bound lets come near."""
    reach = 2 * max(bound["logit"] for bound in BOUNDS.values()) * np.abs(row).max()
    order = np.argsort(-row, kind="stable")
    near = [int(i) for i in order if i != token and row[token] - row[i] <= reach] or [int(order[1])]
    return [x for i in near for x in (i, round(float(row[i]), 6))]


def measured(cases, other):
    """Parts of a row's max |logit|: the largest error of a logit, and by how much the golden token's lead over a rival changes at most."""
    error, change, flips = 0.0, 0.0, 0
    for _, start, ids, rows in cases:
        strayed = other.logits(ids[:-1], first=start - 1)
        flips += int((strayed.argmax(1) != rows.argmax(1)).sum())
        for row, astray, token in zip(rows, strayed, ids[start:]):
            scale, near = np.abs(row).max(), rivals(row, token)[::2]
            error = max(error, float(np.abs(astray - row).max() / scale))
            change = max(change, float(np.abs((astray[token] - astray[near]) - (row[token] - row[near])).max() / scale))
    return {"steps": sum(len(rows) for *_, rows in cases), "largestError": error, "largestChangeOfLead": change, "argmaxDiffers": flips}


def check_against_transformers(model, cases):
    worst = 0.0
    for name, start, ids, rows in cases:
        with torch.no_grad():
            theirs = model(torch.tensor([ids[:-1]])).logits[0, start - 1 :].double().numpy()
        worst = max(worst, float((np.abs(theirs - rows).max(1) / np.abs(rows).max(1)).max()))
        assert (theirs.argmax(1) == rows.argmax(1)).all(), f"Transformers chooses another token in {name}"
    assert worst < BOUNDS["F32"]["logit"], f"Transformers differs by {worst}"
    print(f"largest difference to Transformers in float32: {worst:.1e} of max |logit|")


def show(tokenizer, cases):
    gaps = []
    for name, start, ids, rows in cases:
        first, second = np.sort(rows, 1)[:, [-1, -2]].T
        gaps += ((first - second) / np.abs(rows).max(1)).tolist()
        print(f"{name:10} {start:4} {tokenizer.decode(ids[max(0, start - 12) : start])!r} -> {tokenizer.decode(ids[start:])!r}")
    quantiles = np.quantile(gaps, [0, 0.01, 0.05, 0.25, 0.5])
    print("top-1 minus top-2, parts of max |logit|: least, 1%, 5%, 25%, median:", " ".join(f"{q:.4f}" for q in quantiles))


def write(cases, bounds):
    texts = []
    for name, start, ids, rows in cases:
        tokens = ids[start:]
        texts.append(
            {
                "name": name,
                "ids": ids[:start],
                "greedy": tokens,
                "logits": [round(float(row[t]), 6) for row, t in zip(rows, tokens)],
                "largest": [round(float(np.abs(row).max()), 6) for row in rows],
                "rivals": [rivals(row, t) for row, t in zip(rows, tokens)],
            }
        )
    body = ",\n".join(json.dumps(text, ensure_ascii=False, separators=(",", ":")) for text in texts)
    head = f'"model": "{s.FOLDER.name}",\n"bounds": {json.dumps(bounds)},\n'
    (s.FOLDER / "golden.json").write_text(f'{{\n{head}"texts": [\n{body}\n]\n}}\n', encoding="utf-8")


def main():
    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(s.FOLDER)
    model = AutoModelForCausalLM.from_pretrained(s.FOLDER, dtype=torch.float32, attn_implementation="eager")
    shape, weights = Shape(s.LAYERS, s.HEADS, s.KV_HEADS, s.HEAD, s.THETA, s.EPS), model.state_dict()
    weights = {name: w for name, w in weights.items() if name != "lm_head.weight"}
    reference = Llama64(shape, weights)
    cases = [(name, len(ids), *continued(model, reference, ids)) for name, ids in prompts(model, tokenizer)]
    show(tokenizer, cases)
    check_against_transformers(model, cases)
    bounds = {}
    for name, operand in OPERANDS.items():
        found = measured(cases, Llama64(shape, weights, operand))
        print(name, found, flush=True)
        bound = BOUNDS[name]
        assert found["largestError"] <= bound["logit"] and found["largestChangeOfLead"] <= bound["nearTie"], f"{name}: beyond {bound}"
        bounds[name] = bound | {"measured": found}
    write(cases, bounds)


if __name__ == "__main__":
    main()
