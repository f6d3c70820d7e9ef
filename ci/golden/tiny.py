"""A Llama of 107,000 random weights as a Hugging Face folder, and its logits in float64.

Writes core/src/test/resources/models/tiny-llama/. llama64.py is the reference; Transformers runs the same folder in float32, and the
script fails unless the two agree.
"""

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, AutoTokenizer

from files import CORE, json_rows, write_json
from llama64 import Llama64, Shape

FOLDER = CORE / "models/tiny-llama"
SEED = 20260

LAYERS, HIDDEN, HEADS, KV_HEADS, HEAD, MLP, VOCAB = 2, 64, 4, 2, 16, 160, 320
EPS, THETA, CONTEXT, NEW_TOKENS = 1e-5, 10000.0, 2048, 48
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]

PROMPTS = [
    "The river runs",
    "def add(a, b):\n    return a + b\n",
    "Zürich, 東京, Москва 2026 🙂",
    "<|im_start|>user\nWhat is a quire?<|im_end|>\n<|im_start|>assistant\n",
    "A quire is a gathering of pages, folded once and sewn through the fold. " * 6,
]

CORPUS = """A quire is a gathering of pages, folded once and sewn through the fold. The pages of a book are bound in quires.
The user asks the system a question and the assistant answers. What is the name of the river? Where does the road end?
When the rain is over, the children run in the garden and the old man reads the news on the stone bench near the wall.
"""

CHAT_TEMPLATE = """\
{%- if tools %}
{{- '<|im_start|>system\\n' }}
{%- if messages and messages[0].role == 'system' %}{{ messages[0].content + '\\n\\n' }}{% endif %}
{{- 'Tools:' }}
{%- for tool in tools %}{{ '\\n' + (tool | tojson) }}{% endfor %}
{{- '<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
{%- if not (tools and loop.first and message.role == 'system') %}
{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.content %}{{ message.content }}{% endif %}
{%- for call in message.tool_calls or [] %}
{{- '<tool_call>' + (call.function | tojson) + '</tool_call>' }}
{%- endfor %}
{{- '<|im_end|>\\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
"""

CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "vocab_size": VOCAB,
    "hidden_size": HIDDEN,
    "intermediate_size": MLP,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "num_key_value_heads": KV_HEADS,
    "head_dim": HEAD,
    "hidden_act": "silu",
    "max_position_embeddings": CONTEXT,
    "rms_norm_eps": EPS,
    "rope_theta": THETA,
    "rope_scaling": None,
    "attention_bias": False,
    "mlp_bias": False,
    "tie_word_embeddings": True,
    "bos_token_id": 0,
    "eos_token_id": 2,
    "pad_token_id": 0,
    "torch_dtype": "bfloat16",
}


def make_weights():
    """Random bf16 weights, wide enough that attention is far from uniform and greedy text does not settle on one token."""
    rng = np.random.default_rng(SEED)

    def normal(std, *shape):
        return torch.tensor(rng.normal(0, std, shape), dtype=torch.bfloat16)

    def norm():
        return torch.tensor(1 + rng.normal(0, 0.1, HIDDEN), dtype=torch.bfloat16)

    weights = {"model.embed_tokens.weight": normal(0.4, VOCAB, HIDDEN), "model.norm.weight": norm()}
    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        weights[at + "input_layernorm.weight"] = norm()
        weights[at + "self_attn.q_proj.weight"] = normal(0.2, HEADS * HEAD, HIDDEN)
        weights[at + "self_attn.k_proj.weight"] = normal(0.2, KV_HEADS * HEAD, HIDDEN)
        weights[at + "self_attn.v_proj.weight"] = normal(0.2, KV_HEADS * HEAD, HIDDEN)
        weights[at + "self_attn.o_proj.weight"] = normal(0.2, HIDDEN, HEADS * HEAD)
        weights[at + "post_attention_layernorm.weight"] = norm()
        weights[at + "mlp.gate_proj.weight"] = normal(0.2, MLP, HIDDEN)
        weights[at + "mlp.up_proj.weight"] = normal(0.2, MLP, HIDDEN)
        weights[at + "mlp.down_proj.weight"] = normal(0.15, HIDDEN, MLP)
    return weights


def make_tokenizer():
    """Byte-level BPE: three special tokens, 256 bytes, 61 merges learned from CORPUS; digits stand alone."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS.splitlines(), trainer)
    return tokenizer


def write_folder(weights):
    FOLDER.mkdir(parents=True, exist_ok=True)
    save_file(weights, FOLDER / "model.safetensors", metadata={"format": "pt"})
    write_json(FOLDER / "config.json", CONFIG, indent=2)
    write_json(FOLDER / "generation_config.json", {"bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 0}, indent=2)
    make_tokenizer().save(str(FOLDER / "tokenizer.json"), pretty=False)
    special = {"bos_token": SPECIAL[0], "eos_token": SPECIAL[2], "pad_token": SPECIAL[0], "unk_token": SPECIAL[0]}
    write_json(
        FOLDER / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": CONTEXT,
            "clean_up_tokenization_spaces": False,
            **special,
            "additional_special_tokens": SPECIAL[1:],
            "chat_template": CHAT_TEMPLATE,
        },
        indent=2,
    )


def golden_case(model, tokenizer, text, every_row):
    prompt = tokenizer.encode(text)
    assert tokenizer.decode(prompt) == text
    rows = model.logits(prompt)
    ids, gaps = list(prompt), []
    for _ in range(NEW_TOKENS):
        last = model.logits(ids)[-1]
        first, second = np.sort(last)[[-1, -2]]
        gaps.append(float(first - second))
        ids.append(int(last.argmax()))
    kept = rows if every_row else rows[-1:]
    return {
        "text": text,
        "ids": prompt,
        "greedy": ids[len(prompt) :],
        "greedyText": tokenizer.decode(ids[len(prompt) :]),
        "gaps": gaps,
        "firstRow": len(prompt) - len(kept),
        "logits": kept.tolist(),
    }


def check_against_transformers(cases):
    model = AutoModelForCausalLM.from_pretrained(FOLDER, dtype=torch.float32, attn_implementation="eager")
    for case in cases:
        with torch.no_grad():
            rows = model(torch.tensor([case["ids"]])).logits[0].double().numpy()
        worst = np.abs(rows[case["firstRow"] :] - np.array(case["logits"])).max()
        assert worst < 1e-4, f"Transformers differs by {worst} on {case['text']!r}"
        print(f"{len(case['ids']):4} tokens, largest difference to Transformers {worst:.1e}, {case['greedyText'][:60]!r}")


def main():
    torch.set_num_threads(2)
    weights = make_weights()
    write_folder(weights)
    tokenizer = AutoTokenizer.from_pretrained(FOLDER)
    model = Llama64(Shape(LAYERS, HEADS, KV_HEADS, HEAD, THETA, EPS), weights)
    cases = [golden_case(model, tokenizer, text, every_row=i == 0) for i, text in enumerate(PROMPTS)]
    check_against_transformers(cases)
    chat = [{"role": "user", "content": "What is a quire?"}]
    assert tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True) == PROMPTS[3]
    json_rows(FOLDER / "golden.json", {"layout": "logits: float64 [rows, 320], row i is position firstRow + i"}, "cases", cases)


if __name__ == "__main__":
    main()
