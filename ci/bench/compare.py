"""One trace on Quire and on other engines, in turns. ci/bench/compare says how it is started."""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import continuous
import torch
import transformers

START_SECONDS = 900  # vLLM compiles its model when it starts for the first time
STOP_SECONDS = 60
LOAD_SECONDS = 3600
VLLM_BYTES = 6 << 30


class Server:
    """An OpenAI-compatible server in a process of its own; it gets the whole trace at once, or each request when it arrives."""

    def __init__(self, name, command, url=None, serving=None, environment=None):
        self.name = name
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
        )
        self.lines = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        try:
            self.url = url or self._announced(serving)
            self.model = self._wait()
        except BaseException:  # it would run on beside the others, and slow them down
            self.close()
            raise

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip())

    def _alive(self):
        if self.process.poll() is not None:
            self.reader.join()
            why = [line for line in self.lines if "Error" in line][:1] + self.lines[-3:]
            raise RuntimeError(f"{self.name} ended with status {self.process.returncode}: {' | '.join(why)}")

    def _announced(self, serving):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            for line in list(self.lines):
                if found := re.search(serving, line):
                    return found.group(1)
            self._alive()
            time.sleep(0.1)
        raise RuntimeError(f"{self.name} did not say within {START_SECONDS} s where it listens")

    def _wait(self):
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(self.url + "/v1/models", timeout=START_SECONDS) as answer:
                    return json.load(answer)["data"][0]["id"]
            except (OSError, ValueError, KeyError, IndexError) as error:
                self._alive()
                if time.monotonic() > end:
                    raise RuntimeError(f"{self.name} does not answer at {self.url}: {error}") from error
                time.sleep(0.2)

    def run(self, trace):
        with ThreadPoolExecutor(len(trace)) as threads:
            return sum(threads.map(self._complete, trace))

    def _complete(self, request):
        body = {"model": self.model, "prompt": request["prompt"], "max_tokens": request["max_tokens"], "temperature": 0, "ignore_eos": True}
        post = urllib.request.Request(
            self.url + "/v1/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(post) as answer:
            return json.load(answer)["usage"]["completion_tokens"]

    def arrivals(self, quire, trace, rate, work):
        """Sends the trace as a Poisson process; returns seconds to the first token (median, 99th percentile) and output tokens per second."""
        figures = work / "arrivals.json"
        load = subprocess.run(
            [str(quire), "bench", "serve", "--url", self.url, "--model", self.model, "--trace", str(trace)]
            + ["--request-rate", str(rate), "--json", str(figures)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=LOAD_SECONDS,
        )
        if load.returncode:
            raise RuntimeError(f"bench serve ended with {load.returncode}: {load.stderr.strip().splitlines()[-1:]}")
        read = json.loads(figures.read_text())
        if failed := read["load"][0]["failed"]:
            raise RuntimeError(f"{failed} requests failed: {read['facts'].get('first failure')}")
        first = read["latencies"][0]
        return first["p50_seconds"], first["p99_seconds"], read["load"][0]["output_tokens_per_second"]

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Single:
    """`generate`, one request at a time, on the first requests of the trace."""

    def __init__(self, model, count):
        self.name, self.model, self.count = "transformers, one at a time", model, count

    def run(self, trace):
        for request in trace[: self.count]:
            generate(self.model, [request["prompt"]], request["max_tokens"])
        return sum(request["max_tokens"] for request in trace[: self.count])

    def close(self):
        pass


class Static:
    """`generate` on batches of the first requests, in the order of arrival: each runs until its longest answer is done."""

    def __init__(self, model, size, count):
        self.name, self.model, self.size, self.count = f"transformers, batches of {size}", model, size, count

    def run(self, trace):
        requests = trace[: self.count]
        for at in range(0, len(requests), self.size):
            batch = requests[at : at + self.size]
            generate(self.model, [request["prompt"] for request in batch], max(request["max_tokens"] for request in batch))
        return sum(request["max_tokens"] for request in requests)

    def close(self):
        pass


class Continuous:
    """Its continuous batching, each request with its own length."""

    def __init__(self, model):
        self.name, self.model = "transformers, continuous batching", model

    def run(self, trace):
        return continuous.answer(self.model, trace)

    def close(self):
        pass


def generate(model, prompts, tokens):
    longest = max(len(prompt) for prompt in prompts)
    ids = torch.tensor([[0] * (longest - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    with torch.inference_mode():
        model.generate(
            ids, attention_mask=mask, max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False, pad_token_id=0
        )


def contenders(options, work):
    """Yields a maker for each engine; one that cannot run here says why and is left out."""
    folder, file = options.gguf.parent, options.gguf.name
    yield "quire", lambda: Server(
        "quire",
        [str(options.quire), "serve", "--model", str(options.gguf), "--quantization", "none", "--backend", "cpu", "--port", "0"]
        + ["--host", "localhost", "--no-enable-prefix-caching"],
        serving=r"at (http://[^, ]+)",
    )
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, gguf_file=file, quantization_config=transformers.GgufConfig(dequantize=True), dtype=torch.bfloat16
    )
    model.eval()
    if other := {str(each.dtype) for each in model.parameters()} - {"torch.bfloat16"}:
        sys.exit(f"Transformers hold weights in {other}; they shall run in bfloat16, as Quire does.")
    yield "one at a time", lambda: Single(model, options.single)
    for size in options.batches:
        yield f"batches of {size}", lambda size=size: Static(model, size, options.static)
    yield "continuous batching", lambda: Continuous(model)
    if vllm := shutil.which("vllm"):
        model.save_pretrained(work / "bf16")
        transformers.AutoTokenizer.from_pretrained(folder, gguf_file=file).save_pretrained(work / "bf16")
        # It claims nearly all memory of the machine unless told otherwise, and leaves a core to its other processes unless it is given all.
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        cores = ",".join(map(str, sorted(os.sched_getaffinity(0))))
        yield "vllm", lambda: Server(
            "vllm",
            [vllm, "serve", str(work / "bf16"), "--port", "8191", "--no-enable-prefix-caching", "--max-model-len", str(options.longest)]
            + ["--gpu-memory-utilization", f"{min(0.9, VLLM_BYTES / memory):.3f}"],
            url="http://localhost:8191",
            environment={"VLLM_CPU_KVCACHE_SPACE": "2", "VLLM_CPU_OMP_THREADS_BIND": cores},
        )
    if llama := shutil.which("llama-server"):
        yield "llama.cpp", lambda: Server(
            "llama.cpp",
            [llama, "-m", str(options.gguf), "--port", "8192", "-np", "16", "-cb", "-c", str(16 * options.longest), "--no-cache-prompt"],
            url="http://localhost:8192",
        )


def make_trace(options, file):
    subprocess.run(
        [str(options.quire), "bench", "throughput", "--trace", options.trace, "--num-prompts", str(options.prompts)]
        + ["--trace-max-len", str(options.longest), "--save-trace", str(file), "--trace-only", "--model", str(options.gguf)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return [json.loads(line) for line in file.read_text().splitlines()]


def arrive(engines, options, file, work):
    """The trace at each rate on each server, in turns, round by round: what `Server.arrivals` returns of every round."""
    figures = {}
    for rate in options.rates:
        for turn in range(1, options.rounds + 1):
            for engine in [each for each in engines if isinstance(each, Server)]:
                print(f"{rate:g} requests/s, round {turn} of {options.rounds}: {engine.name}", file=sys.stderr, flush=True)
                try:
                    round_figures = engine.arrivals(options.quire, file, rate, work)
                except (RuntimeError, OSError, subprocess.SubprocessError) as error:
                    print(f"  nothing measured: {error}", file=sys.stderr, flush=True)
                    continue
                figures.setdefault(rate, {}).setdefault(engine.name, []).append(round_figures)
    return figures


def report_arrivals(figures):
    for rate, engines in figures.items():
        medians = {name: [statistics.median(part) for part in zip(*rounds)] for name, rounds in engines.items()}
        print(f"\n{f'{rate:g} requests/s, Poisson arrivals':36}{'first token p50 ms':>20}{'p99 ms':>10}{'output tokens/s':>17}{'quire is sooner by':>20}")
        quire = medians.get("quire", [float("nan")])[0]
        for name, (half, last, speed) in medians.items():
            print(f"{name:36}{1e3 * half:20.0f}{1e3 * last:10.0f}{speed:17.1f}{half / quire:20.2f}")


def measure(engines, trace, rounds, warm_up):
    """Tokens per second of each engine and round, after one on the first requests to warm up. An engine that fails is named and left out."""
    speeds = {engine.name: [] for engine in engines}
    running = list(engines)
    for turn in range(rounds + 1):
        for engine in list(running):
            print(f"{'warming up' if turn == 0 else f'round {turn} of {rounds}'}: {engine.name}", file=sys.stderr, flush=True)
            start = time.perf_counter()
            try:
                tokens = engine.run(trace if turn > 0 else trace[:warm_up])
            except Exception as error:  # whatever another engine may throw: it is named, and the others go on
                print(f"left out: {engine.name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
                running.remove(engine)
                del speeds[engine.name]
                continue
            speed = tokens / (time.perf_counter() - start)
            print(f"  {speed:.1f} output tokens/s", file=sys.stderr, flush=True)
            if turn > 0:
                speeds[engine.name].append(speed)
    return speeds


def report(speeds, trace, options):
    medians = {name: statistics.median(each) for name, each in speeds.items()}
    if "quire" not in medians:
        sys.exit("Quire itself did not run; see the reason above.")
    quire = medians["quire"]
    prompt = sum(len(request["prompt"]) for request in trace)
    output = sum(request["max_tokens"] for request in trace)
    print(f"trace {options.trace}: {len(trace)} requests, {prompt} prompt tokens, {output} output tokens")
    print(f"Transformers {transformers.__version__}, torch {torch.__version__}, {torch.get_num_threads()} threads; {options.rounds} rounds in turns\n")
    print(f"{'':36}{'output tokens/s':>16}{'spread %':>10}{'quire is faster by':>20}")
    for name, median in medians.items():
        spread = 100 * (max(speeds[name]) - min(speeds[name])) / median
        print(f"{name:36}{median:16.1f}{spread:10.1f}{quire / median:20.2f}")


def numbers(text):
    return [int(part) for part in text.split(",")]


def rates(text):
    return [float(part) for part in text.split(",") if part]


def keep(options, figures):
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(prog="ci/bench/compare", description=__doc__)
    parser.add_argument("--quire", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--gguf", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--trace", default="sharegpt", help="as `quire bench throughput` takes it (default: sharegpt)")
    parser.add_argument("--prompts", type=int, default=32, help="requests of the trace (default: 32)")
    parser.add_argument("--longest", type=int, default=1024, help="tokens of the longest sequence (default: 1024)")
    parser.add_argument("--single", type=int, default=4, help="requests that are run one at a time (default: 4)")
    parser.add_argument("--static", type=int, help="requests that are run in static batches (default: all)")
    parser.add_argument("--batches", type=numbers, default=[8, 16, 32], help="sizes of static batches (default: 8,16,32)")
    parser.add_argument("--rounds", type=int, default=2, help="rounds that count (default: 2)")
    parser.add_argument("--without", action="append", default=[], metavar="NAME", help="leave an engine out, as `starting NAME` calls it; repeatable")
    parser.add_argument("--warm-up", type=int, help="requests of the round that does not count (default: all)")
    parser.add_argument("--rates", type=rates, default=[1.0], help="then requests per second at which servers get the trace, '' for none (default: 1)")
    parser.add_argument("--json", type=pathlib.Path, help="write the speeds of all rounds here")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # so that the servers end, too
    engines = []
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        try:
            file = work / "trace.jsonl"
            trace = make_trace(options, file)
            for name, make in contenders(options, work):
                if name in options.without:
                    continue
                print(f"starting {name}", file=sys.stderr, flush=True)
                try:
                    engines.append(make())
                except (RuntimeError, OSError) as error:
                    print(f"left out: {name}: {error}", file=sys.stderr, flush=True)
            speeds = measure(engines, trace, options.rounds, options.warm_up)
            report(speeds, trace, options)
            keep(options, {"trace": options.trace, "tokens_per_second": speeds})
            first_tokens = arrive([each for each in engines if each.name in speeds], options, file, work)
            report_arrivals(first_tokens)
            keep(options, {"trace": options.trace, "tokens_per_second": speeds, "arrivals": first_tokens})
        finally:
            for engine in engines:
                engine.close()


if __name__ == "__main__":
    main()
