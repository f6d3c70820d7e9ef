"""Runs Transformers' models in float64 throughout.

Their code names float32 in places: rotary tables, root mean squares, softmax. While `everywhere()` is open, those names mean float64.
"""

from contextlib import contextmanager

import torch

NAMES = [(torch, "float32"), (torch, "float"), (torch.Tensor, "float")]


@contextmanager
def everywhere():
    kept = [getattr(owner, name) for owner, name in NAMES]
    torch.set_default_dtype(torch.float64)
    torch.float32 = torch.float = torch.float64
    torch.Tensor.float = torch.Tensor.double
    try:
        yield
    finally:
        for (owner, name), value in zip(NAMES, kept):
            setattr(owner, name, value)
        torch.set_default_dtype(torch.float32)
