"""The shape of the model and of its training. 1,894,464 weights: 3.8 MB in float16."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "conformance/src/main/resources/META-INF/quire/models/tiny"
HOME = Path(os.environ["QUIRE_TINY_HOME"])  # checkpoints and tokens; see `make`

SEED = 25
VOCABULARY, CONTEXT = 1536, 2048
LAYERS, HIDDEN, HEADS, KV_HEADS, HEAD, MLP = 5, 192, 6, 2, 32, 384
EPS, THETA = 1e-5, 10000.0

# The rate rises, stays and falls to zero over all steps. Windows are (length, part of the steps), the longest last.
STEPS, TOKENS_PER_STEP = 1500, 4096
WINDOWS = [(256, 0.80), (1024, 0.12), (2048, 0.08)]
EVALUATED = 400  # documents that are held out
HELD_OUT_SEED = SEED + 1
