"""Trains the model on one thread of a CPU. A checkpoint lets a run that was interrupted go on where it was; `python train.py 600` ends after
ten minutes, wherever it is.

Matrices are updated by Muon (Jordan et al. 2024), the embedding and the norms by AdamW, in float32; products run in bfloat16. The rate
stays for a quarter of the steps and then falls to zero.
"""

import sys
import time
from itertools import islice

import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy

import settings as s
import tokenizer as tokenizer_files
from corpus import documents
from llama import Llama
from start import begin

RATE, EMBEDDING_RATE = 0.005, 0.004
WARM_UP, STEADY = 30, 0.25
CHECKPOINT = s.HOME / "checkpoint.pt"
CHECKPOINT_EVERY = 100


class Stream:
    """Windows cut from the endless row of documents; where the row goes on is known by the number of tokens that were taken."""

    def __init__(self, tokenizer, seed):
        self.tokenizer = tokenizer
        self.documents = documents(seed)
        self.waiting = torch.empty(0, dtype=torch.int32)

    def take(self, count):
        rows = [self.waiting]
        have = len(self.waiting)
        while have < count:
            texts = [text for text, _ in islice(self.documents, 100)]
            ids = [i for e in self.tokenizer.encode_batch_fast(texts, add_special_tokens=False) for i in e.ids]
            rows.append(torch.tensor(ids, dtype=torch.int32))
            have += len(ids)
        row = torch.cat(rows)
        self.waiting = row[count:]
        return row[:count].long()

    def windows(self, length):
        """[B, length + 1], TOKENS_PER_STEP tokens to predict."""
        return self.take((length + 1) * (s.TOKENS_PER_STEP // length)).view(-1, length + 1)


def window(step):
    """The length of a step's windows."""
    part = step / s.STEPS
    for length, share in s.WINDOWS:
        part -= share
        if part < 0:
            break
    return length


def rate(step):
    return min(1, (step + 1) / WARM_UP, (1 - step / s.STEPS) / (1 - STEADY))


def optimizers(model):
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    others = [p for name, p in model.named_parameters() if p.ndim != 2 or "embed" in name]
    muon = torch.optim.Muon(matrices, lr=RATE, momentum=0.95, weight_decay=0.05, adjust_lr_fn="match_rms_adamw")
    adam = torch.optim.AdamW(others, lr=EMBEDDING_RATE, betas=(0.9, 0.95), weight_decay=0.0)
    return muon, adam


def loss_of(model, rows):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(rows[:, :-1])
    return cross_entropy(logits.float().flatten(0, 1), rows[:, 1:].flatten())


def main(seconds):
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(s.SEED)
    if not (s.FOLDER / "tokenizer.json").exists():
        tokenizer_files.write(s.FOLDER)
    stream = Stream(Tokenizer.from_file(str(s.FOLDER / "tokenizer.json")), s.SEED)
    model = Llama()
    begin(model)
    both = optimizers(model)
    start = time.monotonic()
    for step in range(restored(model, both, stream), s.STEPS):
        for optimizer, most in zip(both, (RATE, EMBEDDING_RATE)):
            optimizer.param_groups[0]["lr"] = most * rate(step)
        loss = loss_of(model, stream.windows(window(step)))
        loss.backward()
        for optimizer in both:
            optimizer.step()
            optimizer.zero_grad()
        spent = time.monotonic() - start
        if step % 20 == 0 or step == s.STEPS - 1:
            print(f"step {step:5} window {window(step):4} loss {loss.item():.4f} {spent:6.0f} s", flush=True)
        stop = spent > seconds
        if (step + 1) % CHECKPOINT_EVERY == 0 or step == s.STEPS - 1 or stop:
            save(model, both, step + 1)
        if stop:
            print("out of time; run again to go on")
            return


def save(model, both, step):
    torch.save({"model": model.state_dict(), "both": [o.state_dict() for o in both], "step": step}, CHECKPOINT.with_suffix(".part"))
    CHECKPOINT.with_suffix(".part").rename(CHECKPOINT)


def restored(model, both, stream):
    """The step to begin with; the stream is wound to where that step finds it."""
    if not CHECKPOINT.exists():
        return 0
    state = torch.load(CHECKPOINT)
    model.load_state_dict(state["model"])
    for optimizer, saved in zip(both, state["both"]):
        optimizer.load_state_dict(saved)
    for step in range(state["step"]):
        stream.windows(window(step))
    return state["step"]


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else float("inf"))
