"""Random templates in the subset that chat templates use, with random contexts, and what Jinja2 makes of them.

Writes core/src/test/resources/golden/templates/fuzz.jsonl.gz: one {"template", "context", "expected" | "error", "message"} a line.
Expressions are typed, so that most render; now and then a type is mistaken on purpose.
"""

import gzip
import json
import random

from files import CORE
from jinja import prints_address, render

FILE = CORE / "golden/templates/fuzz.jsonl.gz"
SEED, CASES, LONGEST, MOST_REFUSED, MOST_EMPTY = 41, 1500, 4000, 0.2, 0.03

WORDS = ["user", "tool", "Hello there", " padded ", "a,b,c", "", "x", "ÀÉ ß", "日本語", "🙂 ok", "it's", 'say "hi"', "l1\nl2\n", "42", "<b>&", "{{ x }}", "None"]
KEYS = ["role", "content", "name", "id", "text"]
TEXTS = [" ", "\n", "\n\n", "a", "a b", "  x", "x  ", ": ", "\n  ", " \n", "<|im_start|>", "é🙂", "\t", " { ", " }} ", " %} ", "#"]
TYPES = ["text", "number", "truth", "list", "dict"]


class Writer:
    """Writes one template. `names` maps each type to expressions that are in scope."""

    def __init__(self, rng):
        self.rng = rng
        self.names = {"text": ["s", "t"], "number": ["n", "m"], "truth": ["yes", "no"], "list": ["xs", "ws", "rows"], "dict": ["d", "row"]}
        self.fresh = 0
        self.macros = []

    def pick(self, *choices):
        return self.rng.choice(choices)

    def expression(self, kind, depth):
        if self.rng.random() < 0.025:
            kind = self.rng.choice(TYPES)
        if self.rng.random() < 0.012:
            return self.pick("missing", "none", "d.missing", "row.content.x", "xs[9]", "loop.index")
        if depth <= 0 or self.rng.random() < 0.25:
            return self.rng.choice([*self.names[kind], self.literal(kind)])
        return getattr(self, kind)(depth - 1)

    def literal(self, kind):
        r = self.rng
        if kind == "text":
            word = r.choice(WORDS)
            return "'" + word.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
        if kind == "number":
            return str(self.pick(0, 1, 2, 3, -1, 10, 2.5, 0.1, 1e20))
        if kind == "truth":
            return self.pick("true", "false", "True", "False")
        if kind == "list":
            return "[" + ", ".join(self.literal(self.pick("text", "number")) for _ in range(r.randrange(4))) + "]"
        return "{" + ", ".join(f"'{k}': {self.literal(self.pick('text', 'number', 'truth'))}" for k in r.sample(KEYS, r.randrange(3))) + "}"

    def text(self, depth):
        def x(kind="text"):
            return self.expression(kind, depth)

        any_kind = self.rng.choice(TYPES)
        return self.pick(
            lambda: f"({x()} ~ {x(any_kind)})",
            lambda: f"({x()} + {x()})",
            lambda: f"({x()} | {self.pick('upper', 'lower', 'trim', 'title', 'capitalize', 'string', 'escape', 'indent', 'reverse')})",
            lambda: f"({x()} | replace({x()}, {x()}))",
            lambda: f"({x()} | indent({self.rng.randrange(4)}, {x('truth')}))",
            lambda: f"({x()} | default({x()}, {x('truth')}))",
            lambda: f"({x('list')} | join({x()}))",
            lambda: f"({x('list')} | map('string') | join({x()}))",
            lambda: f"({x(any_kind)} | tojson)",
            lambda: f"({x(self.pick('dict', 'list'))} | tojson(indent={self.rng.randrange(5)}))",
            lambda: f"({x(any_kind)} | string)",
            lambda: f"({x()} if {x('truth')} else {x()})",
            lambda: f"({x()} if {x('truth')})",
            lambda: f"{x()}.{self.pick('upper', 'lower', 'strip', 'lstrip', 'rstrip', 'title', 'capitalize')}()",
            lambda: f"{x()}.{self.pick('strip', 'lstrip', 'rstrip', 'removeprefix', 'removesuffix')}({x()})",
            lambda: f"{x()}.replace({x()}, {x()})",
            lambda: f"{x()}.split({self.pick('', ',', ' ', '1').__repr__()})[{self.pick('0', '-1')}]",
            lambda: f"{x()}[{self.slice()}]",
            lambda: f"rows[{self.pick('0', '-1', '1')}].{self.rng.choice(KEYS)}",
            lambda: f"{x('dict')}.get({self.rng.choice(KEYS)!r}, {x()})",
            lambda: f"({x('list')} | {self.pick('first', 'last')})",
            lambda: f"({x('number')} | string)",
            lambda: f"strftime_now({self.pick('%Y', '%d %b', '%H:%M')!r})",
        )()

    def number(self, depth):
        def x(kind="number"):
            return self.expression(kind, depth)

        return self.pick(
            lambda: f"({x()} {self.pick('+', '-', '*')} {x()})",
            lambda: f"({x()} {self.pick('/', '//', '%')} {self.pick('2', '3', '-2', '2.5')})",
            lambda: f"({x(self.pick('text', 'list', 'dict'))} | length)",
            lambda: f"({x('text')} | int({self.rng.randrange(9)}))",
            lambda: f"({x()} | {self.pick('int', 'abs', 'float', 'round(1)')})",
            lambda: f"(-{x()})",
            lambda: f"({x('list')} | length - 1)",
            lambda: f"{x('text')}.{self.pick('find', 'count')}({x('text')})",
            lambda: f"([{x()}, {x()}] | {self.pick('min', 'max', 'sum')})",
            lambda: f"({x()} if {x('truth')} else {x()})",
        )()

    def truth(self, depth):
        def x(kind="truth"):
            return self.expression(kind, depth)

        any_kind = self.rng.choice(TYPES)
        tests = ["defined", "none", "string", "number", "integer", "mapping", "iterable", "sequence", "boolean", "true", "false", "undefined", "float"]
        return self.pick(
            lambda: f"({x()} {self.pick('and', 'or')} {x()})",
            lambda: f"(not {x()})",
            lambda: f"({x(any_kind)} {self.pick('==', '!=')} {x(any_kind)})",
            lambda: f"({x('number')} {self.pick('<', '<=', '>', '>=')} {x('number')})",
            lambda: f"({x('text')} {self.pick('<', '>=')} {x('text')})",
            lambda: f"({x('text')} {self.pick('in', 'not in')} {x(self.pick('text', 'list', 'dict'))})",
            lambda: f"({x(any_kind)} is {self.pick('', 'not ')}{self.rng.choice(tests)})",
            lambda: f"({self.pick('missing', 'd.missing', 'row.name', 'rows[0].zz', 'n')} is {self.pick('', 'not ')}defined)",
            lambda: f"({x('number')} | int is {self.pick('odd', 'even', 'divisibleby 3')})",
            lambda: f"{x('text')}.{self.pick('startswith', 'endswith')}({x('text')})",
            lambda: f"{x('text')}.{self.pick('isdigit', 'isupper', 'islower', 'isalpha', 'isspace')}()",
            lambda: f"({x(any_kind)} is {self.pick('eq', 'ne', 'equalto')} {self.literal(any_kind)})",
            lambda: f"({x('text')} is in {x('list')})",
        )()

    def list(self, depth):
        def x(kind="list"):
            return self.expression(kind, depth)

        return self.pick(
            lambda: f"[{', '.join(x(self.rng.choice(TYPES)) for _ in range(self.rng.randrange(4)))}]",
            lambda: f"({x()} + {x()})",
            lambda: f"{x()}[{self.slice()}]",
            lambda: f"({x()} | {self.pick('reverse', 'unique', 'select', 'reject')} | list)",
            lambda: f"({x()} | map('string') | sort{self.pick('', '(reverse=true)', '(case_sensitive=true)')})",
            lambda: f"({x()} | map({self.pick('upper', 'string', 'trim', 'length', 'tojson', 'lower')!r}) | list)",
            lambda: f"(rows | map(attribute={self.rng.choice(KEYS)!r}, default={x('text')}) | list)",
            lambda: f"(rows | {self.pick('selectattr', 'rejectattr')}({self.rng.choice(KEYS)!r}) | list)",
            lambda: f"(rows | {self.pick('selectattr', 'rejectattr')}('role', {self.pick('equalto', 'in', 'ne')!r}, {x('text')}) | list)",
            lambda: f"(xs | {self.pick('select', 'reject')}({self.pick('odd', 'even', 'number', 'string')!r}) | list)",
            lambda: f"{x('text')}.split({self.pick('', repr(','), repr(' '))})",
            lambda: f"{x('text')}.splitlines()",
            lambda: f"(range({self.rng.randrange(5)}) | list)",
            lambda: f"({x('dict')} | {self.pick('dictsort', 'items | list', 'list')})",
            lambda: f"({x('dict')}.{self.pick('keys', 'values', 'items')}() | list)",
            lambda: f"({x()} | batch(2) | list)",
            lambda: f"({x()}, {x('text')})",
        )()

    def dict(self, depth):
        def x(kind="dict"):
            return self.expression(kind, depth)

        return self.pick(
            lambda: "{" + ", ".join(f"{x('text')}: {x(self.rng.choice(TYPES))}" for _ in range(self.rng.randrange(3))) + "}",
            lambda: f"dict({x()}, {self.rng.choice(KEYS)}={x('text')})",
            lambda: f"rows[{self.pick('0', '-1')}]",
            lambda: f"({x()} if {x('truth')} else {x()})",
            lambda: f"({x()} | default({x()}, true))",
        )()

    def slice(self):
        return self.pick(":1", "1:", "::-1", ":-1", "1:3", "-2:", "::2", ":0")

    def name(self, kind):
        """A name that is new, or one that is set again, now of this type."""
        if self.rng.random() < 0.3:
            return self.rng.choice(self.names[kind][:2])
        self.fresh += 1
        return f"v{self.fresh}"

    def tag(self, inside):
        """Wraps a statement with random white space control."""
        return "{%" + self.pick("", "", "", "-", "-", "+") + f" {inside} " + self.pick("", "", "", "-", "-", "+") + "%}"

    def body(self, depth, count=3):
        saved = {kind: list(names) for kind, names in self.names.items()}
        parts = [self.piece(depth) for _ in range(self.rng.randrange(1, count + 1))]
        self.names = saved
        return "".join(parts)

    def piece(self, depth):
        if depth <= 0 or self.rng.random() < 0.45:
            shown = self.expression(self.pick("text", "text", *TYPES), 2)
            return self.pick(
                self.rng.choice(TEXTS),
                "{{" + self.pick("", "-") + f" {shown} " + self.pick("", "-") + "}}",
            )
        return self.pick(self.branch, self.loop, self.loop, self.set, self.set, self.set_block, self.macro, self.filter, self.with_, self.comment)(depth - 1)

    def branch(self, depth):
        other = self.pick("", self.tag("else") + self.body(depth), self.tag(f"elif {self.expression('truth', 2)}") + self.body(depth))
        return self.tag(f"if {self.expression('truth', 2)}") + self.body(depth) + other + self.tag("endif")

    def loop(self, depth):
        self.fresh += 1
        item = f"i{self.fresh}"
        kind, source, target = self.pick(
            ("number", f"range({self.rng.randrange(4)})", item),
            ("text", "ws", item),
            ("dict", "rows", item),
            ("dict", "rows[::-1]", item),
            ("text", self.expression("text", 1), item),
            ("text", f"({self.expression('list', 2)} | map('string'))", item),
            ("text", self.expression("dict", 1), item),
            ("text", f"{self.expression('dict', 1)}.items()", f"{item}, {item}v"),
        )
        saved = {k: list(names) for k, names in self.names.items()}
        self.names[kind] = [item, *self.names[kind]]
        self.names["number"] = ["loop.index", "loop.index0", "loop.length", "loop.revindex", *self.names["number"]]
        self.names["truth"] = ["loop.first", "loop.last", *self.names["truth"]]
        kept = f" if {self.expression('truth', 1).replace('loop.', 'row.')}" if self.rng.random() < 0.2 else ""
        jump = self.pick("", "", self.tag(f"if {self.expression('truth', 1)}") + self.tag(self.pick("break", "continue")) + self.tag("endif"))
        inside = self.body(depth) + jump + self.body(depth, 2)
        self.names = saved
        other = self.tag("else") + self.body(0) if self.rng.random() < 0.2 else ""
        return self.tag(f"for {target} in {source}{kept}") + inside + other + self.tag("endfor")

    def set(self, depth):
        kind = self.rng.choice(TYPES)
        value, name = self.expression(kind, 2), self.name(kind)
        self.names[kind].append(name)
        if self.rng.random() < 0.25:
            return self.tag(f"set ns.x = ns.x ~ {value}") + "{{ ns.x | length }}"
        return self.tag(f"set {name} = {value}")

    def set_block(self, depth):
        inside, name = self.body(depth), self.name("text")
        self.names["text"].append(name)
        return self.tag(f"set {name}{self.pick('', '', ' | trim', ' | upper')}") + inside + self.tag("endset")

    def macro(self, depth):
        if self.macros and self.rng.random() < 0.6:
            name = self.rng.choice(self.macros)
            return f"{{{{ {name}({self.expression('text', 1)}{self.pick('', ', b=' + self.expression('number', 1))}) }}}}"
        name = f"m{len(self.macros)}"
        saved = {kind: list(names) for kind, names in self.names.items()}
        self.names["text"] = ["a", *self.names["text"]]
        self.names["number"] = ["b", *self.names["number"]]
        inside = self.body(depth)
        self.names = saved
        self.macros.append(name)
        return self.tag(f"macro {name}(a, b=1)") + inside + self.tag("endmacro") + f"{{{{ {name}({self.expression('text', 1)}) }}}}"

    def filter(self, depth):
        return self.tag(f"filter {self.pick('upper', 'trim', 'indent(2)', 'title')}") + self.body(depth) + self.tag("endfilter")

    def with_(self, depth):
        self.fresh += 1
        saved = {kind: list(names) for kind, names in self.names.items()}
        value = self.expression("text", 1)
        self.names["text"] = [f"w{self.fresh}", *self.names["text"]]
        written = self.tag(f"with w{self.fresh} = {value}") + self.body(depth) + self.tag("endwith")
        self.names = saved
        return written

    def comment(self, depth):
        return self.pick("{# note #}", "{#- note -#}", "{# two\nlines #}\n", "{% raw -%} {{ x }} {% endraw %}", self.tag("generation") + self.body(depth) + self.tag("endgeneration"))

    def template(self):
        return "{% set ns = namespace(x='') %}" + "".join(self.piece(3) for _ in range(self.rng.randrange(2, 7)))


