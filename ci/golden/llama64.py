"""A Llama forward pass in float64, in the order of the equations (Touvron et al. 2023): the reference that float32 runs are held to."""

from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class Shape:
    """What a checkpoint's config says; theta and eps as in its rope and norms."""

    layers: int
    heads: int
    kv_heads: int
    head: int
    theta: float
    eps: float


def exact(x):
    return x


def bf16(x):
    """Rounds to the nearest bf16, ties to even, and stays float64: how Quire's products see their operands."""
    return torch.from_numpy(np.ascontiguousarray(x)).bfloat16().double().numpy()


def rope(x, theta):
    """Half style: element i of a head turns with element i + head/2. x is [heads, T, head], positions from 0."""
    half = x.shape[-1] // 2
    angle = np.arange(x.shape[1])[:, None] * theta ** (-np.arange(half) / half)
    a, b = x[..., :half], x[..., half:]
    return np.concatenate([a * np.cos(angle) - b * np.sin(angle), b * np.cos(angle) + a * np.sin(angle)], -1)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


class Llama64:
    """Weights by their Hugging Face names, tied embeddings. `operand` is applied to both sides of every product."""

    def __init__(self, shape, weights, operand=exact):
        self.shape = shape
        self.operand = operand
        self.w = {name: t.double().numpy() for name, t in weights.items()}
        self.rounded = {name: operand(w) for name, w in self.w.items() if w.ndim == 2}

    def linear(self, x, name):
        return self.operand(x) @ self.rounded[name + ".weight"].T

    def norm(self, x, name):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + self.shape.eps) * self.w[name + ".weight"]

    def attend(self, x, at):
        s = self.shape
        q, k, v = (self.linear(x, f"{at}.{n}_proj").reshape(len(x), -1, s.head).transpose(1, 0, 2) for n in "qkv")
        q, k, v = (self.operand(y) for y in (rope(q, s.theta), rope(k, s.theta), v))
        k, v = (y.repeat(s.heads // s.kv_heads, 0) for y in (k, v))
        causal = np.triu(np.full((len(x), len(x)), -np.inf), 1)
        attended = self.operand(softmax(q @ k.transpose(0, 2, 1) / np.sqrt(s.head) + causal)) @ v
        return self.linear(attended.transpose(1, 0, 2).reshape(len(x), -1), f"{at}.o_proj")

    def mlp(self, x, at):
        gate = self.linear(x, f"{at}.gate_proj")
        return self.linear(gate / (1 + np.exp(-gate)) * self.linear(x, f"{at}.up_proj"), f"{at}.down_proj")

    def logits(self, ids, first=0):
        """Logits [T - first, vocabulary] of the positions from `first` on."""
        x = self.w["model.embed_tokens.weight"][ids]
        for layer in range(self.shape.layers):
            at = f"model.layers.{layer}"
            x = x + self.attend(self.norm(x, f"{at}.input_layernorm"), f"{at}.self_attn")
            x = x + self.mlp(self.norm(x, f"{at}.post_attention_layernorm"), f"{at}.mlp")
        return self.linear(self.norm(x[first:], "model.norm"), "model.embed_tokens")
