"""How the weights begin: random, but for two kinds of heads that small models otherwise take long to find.

A head of layer 0 looks one token back and notes what it sees; heads of layer 1 look for notes that match the current token, and copy what
stands there: together an induction circuit (Olsson et al. 2022), what names and lists are copied with. Training goes on from there.
"""

import torch

import settings as s

SPREAD, CONSTANT = 0.05, 0.25  # of embeddings: the spread of all elements but the first, which is the same for every token
POSITION, MATCH, NOTE, COPY = 5.7, 1.6, 0.1, 0.05  # strengths of the circuit's parts
TURNING, STILL = 10, 8  # rotary pairs that turn fast enough to tell places apart; from this one on they hardly turn at all


@torch.no_grad()
def begin(model):
    """Sets every weight of `model`; torch's seed decides the random ones."""
    table = model.model.embed_tokens.weight
    table.normal_(0, SPREAD)[:, 0] = CONSTANT
    for layer in model.model.layers:
        for matrix in (m for m in layer.parameters() if m.ndim == 2):
            matrix.normal_(0, 0.5 * matrix.shape[1] ** -0.5)
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
    directions = torch.linalg.qr(torch.randn(s.HIDDEN, s.HIDDEN)).Q
    directions[0] = 0  # the constant element says nothing
    seen, noted, copied = directions[:, : s.HEAD].T, directions[:, s.HEAD : 2 * s.HEAD], directions[:, 2 * s.HEAD :].T
    look_back(model.model.layers[0].self_attn, normed_constant(table), seen, noted)
    match_notes(model.model.layers[1].self_attn, seen, noted, copied)


def normed_constant(table):
    """What RMSNorm makes of the first element of an embedding."""
    return (CONSTANT / table.square().mean(1).sqrt()).mean()


def look_back(attention, constant, seen, noted):
    """Head 0: queries and keys are constants whose rotations agree where the key is one token before the query."""
    half = s.HEAD // 2
    turn = s.THETA ** (-torch.arange(TURNING) / half)
    attention.q_proj.weight[:TURNING, 0] += POSITION / constant
    attention.k_proj.weight[:TURNING, 0] += POSITION * turn.cos() / constant
    attention.k_proj.weight[half : half + TURNING, 0] += POSITION * turn.sin() / constant
    attention.v_proj.weight[: s.HEAD] = seen
    attention.o_proj.weight[:, : s.HEAD] = NOTE * noted


def match_notes(attention, seen, noted, copied):
    """Every head: queries are what the token is, keys what was noted, in the rotary pairs that hardly turn."""
    half, group = s.HEAD // 2, s.HEADS // s.KV_HEADS
    still = torch.cat([torch.arange(STILL, half), torch.arange(half + STILL, s.HEAD)])
    for kv in range(s.KV_HEADS):
        part = slice(kv * len(still), (kv + 1) * len(still))
        attention.k_proj.weight[kv * s.HEAD + still] = MATCH * noted.T[part]
        for head in range(kv * group, (kv + 1) * group):
            attention.q_proj.weight[head * s.HEAD + still] = MATCH * seen[part]
        value = copied[kv * s.HEAD : (kv + 1) * s.HEAD]
        attention.v_proj.weight[kv * s.HEAD : (kv + 1) * s.HEAD] = value
        attention.o_proj.weight[:, kv * group * s.HEAD : (kv * group + 1) * s.HEAD] = COPY * value.T
