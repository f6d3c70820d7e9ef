"""Ids and decoded text of hard strings: SmolLM2's byte-level BPE by Transformers, Gemma 3's SentencePiece BPE by two libraries.

Writes core/src/test/resources/golden/tokenizer/. Both tokenizers are built from the GGUF files that Python packages carry.
"""

import gzip
import json

import gguf
import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as proto
from transformers import AutoTokenizer

import gemma3_model
import smollm2_model
from files import CORE, json_rows
from smollm2_model import fields
from texts import TEXTS

FOLDER = CORE / "golden/tokenizer"
UNKNOWN, CONTROL, USER_DEFINED = 2, 3, 4  # kinds of token, numbered alike in SentencePiece and GGUF


def cases(tok):
    """Special tokens in the text are parsed, none is added, none is skipped when decoding."""
    for text in TEXTS:
        ids = tok(text, add_special_tokens=False)["input_ids"]
        yield {"text": text, "ids": ids, "decoded": tok.decode(ids, skip_special_tokens=False)}


def smollm2():
    tok = smollm2_model.tokenizer()
    document = json.dumps(json.loads(tok.backend_tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
    (FOLDER / "smollm2.tokenizer.json.gz").write_bytes(gzip.compress(document.encode("utf-8"), 9, mtime=0))
    rows = list(cases(tok))
    assert all(row["decoded"] == row["text"] for row in rows), "byte-level text must come back whole"
    json_rows(FOLDER / "smollm2.json", {"package": smollm2_model.PACKAGE, "file": smollm2_model.GGUF_FILE.name}, "cases", rows)
    print(f"smollm2: {len(rows)} texts")


def sentencepiece_of(file):
    """The library's own model, made of the file's pieces, scores and types; GGUF spells the spaces of user-defined pieces as they are."""
    meta = fields(gguf.GGUFReader(file))
    model = proto.ModelProto()
    pieces = zip(*(meta["tokenizer.ggml." + key] for key in ["tokens", "scores", "token_type"]))
    unknown = meta["tokenizer.ggml.unknown_token_id"]
    for i, (piece, score, kind) in enumerate(pieces):
        spelling = piece.replace(" ", "▁") if kind == USER_DEFINED else piece
        model.pieces.add(piece=spelling, score=score, type=UNKNOWN if i == unknown else kind)
    trainer = model.trainer_spec
    trainer.model_type, trainer.byte_fallback, trainer.vocab_size = proto.TrainerSpec.BPE, True, len(model.pieces)
    trainer.pad_id, trainer.eos_id, trainer.bos_id, trainer.unk_id = 0, 1, 2, unknown
    normal = model.normalizer_spec
    normal.name, normal.add_dummy_prefix, normal.remove_extra_whitespaces, normal.escape_whitespaces = "identity", False, False, True
    return sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())


def gemma3():
    """Transformers' ids; where SentencePiece itself disagrees, its ids too. It knows no control token in a text, so those are left out."""
    file = gemma3_model.file()
    tok = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    library, rows, differs = sentencepiece_of(file), [], 0
    control = {i for i, kind in enumerate(fields(gguf.GGUFReader(file))["tokenizer.ggml.token_type"]) if kind == CONTROL}
    for row in cases(tok):
        own = library.encode(row["text"])
        if own != row["ids"] and control.isdisjoint(row["ids"]):
            row["sentencepiece"] = own
            differs += 1
        rows.append(row)
    head = {"packages": [f"{gemma3_model.PACKAGE}-part{i}==1.0.0" for i in range(1, 5)], "file": file.name, "sha256": gemma3_model.SHA256}
    json_rows(FOLDER / "gemma3.json", head, "cases", rows)
    print(f"gemma3: {len(rows)} texts, SentencePiece differs on {differs}")
    for row in rows:
        if "sentencepiece" in row:
            print(f"  {row['text'][:50]!r}: {row['ids'][:12]} against {row['sentencepiece'][:12]}")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    smollm2()
    gemma3()


if __name__ == "__main__":
    main()
