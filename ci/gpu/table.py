"""What ci/gpu/run measured beside what Quire is to reach, a line for each: the kit's verdicts, attention's and decoding's parts of what torch copies and multiplies
on the same GPU, and Quire's throughput over that of Transformers on the same trace. Argument: the folder of reports. A line whose report is missing is unproven, and
says the command that shows it."""

import json
import pathlib
import sys

LARGE = "llama-3.1-8b"
# Quire's output tokens a second over those of Transformers.
RATIOS = {"one at a time": 24, "best static batch": 3.5, "continuous batching": 1}

# The host's part of a step, at most.
HOST = 0.05

LEVELS = {"reproducible": "C4", "fast": "C3"}


# The clean cases of the sanitizer's tools, as its reports are named.
SANITIZED = ("memcheck-reproducible", "memcheck-fast", "racecheck-reproducible", "racecheck-fast")


def unproven(parts):
    return f"unproven: ci/gpu/run FOLDER {parts} table"


def read(path):
    return json.loads(path.read_text()) if path.exists() else {}


def verdict(report):
    """What the kit says of a run, and of which device."""
    summary, device = report["summary"], report["subject"]["device"]
    return f"{summary.get('certified') or summary['verdict']}, on {device}"


def certified(folder, numerics):
    """The level that the kit certified, or what it says instead."""
    report = read(folder / numerics / "report.json")
    return verdict(report) if report else unproven("conformance")


def sanitized(folder, name):
    """Whether a tool of the sanitizer found nothing."""
    report = read(folder / name / "report.json")
    if not report:
        return unproven("sanitizer")
    return f"{'clean' if (folder / name / 'clean').exists() else 'NOT CLEAN: see sanitizer.log'}, on {report['subject']['device']}"


def attention(folder, step, work, peak):
    """The part of a peak that Attend reaches in a step, by its bytes or its operations."""
    best = read(folder / "peaks.json").get(peak)
    for name, rows in read(folder / f"ops-{LARGE}.json").items():
        if name == step and best:
            for row in rows:
                if row["op"].lower() == "attend":
                    seconds = next(value for key, value in row.items() if key.endswith("_seconds"))
                    return row[work] / seconds / best if seconds else None
    return None


def decoding(folder, batch):
    """The part of its limit that a token of a batch reaches: the weights at the speed of copies, or the products at the matrix peak."""
    rows, peaks = read(folder / f"latency-{LARGE}-{batch}.json").get("latency"), read(folder / "peaks.json")
    if not rows or not peaks:
        return None
    least = max(rows[0]["step_bytes"] / peaks["copied_bytes_per_second"], rows[0]["step_flops"] / peaks["bf16_flops"])
    return least / rows[0]["per_output_token_seconds"]


def host(folder, batch):
    """The part of a batch's time in which the engine did not wait for the GPU."""
    rows = read(folder / f"latency-{LARGE}-{batch}.json").get("latency", [])
    return rows[0]["host_share"] if rows else None


def throughput(folder, shape):
    rows = read(folder / f"throughput-{shape}.json").get("throughput", [])
    return rows[0]["output_tokens_per_second"] if rows else None


def others(folder, shape):
    """Output tokens a second of Transformers, by how it was asked."""
    speeds = read(folder / f"transformers-{shape}.json")
    static = [speed for name, speed in speeds.items() if name.startswith("batches of") and speed]
    return {**speeds, **({"best static batch": max(static)} if static else {})}


def lines(folder):
    """Of each aim: what it is, what is asked, what was measured or None, and the parts that measure it."""
    yield "decode attention of copies' bytes/s, batch 64, context 4k", 0.80, attention(folder, "decode_batch_64_context_4096", "bytes", "copied_bytes_per_second"), "peaks ops"
    yield "prefill attention of the bf16 matrix peak, 8k causal", 0.45, attention(folder, "prefill_8192_tokens", "flops", "bf16_flops"), "peaks ops"
    yield "8B decode of its limit, batch 1", 0.80, decoding(folder, 1), "peaks latency"
    yield "8B decode of its limit, batch 64", 0.60, decoding(folder, 64), "peaks latency"
    shapes = sorted(path.stem.removeprefix("throughput-") for path in folder.glob("throughput-*.json"))
    for shape in shapes or [LARGE]:
        quire, speeds = throughput(folder, shape), others(folder, shape)
        for name, asked in RATIOS.items():
            speed = speeds.get(name)
            ratio = quire / speed if quire and speed else None
            yield f"{shape}: times Transformers, {name}", asked, ratio, "throughput transformers"


def main():
    folder = pathlib.Path(sys.argv[1])
    print(f"{'':60} {'aim':>8} {'measured':>9}")
    for numerics, level in LEVELS.items():
        print(f"{'conformance, ' + numerics:60} {level:>8} {certified(folder, numerics)}")
    for name in SANITIZED:
        print(f"{'sanitizer, ' + name:60} {'clean':>8} {sanitized(folder, name)}")
    report = read(folder / "warp-groups" / "report.json")
    print(f"{'prompts by warp groups, the cases of attention':60} {'pass':>8} {verdict(report) if report else unproven('warp_groups')}")
    for batch in (1, 64):
        measured = host(folder, batch)
        found = unproven("latency") if measured is None else f"{measured:9.3f} {'reached' if measured <= HOST else 'MISSED'}"
        print(f"{f'8B host time of a step, at most, batch {batch}':60} {HOST:8.2f} {found}")
    for what, asked, measured, parts in lines(folder):
        found = unproven(parts) if measured is None else f"{measured:9.2f} {'reached' if measured >= asked else 'MISSED'}"
        print(f"{what:60} {asked:8.2f} {found}")


if __name__ == "__main__":
    main()
