"""What the GPU does at best, as torch's own kernels show: bytes that a copy on the device reads and writes a second, bytes that come to it from pinned memory, and
operations of a product of two bf16 matrices of random numbers. Argument: the report to write."""

import json
import pathlib
import sys

import torch

BYTES = 4 << 30
SIDE = 8192
RUNS = 20


def seconds(work):
    """Of the middle run."""
    times = []
    for run in range(RUNS + 3):  # the first three warm up
        begun, ended = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begun.record()
        work()
        ended.record()
        ended.synchronize()
        times.append(begun.elapsed_time(ended) / 1e3)
    return sorted(times[3:])[RUNS // 2]


def copies():
    source = torch.ones(BYTES, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    return 2 * BYTES / seconds(lambda: target.copy_(source))


def arrivals():
    source = torch.ones(BYTES // 4, dtype=torch.uint8).pin_memory()
    target = torch.empty_like(source, device="cuda")
    return source.numel() / seconds(lambda: target.copy_(source, non_blocking=True))


def products():
    a, b = (torch.randn(SIDE, SIDE, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    c = torch.empty_like(a)
    return 2 * SIDE**3 / seconds(lambda: torch.matmul(a, b, out=c))


def main():
    if not torch.cuda.is_available():
        sys.exit(f"torch {torch.__version__} finds no GPU: nothing is measured")
    peaks = {"copied_bytes_per_second": copies(), "pinned_bytes_per_second": arrivals(), "bf16_flops": products(), "device": torch.cuda.get_device_name(), "torch": torch.__version__}
    pathlib.Path(sys.argv[1]).write_text(json.dumps(peaks, indent=2) + "\n")
    print(f"{peaks['device']}: copies {peaks['copied_bytes_per_second'] / 1e9:.0f} GB/s, from pinned memory {peaks['pinned_bytes_per_second'] / 1e9:.0f} GB/s, bf16 products {peaks['bf16_flops'] / 1e12:.0f} TFLOP/s")


if __name__ == "__main__":
    main()
