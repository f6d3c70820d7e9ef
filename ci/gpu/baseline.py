"""A trace in Hugging Face Transformers on the GPU, bf16 and SDPA, with weights from a seed: `generate` one request at a time and in static batches, and its
continuous batching. Arguments: the shape, or a config.json, the trace that Quire saved, the report to write."""

import functools
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
SINGLE = 6
BATCHES = 64, 32, 16  # the fastest first, where time is short
WARMUP = 8  # tokens of an answer


def model_of(shape):
    path = SHAPES / f"{shape}.json" if (SHAPES / f"{shape}.json").exists() else pathlib.Path(shape)
    config = transformers.LlamaConfig.from_json_file(path / "config.json" if path.is_dir() else path)
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


def static(model, size, trace):
    by_length = sorted(trace, key=lambda request: request["max_tokens"])  # the best order for it: answers of nearly one length together
    for at in range(0, len(by_length), size):
        generate(model, by_length[at : at + size])
    return trace


def continuously(model, trace):
    continuous.answer(model, trace)
    return trace


def short(requests):
    return [{**request, "max_tokens": WARMUP} for request in requests]


def speed(work, first, requests):
    """Output tokens a second, after a run that is not timed."""
    work(first)
    torch.cuda.synchronize()
    begun = time.perf_counter()
    done = work(requests)
    torch.cuda.synchronize()
    seconds = time.perf_counter() - begun
    return sum(request["max_tokens"] for request in done) / seconds


def main():
    shape, trace, report = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    requests = [json.loads(line) for line in trace.read_text().splitlines()]
    if not torch.cuda.is_available():
        sys.exit(f"torch {torch.__version__} finds no GPU: Transformers is not measured")
    model = model_of(shape)
    works = {f"batches of {size}": functools.partial(static, model, size) for size in BATCHES}
    works["one at a time"] = functools.partial(single, model)
    works["continuous batching"] = functools.partial(continuously, model)
    speeds, failed = {}, False
    for name, work in works.items():
        first = requests if name == "continuous batching" else short(requests)  # it prepares for the lengths that come
        try:
            speeds[name] = speed(work, first, requests)
            print(f"{shape}, {name}: {speeds[name]:.1f} output tokens/s", flush=True)
        except Exception as error:  # whatever it may throw: it is named, and the others go on
            failed = True
            print(f"{shape}, {name}: {type(error).__name__}: {error}", flush=True)
        report.write_text(json.dumps(speeds, indent=2) + "\n")
    sys.exit(failed)


if __name__ == "__main__":
    main()
