"""Blocks of every GGUF weight format that Quire reads, and the float32 values that the gguf package decodes them to.

Writes api/src/test/resources/golden/gguf/<TYPE>.bin, all little-endian: int32 blocks, the raw blocks, then every value as float32.
"""

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

from files import API

FOLDER = API / "golden/gguf"
SEED = 1997

# Byte offsets of the float16 scales in a block; all other bytes are quants or packed integer scales, where any byte is valid.
SCALES = {
    Type.Q8_0: [0],
    Type.Q4_0: [0],
    Type.Q4_1: [0, 2],
    Type.Q5_0: [0],
    Type.Q5_1: [0, 2],
    Type.Q2_K: [80, 82],
    Type.Q3_K: [108],
    Type.Q4_K: [0, 2],
    Type.Q5_K: [0, 2],
    Type.Q6_K: [208],
}
HALVES = [0x0000, 0x8000, 0x0001, 0x8001, 0x03FF, 0x83FF, 0x0400, 0x3C00, 0xBC00, 0x7BFF, 0xFBFF]  # ±0, subnormals, ±1, ±largest
FILLS = [0x00, 0xFF, 0x80, 0x7F, 0x0F, 0xF0, None]  # every other byte of the block; None: random
RANDOM_BLOCKS = {32: 150, 256: 80}
GAUSSIAN_BLOCKS = 100


def set_scale(block, offset, half):
    block[offset : offset + 2] = np.array(half, "<u2")[None].view(np.uint8)


def edge_blocks(kind, size, rng):
    """Every special scale with every fill. A second scale (minimum) takes the list from its other end, so that both signs meet."""
    for i, half in enumerate(HALVES):
        for fill in FILLS:
            block = rng.integers(0, 256, size, dtype=np.uint8) if fill is None else np.full(size, fill, np.uint8)
            for offset, value in zip(SCALES[kind], [half, HALVES[-1 - i]]):
                set_scale(block, offset, value)
            yield block


def random_blocks(kind, count, size, rng):
    """Any bytes, with scales as trained weights have them: small, of both signs."""
    for _ in range(count):
        block = rng.integers(0, 256, size, dtype=np.uint8)
        for offset in SCALES[kind]:
            set_scale(block, offset, np.float16(rng.normal(0, 0.02)).view(np.uint16))
        yield block


def gaussian_blocks(kind, length, rng):
    """Gaussian values quantised by the gguf package, which can do that for the formats with blocks of 32."""
    values = rng.normal(0, 0.05, (GAUSSIAN_BLOCKS, length)).astype(np.float32)
    return list(gguf.quantize(values, kind))


def quantised(kind, rng):
    length, size = gguf.GGML_QUANT_SIZES[kind]
    blocks = [*edge_blocks(kind, size, rng), *random_blocks(kind, RANDOM_BLOCKS[length], size, rng)]
    return np.stack(blocks + (gaussian_blocks(kind, length, rng) if length == 32 else []))


def plain(kind, rng):
    """Formats of one value a block: edge patterns, then random ones that are finite."""
    if kind == Type.F32:
        edges = np.array([0, 0x80000000, 1, 0x007FFFFF, 0x00800000, 0x7F7FFFFF, 0xFF7FFFFF, 0x7F800000, 0xFF800000], "<u4")
        return np.concatenate([edges, rng.normal(0, 1, 500).astype("<f4").view("<u4")])[:, None].view(np.uint8)
    bits = np.arange(0, 1 << 16, 5, dtype="<u2")
    edges = np.array([0x8000, 0x7F80, 0xFF80, *HALVES, 0x7C00, 0xFC00], "<u2")
    return np.concatenate([edges, bits])[:, None].view(np.uint8)


def write(kind, blocks):
    with np.errstate(all="ignore"):
        values = gguf.dequantize(blocks, kind).astype("<f4")
    data = np.array([len(blocks)], "<i4").tobytes() + blocks.tobytes() + values.tobytes()
    (FOLDER / f"{kind.name}.bin").write_bytes(data)
    print(f"{kind.name:5} {len(blocks):6} blocks of {blocks.shape[1]:3} bytes, {values.size:6} values, {len(data):7} bytes")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    for kind in [Type.F32, Type.F16, Type.BF16]:
        write(kind, plain(kind, rng))
    for kind in SCALES:
        write(kind, quantised(kind, rng))


if __name__ == "__main__":
    main()
