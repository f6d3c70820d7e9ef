"""Chat templates in the manner of the common families (families/*.jinja), the features list and SmolLM2's own, rendered by Transformers.

Writes core/src/test/resources/golden/templates/<family>.json.
"""

from pathlib import Path

import gguf

from conversations import CONVERSATIONS
from features import CONTEXT, TEMPLATES
from files import CORE, json_rows
from jinja import NOW, prints_address, render
from smollm2_model import GGUF_FILE, fields

FOLDER = CORE / "golden/templates"
SPECIALS = {"bos_token": "<s>", "eos_token": "</s>"}


def family(name, template):
    cases = []
    for title, messages, rest in CONVERSATIONS:
        context = {"messages": messages, **SPECIALS, **rest}
        cases.append({"name": title, "context": context, **render(template, context)})
    json_rows(FOLDER / f"{name}.json", {"now": NOW.isoformat(), "template": template}, "cases", cases)
    return cases


def features():
    """The other way round: many templates, one context."""
    cases = [{"template": template, **render(template, CONTEXT)} for template in TEMPLATES]
    json_rows(FOLDER / "features.json", {"now": NOW.isoformat(), "context": CONTEXT}, "cases", cases)
    return cases


def main():
    templates = {path.stem: path.read_text(encoding="utf-8") for path in sorted(Path("families").glob("*.jinja"))}
    templates["smollm2"] = fields(gguf.GGUFReader(GGUF_FILE))["tokenizer.chat_template"]
    written = {name: family(name, template) for name, template in templates.items()} | {"features": features()}
    for name, cases in written.items():
        assert not any(prints_address(case) for case in cases), f"{name} prints an address"
        raised = [c["message"] for c in cases if c.get("raised")]
        errors = sum("error" in c for c in cases)
        print(f"{name:12} {len(cases):4} cases, {errors:3} refused, {len(raised):3} by the template's own words")


if __name__ == "__main__":
    main()
