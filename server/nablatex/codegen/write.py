"""Lines of a program from a graph: what is used once stands in place, what is used again gets a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from nablatex.algebra.dims import ONE, Dim
from nablatex.codegen.graph import Graph, Node
from nablatex.codegen.helpers import function_fields
from nablatex.codegen.languages import Language

FIELD = re.compile(r"\{(\*;?|\w+)(?::(\w+))?\}")
LEAVES = frozenset(("argument", "number", "size", "index", "pi", "e"))
MAX_LINE = 96
STEMS = {"number": "s", "vector": "v", "matrix": "M"}


class Writer:
    """Text for nodes in one language; `lines` are the statements so far."""

    def __init__(self, graph: Graph, language: Language, names: Mapping[Any, str], taken: Iterable[str]) -> None:
        self.graph = graph
        self.language = language
        self.lines: list[str] = []
        self.blocks: list[tuple[frozenset[str], list[str]]] = [(frozenset(), self.lines)]
        self.taken = set(taken)
        self.named: dict[Node, str] = {}
        self.must: set[Node] = set()
        self.sizes: dict[str, str] = {}
        """Names of the dimension letters that were used."""
        self.letters: dict[str, str] = {}
        self.functions: Mapping[Any, str] = names
        self.like = ""
        self.index_names: dict[str, str] = {}

    def fresh(self, stem: str) -> str:
        name, k = stem, 1
        while name in self.taken or name in self.language.reserved:
            k += 1
            name = f"{stem}{k}"
        self.taken.add(name)
        return name

    # ---- which nodes get a name

    def count(self, outputs: Iterable[Node]) -> None:
        """Marks the nodes that are used more than once, or whose place takes a name."""
        uses: dict[Node, int] = {}
        seen: set[Node] = set()
        todo = list(outputs)
        for x in todo:
            uses[x] = uses.get(x, 0) + 1
        while todo:
            x = todo.pop()
            if x in seen:
                continue
            seen.add(x)
            template = self.template(x)
            for k, a in enumerate(x.args):
                times = 1 if x.kernel == "loop" else max(1, len(re.findall(rf"\{{{k}[:}}]", template)))
                uses[a] = uses.get(a, 0) + times
                if f"{{{k}:n}}" in template:
                    self.must.add(a)
                todo.append(a)
        self.must.update(x for x, k in uses.items() if k > 1 and not self.trivial(x))
        self.must.update(x for x in seen if x.kernel == "loop")

    def trivial(self, x: Node) -> bool:
        """A leaf, or a view of what has a name: cheaper than a name of its own."""
        if x.kernel in LEAVES:
            return True
        return x.kernel in ("transpose", "negate", "as_row", "as_column") and x.args[0].kernel in LEAVES

    # ---- text

    def text(self, x: Node) -> tuple[str, int]:
        """A node's text and level, after the statements that it needs."""
        if x in self.named:
            return self.named[x], 5
        if x.kernel == "loop":
            return self.loop(x), 5
        out, level = self.compose(x)
        if x in self.must and not self.trivial(x):
            return self.assign(x, out), 5
        return out, level

    def assign(self, x: Node, text: str) -> str:
        name = self.fresh(STEMS[x.kind])
        self.block(x).append(self.language.assign.format(name, text))
        self.named[x] = name
        return name

    def block(self, x: Node) -> list[str]:
        """The lines of the innermost loop that x depends on."""
        for index, lines in reversed(self.blocks):
            if index & x.index or not index:
                return lines
        return self.lines

    def compose(self, x: Node) -> tuple[str, int]:
        leaf = self.leaf(x)
        if leaf is not None:
            return leaf
        while True:
            parts = [self.text(a) for a in x.args]
            out, level = self.fill(self.template(x), x, parts)
            if len(out) <= MAX_LINE:
                return out, level
            long = [a for a in x.args if a not in self.named and not self.trivial(a)]
            if not long:
                return out, level
            widest = max(long, key=lambda a: len(parts[x.args.index(a)][0]))
            self.assign(widest, parts[x.args.index(widest)][0])

    def leaf(self, x: Node) -> tuple[str, int] | None:
        if x.kernel == "argument":
            return str(x.get("name")), 5
        if x.kernel == "number":
            return self.language.number(x.get("value"))
        if x.kernel == "size":
            text = self.dim(x.get("dim"))
            return text, 2 if " * " in text and not text.startswith("(") else 5
        if x.kernel == "index":
            return self.index_names[x.get("name")], 5
        return None

    def template(self, x: Node) -> str:
        spelling = self.graph.spellings.get(x.kernel)
        text = "" if spelling is None else spelling.get(self.language.name, "")
        if x.kernel.startswith("fn_") and self.language.name == "sympy" and x.kind != "number":
            _, _, body = text.rpartition("|")
            return "{0:5}.applyfunc(lambda z: " + re.sub(r"\{0(:\w+)?\}", "z", body) + ")"
        if x.kernel == "call" and self.language.name == "sympy" and x.kind != "number":
            return "{0:5}.applyfunc({f})"
        return text

    def fill(self, template: str, x: Node, parts: list[tuple[str, int]]) -> tuple[str, int]:
        level = 5
        if re.match(r"\d\|", template):
            level, template = int(template[0]), template[2:]

        def field(m: re.Match[str]) -> str:
            key, spec = m.group(1), m.group(2)
            if key.isdigit():
                return self.argument(x, int(key), parts, spec)
            if key[0] == "*":
                joint = "; " if key == "*;" else ", "
                return joint.join(self.tensor(x, k, parts[k][0]) for k in range(len(parts)))
            if key == "like":
                return f", dtype={self.like}.dtype, device={self.like}.device" if self.like else ""
            return self.named_field(key, x)

        return FIELD.sub(field, template), level

    def argument(self, x: Node, k: int, parts: list[tuple[str, int]], spec: str | None) -> str:
        text, level = parts[k]
        if spec == "i":
            return self.index(x.args[k], text, level)
        if spec == "k":
            return text if x.args[k].kernel == "number" else f"int({text})"
        if spec is not None and spec.isdigit() and level < int(spec):
            return f"({text})"
        return self.tensor(x, k, text)

    def tensor(self, x: Node, k: int, text: str) -> str:
        """PyTorch's functions take tensors alone: a number that comes from no argument is made one."""
        takes = x.kernel.startswith("fn_") or x.kernel in ("square_root", "grid", "call")
        if self.language.name != "torch" or not takes or not self.is_literal(x.args[k]):
            return text
        like = f", dtype={self.like}.dtype, device={self.like}.device" if self.like else ""
        return f"torch.tensor(float({text}){like})"

    def is_literal(self, x: Node) -> bool:
        return x.kernel not in ("argument", "call") and x.kind == "number" and all(self.is_literal(a) for a in x.args)

    def index(self, x: Node, text: str, level: int) -> str:
        """An index that counts from 1, as the language counts."""
        first = self.language.first_index
        if x.kernel == "number":
            return str(int(x.get("value")) - 1 + first)
        return text if first == 1 else text.removesuffix(" + 1") if text.endswith(" + 1") else f"{text} - 1"

    def named_field(self, key: str, x: Node) -> str:
        if key in ("f", "df"):
            if x.kernel == "call":
                return self.functions[x.get("f")]
            return function_fields(self.language.name, x.get("function"))[key]
        if key in ("rows", "cols"):
            return self.dim(x.shape[key == "cols"])
        if key[0] in "rc" and key[1:].isdigit():
            return self.dim(x.args[int(key[1:])].shape[key[0] == "c"])
        return self.dim(x.get(key))

    # ---- sizes and loops

    def dim(self, d: Dim) -> str:
        below = d.denominator
        if below != 1:
            whole = self.dim(Dim(tuple((m, int(k * below)) for m, k in d.terms)))
            return f"({self.language.quotient(whole, [str(below)])})"
        parts = []
        for monomial, k in d.terms:
            for letter in monomial:
                if letter not in self.sizes:
                    self.sizes[letter] = self.fresh(re.sub(r"[^A-Za-z0-9]", "", letter) or "size")
            factors = [self.sizes[letter] for letter in monomial]
            parts.append(" * ".join([*([str(k)] if k != 1 or not factors else []), *factors]))
        text = " + ".join(parts).replace("+ -1 * ", "- ").replace("+ -", "- ") if parts else "0"
        return text if len(parts) < 2 else f"({text})"

    def loop(self, x: Node) -> str:
        body, lower, upper = x.args
        first, last = self.bound(lower), self.bound(upper)
        key = x.get("name")
        self.index_names[key] = self.fresh(re.sub(r"[^A-Za-z0-9]", "", key.split("·")[0]) or "k")
        total = self.fresh(STEMS[x.kind])

        def inside() -> list[str]:
            lines: list[str] = []
            self.blocks.append((frozenset((key,)), lines))
            text, level = self.text(body)
            self.blocks.pop()
            return [*lines, text if level > 1 else f"({text})"]

        zero = "0" if self.language.name == "sympy" and x.kind == "number" else "0.0"
        if self.language.name == "sympy" and x.kind != "number":
            zero = f"sympy.zeros({self.dim(x.shape[0])}, {self.dim(x.shape[1])})"
        step = ("*", "1" if zero == "0" else "1.0") if x.get("times") else ("+", zero)
        lines = self.language.loop(total, step, self.index_names[key], first, last, inside)
        self.block(x).extend(lines)
        self.named[x] = total
        return total

    def bound(self, x: Node) -> str:
        """An end of a loop: whole, whatever type of number the caller gave."""
        text = self.text(x)[0]
        whole = x.kernel in ("number", "size", "index") or self.language.first_index == 1
        return text if whole else f"int({text})"

    def size_lines(self) -> list[str]:
        """Statements that give the used dimension letters their values."""
        known = [(name, self.letters[letter]) for letter, name in self.sizes.items() if letter in self.letters]
        return [self.language.assign.format(name, text) for name, text in known]

    def unknown_sizes(self) -> dict[str, str]:
        """Dimension letters that were used and that no argument shows: they become arguments."""
        return {letter: name for letter, name in self.sizes.items() if letter not in self.letters}


