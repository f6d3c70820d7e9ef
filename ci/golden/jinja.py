"""Renders a chat template as Transformers does: its sandboxed environment, its filters and globals, a clock that stands still."""

from datetime import datetime

from jinja2.exceptions import TemplateError
from transformers.utils.chat_template_utils import _compile_jinja_template

NOW = datetime(2026, 3, 5, 14, 7, 9)


def render(template, context):
    """Returns {"expected": text}, or {"error": type, "message": text} where the template, or Jinja2 itself, refuses.

    `raised` says that the template called raise_exception, so that its message must reach the user word for word.
    """
    try:
        text = _compile_jinja_template(template).render(strftime_now=NOW.strftime, **context)
    except Exception as e:  # every way to fail is a result here
        refused = {"error": type(e).__name__, "message": str(e)}
        return refused | ({"raised": True} if type(e) is TemplateError else {})
    return {"expected": text}


def prints_address(result):
    """Whether a template printed an object that Python names by its address: never twice the same, so no golden text."""
    return " at 0x" in result.get("expected", "")
