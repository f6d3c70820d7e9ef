"""A Llama in PyTorch, its parameters named as in a Hugging Face checkpoint (Touvron et al. 2023; grouped queries: Ainslie et al. 2023)."""

import torch
from torch import nn
from torch.nn.functional import embedding, linear, rms_norm, scaled_dot_product_attention, silu

import settings as s


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q_proj = nn.Linear(s.HIDDEN, s.HEADS * s.HEAD, bias=False)
        self.k_proj = nn.Linear(s.HIDDEN, s.KV_HEADS * s.HEAD, bias=False)
        self.v_proj = nn.Linear(s.HIDDEN, s.KV_HEADS * s.HEAD, bias=False)
        self.o_proj = nn.Linear(s.HEADS * s.HEAD, s.HIDDEN, bias=False)

    def forward(self, x, cos, sin):
        q, k, v = (p(x).unflatten(-1, (-1, s.HEAD)).transpose(1, 2) for p in (self.q_proj, self.k_proj, self.v_proj))
        q, k, v = rotated(q.float(), cos, sin), rotated(k.float(), cos, sin), v.float()
        with torch.autocast("cpu", enabled=False):  # float32 is the faster one here
            y = scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return self.o_proj(y.transpose(1, 2).flatten(2))


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate_proj = nn.Linear(s.HIDDEN, s.MLP, bias=False)
        self.up_proj = nn.Linear(s.HIDDEN, s.MLP, bias=False)
        self.down_proj = nn.Linear(s.MLP, s.HIDDEN, bias=False)

    def forward(self, x):
        return self.down_proj(silu(self.gate_proj(x)) * self.up_proj(x))


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(s.HIDDEN))

    def forward(self, x):
        return rms_norm(x, (s.HIDDEN,), self.weight.to(x.dtype), s.EPS)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layernorm = Norm()
        self.self_attn = Attention()
        self.post_attention_layernorm = Norm()
        self.mlp = Mlp()

    def forward(self, x, cos, sin):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


class Embedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(s.VOCABULARY, s.HIDDEN))


class Body(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed_tokens = Embedding()
        self.layers = nn.ModuleList(Layer() for _ in range(s.LAYERS))
        self.norm = Norm()


class Llama(nn.Module):
    """Logits [B, T, vocabulary] of tokens [B, T]; the embedding is also the last matrix."""

    def __init__(self):
        super().__init__()
        self.model = Body()

    def forward(self, tokens):
        cos, sin = tables(tokens.shape[1])
        x = embedding(tokens, self.model.embed_tokens.weight)
        for layer in self.model.layers:
            x = layer(x, cos, sin)
        return linear(self.model.norm(x), self.model.embed_tokens.weight)


def tables(length):
    """Cosines and sines [T, head/2] of the rotary embedding (Su et al. 2021)."""
    half = s.HEAD // 2
    angle = torch.arange(length, dtype=torch.float64)[:, None] * s.THETA ** (-torch.arange(half, dtype=torch.float64) / half)
    return angle.cos().float(), angle.sin().float()


def rotated(x, cos, sin):
    """Element i of a head turns with element i + head/2."""
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)
