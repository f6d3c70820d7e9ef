"""Two small SentencePiece models and what the sentencepiece library makes of texts with them.

One is like Llama 2's (a space before the first word), one like Gemma's (none, and runs of spaces as symbols). Both are trained here, on
seeded sentences, with byte fallback. Writes core/src/test/resources/golden/sentencepiece/prefix.json and plain.json.
"""

import io
import random

import sentencepiece
from sentencepiece import sentencepiece_model_pb2

from files import CORE, json_rows

WORDS = """the a of and to in is it was for river mountain station engine paper letter window garden winter summer morning evening light
shadow silver copper iron water fire stone bridge harbour captain sailor teacher doctor farmer singer painter walks runs sings reads writes
holds opens closes builds breaks slowly quickly quietly never always often seldom before after under over between without within along
l'eau forêt été déjà où garçon über Straße schön mañana niño corazón Москва вода снег зима лето дом река 日本 東京 水 山 川 ありがとう 世界""".split()
TEXTS = [
    "", " ", "  ", "a", " a", "a ", "The river runs.", "  two  spaces   three    four", "line\nline\n\nend\n", "\n", "\t tab", "12345 3.14 1e-9",
    "déjà vu, où est l'eau?", "Straße über Москва", "東京 日本 世界", "ありがとう!", "unseen: 한국어 עברית हिन्दी", "emoji 🙂🚀 family 👨‍👩‍👧",
    "zero\u200bwidth", "nbsp\u00a0here", "mark ▁ itself", "<0x41> spelled", "e\u0301 decomposed", "𝔘𝔫𝔦", "x" * 70, " " * 40 + "deep",
    "if (a < b) { return \"c\"; }", "https://example.org/a?b=c&d=%20", "CAPS Caps cAPS", "...!!!???", "a\u0000b", "\ufeffbom", "tail\n ",
]


def corpus(rng):
    for _ in range(4000):
        words = [rng.choice(WORDS) for _ in range(rng.randint(3, 14))]
        yield " ".join(words).capitalize() + rng.choice([".", "!", "?", ", " + str(rng.randint(0, 9999)) + "."])


def texts(rng):
    yield from TEXTS
    alphabet = "abcdefghij  \n.,'éßяж水山🙂▁019"
    for _ in range(40):
        yield "".join(rng.choice(alphabet) for _ in range(rng.randint(1, 40)))
    for _ in range(20):
        yield rng.choice(["", " ", "\n"]) + "  ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 8)))


def make(name, **options):
    rng = random.Random(20)
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=corpus(rng), model_writer=model, model_type="bpe", vocab_size=700, byte_fallback=True, split_digits=True,
        allow_whitespace_only_pieces=True, remove_extra_whitespaces=False, normalization_rule_name="identity", num_threads=1,
        max_sentence_length=4192, minloglevel=2, **options)
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    proto = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue())
    cases = []
    for text in texts(rng):
        ids = processor.encode(text)
        cases.append({"text": text, "ids": ids, "decoded": processor.decode(ids)})
    head = {
        "add_space_prefix": proto.normalizer_spec.add_dummy_prefix,
        "tokens": [piece.piece for piece in proto.pieces],
        "scores": [piece.score for piece in proto.pieces],
        "token_type": [piece.type for piece in proto.pieces],
    }
    json_rows(CORE / f"golden/sentencepiece/{name}.json", head, "cases", cases)
    print(name, len(proto.pieces), "pieces", len(cases), "cases")


make("prefix")
make("plain", add_dummy_prefix=False, user_defined_symbols=["▁▁", "▁▁▁", "▁▁▁▁", "\n\n"])