def readable_sizes(arguments: Mapping[str, tuple[Dim, Dim]], language: Language) -> dict[str, str]:
    """How each dimension letter is read off the arguments: n from n×1, and n from (n+1)×1 where nothing is plainer."""
    out: dict[str, str] = {}
    for exact in (True, False):
        for name, shape in arguments.items():
            turned = shape[0] == ONE and shape[1] != ONE
            for axis, d in enumerate((shape[1], shape[0]) if turned else shape):
                letters = d.letters()
                if len(letters) != 1:
                    continue
                letter = next(iter(letters))
                rest = d - Dim((((letter,), 1),))
                if letter in out or rest.value is None or (exact and rest.value != 0):
                    continue
                size = language.size(name, axis)
                out[letter] = size if not rest.value else f"{size} - {rest.value}"
    for name, shape in arguments.items():  # N of N n, where n is known
        for axis, d in enumerate(shape):
            unknown = [x for x in d.letters() if x not in out]
            if len(unknown) == 1 and len(d.terms) == 1 and d.terms[0][1] == 1:
                known = [out[x] for x in d.terms[0][0] if x != unknown[0]]
                if len(known) == len(d.terms[0][0]) - 1:
                    out[unknown[0]] = language.quotient(language.size(name, axis), known)
    return out