def value(rng, depth):
    kinds = [lambda: rng.choice(WORDS), lambda: rng.choice([0, 1, -3, 7, 2.0, 0.5, 1e-7]), lambda: rng.choice([None, True, False])]
    if depth > 0:
        kinds.append(lambda: [value(rng, depth - 1) for _ in range(rng.randrange(3))])
        kinds.append(lambda: {rng.choice(KEYS): value(rng, depth - 1) for _ in range(rng.randrange(3))})
    return rng.choice(kinds)()


def context(rng):
    def row():
        return {"role": rng.choice(["user", "tool", "system"]), "content": rng.choice(WORDS)} | {k: value(rng, 1) for k in rng.sample(KEYS[2:], rng.randrange(3))}

    return {
        "s": rng.choice(WORDS),
        "t": rng.choice(WORDS),
        "n": rng.randrange(-2, 9),
        "m": rng.choice([0, 1, 2.5, 3, 12]),
        "yes": True,
        "no": False,
        "xs": [value(rng, 0) for _ in range(rng.randrange(5))],
        "ws": [rng.choice(WORDS) for _ in range(rng.randrange(4))],
        "rows": [row() for _ in range(rng.randrange(1, 4))],
        "row": row(),
        "d": {k: value(rng, 2) for k in rng.sample(KEYS, 3)},
    }


def cases():
    """Cases that are neither long nor seen before, and not too many that fail or print nothing."""
    rng, seen, kept, refused, empty = random.Random(SEED), set(), [], 0, 0
    while len(kept) < CASES:
        template, sees = Writer(rng).template(), context(rng)
        if template in seen or len(template) > LONGEST:
            continue
        seen.add(template)
        result = render(template, sees)
        text, room = result.get("expected"), len(kept) + 1
        if prints_address(result) or (text is None and refused >= MOST_REFUSED * room) or len(text or "") > LONGEST:
            continue
        if text == "" and empty >= MOST_EMPTY * room:
            continue
        refused += text is None
        empty += text == ""
        kept.append({"template": template, "context": sees, **result})
    print(f"{len(kept)} cases of {len(seen)} templates tried, {refused} refused, {empty} print nothing")
    return kept


def main():
    lines = "".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) + "\n" for case in cases())
    FILE.write_bytes(gzip.compress(lines.encode("utf-8"), 9, mtime=0))


if __name__ == "__main__":
    main()
