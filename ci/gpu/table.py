"""Ratios of what ci/gpu/run measured: Quire's throughput over that of Transformers, on the same trace and GPU. Argument: the folder of reports."""

import json
import pathlib
import sys

# What Quire is to reach, in times the other's output tokens a second.
AIMS = {"one at a time": 24, "best static batch": 3.5, "continuous batching": 1}


def rows(folder):
    for report in sorted(folder.glob("throughput-*.json")):
        shape = report.stem.removeprefix("throughput-")
        quire = json.loads(report.read_text())["throughput"][0]["output_tokens_per_second"]
        other = folder / f"transformers-{shape}.json"
        speeds = json.loads(other.read_text()) if other.exists() else {}
        static = [speed for name, speed in speeds.items() if name.startswith("batches of")]
        if static:
            speeds["best static batch"] = max(static)
        for name, aim in AIMS.items():
            yield shape, quire, name, speeds.get(name), aim


def main():
    print(f"{'shape':14} {'quire tok/s':>12} {'transformers':22} {'tok/s':>10} {'ratio':>8} {'aim':>6}")
    missing = True
    for shape, quire, name, speed, aim in rows(pathlib.Path(sys.argv[1])):
        missing = False
        if speed is None:
            print(f"{shape:14} {quire:12.1f} {name:22} {'not run':>10}")
        else:
            print(f"{shape:14} {quire:12.1f} {name:22} {speed:10.1f} {quire / speed:8.2f} {aim:6.1f}")
    if missing:
        sys.exit("no reports of throughput: run that part first")


if __name__ == "__main__":
    main()
