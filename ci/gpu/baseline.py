"""A trace in Hugging Face Transformers on the GPU, bf16 and SDPA, with weights from a seed: `generate` one request at a time and in static batches, and its
continuous batching. Arguments: the shape, the trace that Quire saved, the report to write."""

import json
import pathlib
import sys
import time

import torch
import transformers

sys.path.append(str(pathlib.Path(__file__).parents[1] / "bench"))
import continuous  # noqa: E402

SHAPES = pathlib.Path(__file__).parents[2] / "server/src/main/resources/dev/quire/server/bench/model"
SEED = 4711
SINGLE = 8
BATCHES = 8, 16, 32, 64


def model_of(shape):
    config = transformers.LlamaConfig.from_json_file(SHAPES / f"{shape}.json")
    torch.manual_seed(SEED)
    with torch.device("cuda"):
        model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16, attn_implementation="sdpa")
    return model.eval()


def generate(model, requests):
    """Every answer runs until the longest is done: a static batch cannot let one go."""
    longest = max(len(request["prompt"]) for request in requests)
    tokens = max(request["max_tokens"] for request in requests)
    ids = [[0] * (longest - len(request["prompt"])) + request["prompt"] for request in requests]
    mask = [[0] * (longest - len(request["prompt"])) + [1] * len(request["prompt"]) for request in requests]
    with torch.inference_mode():
        model.generate(
            torch.tensor(ids, device="cuda"),
            attention_mask=torch.tensor(mask, device="cuda"),
            max_new_tokens=tokens,
            min_new_tokens=tokens,
            do_sample=False,
            pad_token_id=0,
        )


def single(model, trace):
    for request in trace[:SINGLE]:
        generate(model, [request])
    return trace[:SINGLE]


def static(model, trace, size):
    by_length = sorted(trace, key=lambda request: request["max_tokens"])  # the best order for it: answers of nearly one length together
    for at in range(0, len(by_length), size):
        generate(model, by_length[at : at + size])
    return trace


def continuously(model, trace):
    continuous.answer(model, trace)
    return trace


def speed(work):
    """Output tokens a second, the second time."""
    for turn in range(2):
        torch.cuda.synchronize()
        begun = time.perf_counter()
        done = work()
        torch.cuda.synchronize()
        seconds = time.perf_counter() - begun
    return sum(request["max_tokens"] for request in done) / seconds


def main():
    shape, trace, report = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    requests = [json.loads(line) for line in trace.read_text().splitlines()]
    model = model_of(shape)
    works = {"one at a time": lambda: single(model, requests)}
    for size in BATCHES:
        works[f"batches of {size}"] = lambda size=size: static(model, requests, size)
    works["continuous batching"] = lambda: continuously(model, requests)
    speeds, failed = {}, False
    for name, work in works.items():
        try:
            speeds[name] = speed(work)
            print(f"{shape}, {name}: {speeds[name]:.1f} output tokens/s", flush=True)
        except Exception as error:  # whatever it may throw: it is named, and the others go on
            failed = True
            print(f"{shape}, {name}: {type(error).__name__}: {error}", flush=True)
        report.write_text(json.dumps(speeds, indent=2) + "\n")
    sys.exit(failed)


if __name__ == "__main__":
    main()
