"""Where golden data goes, and how it is written: the same bytes on every run."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "core/src/test/resources"
API = ROOT / "api/src/test/resources"


def write_json(path, value, indent=None):
    """Writes one JSON value as UTF-8, a line feed at its end, non-ASCII text as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=None if indent else (",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


def json_rows(path, head, name, rows):
    """Writes an object whose list `name` has one row a line, so that a diff shows the rows that changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    fields = "".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)},\n" for k, v in head.items())
    path.write_text(f"{{\n{fields}{json.dumps(name)}: [\n{lines}\n]\n}}\n", encoding="utf-8")
