"""Names of symbols: what makes two spellings the same symbol, and how a symbol is written back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nablatex.latex.tree import (
    BigOperator,
    Call,
    Fence,
    Fraction,
    Juxtaposition,
    List,
    Missing,
    Name,
    Node,
    Number,
    Relation,
    Scripted,
    Sum,
)

TRANSPOSES = frozenset(
    ("T", "\\top", "\\intercal", "t", "\\mathsf{T}", "\\tran", "\\trans", "H", "\\transpose", "tr", "\\prime")
)
"""What stands in a superscript for a transpose; H on real matrices."""


STARS = frozenset(("*", "\\ast", "\\star"))
MARKS = {**{star: "^*" for star in STARS}, "+": "^+", "-": "^-"}
"""What a mark above a letter adds to the script of its key."""


@dataclass(frozen=True, slots=True)
class Key:
    """Identity of a symbol: letter, font, accents, prefix (``d``, ``\\Delta``), and a script that is part of the name."""

    base: str
    font: str = ""
    accents: tuple[str, ...] = ()
    prefix: str = ""
    script: str = ""

    def alike(self, other: Key) -> bool:
        """The same but for the font."""
        return self.base == other.base and self.plain() == other.plain()

    def plain(self) -> Key:
        """Without the font: how a symbol is found again when the author forgot the bold."""
        return Key(self.base, "", self.accents, self.prefix, self.script) if self.font else self

    @property
    def differential(self) -> Key:
        return replace(self, prefix="d" + self.prefix)


def key_of(node: Node) -> Key | None:
    """The key of a name with its subscript, or None where the node is no name."""
    if isinstance(node, Name):
        font = "" if node.font in ("it",) else node.font
        return Key(node.base, font, node.accents, node.prefix)
    if isinstance(node, Scripted) and isinstance(node.base, Name) and not node.primes and node.left_sup is None:
        base = key_of(node.base)
        assert base is not None
        text = ""
        if node.sub is not None:
            text += "_" + flat(node.sub)
        if isinstance(node.sup, Fence) and node.sup.kind in ("paren", "bracket"):
            text += "^" + flat(node.sup)
        elif (mark := mark_above(node)) is not None:
            text += mark
        elif node.sup is not None:
            return None
        return replace(base, script=text)
    return None


def mark_above(node: Node) -> str | None:
    """The mark of ``x^*``, the optimum in many texts and an adjoint in others, of ``P^-`` and ``P^+``, before and after."""
    if isinstance(node, Scripted) and isinstance(node.sup, Name) and not node.primes:
        return MARKS.get(node.sup.base)
    return None


def raised_key(node: Node) -> Key | None:
    r"""The key of ``W^\ell``, ``x^{k+1}``, ``x^2`` where the superscript is a number and no power: a declaration can say so."""
    if not isinstance(node, Scripted) or not isinstance(node.base, Name) or node.primes or node.left_sup is not None:
        return None
    if node.sup is None or transpose_mark(node.sup) or key_of(node) is not None or "?" in flat(node.sup):
        return None
    base = key_of(node.base if node.sub is None else Scripted(node.base.span, node.base, node.sub))
    return replace(base, script=f"{base.script}^{{{flat(node.sup)}}}") if base is not None else None


def flat(node: Node) -> str:
    """A script as plain text, for keys."""
    return _text(node, lambda n: n.prefix + "".join("\\" + a for a in n.accents) + n.base)


def _text(node: Node, name: Callable[[Name], str]) -> str:
    """A script as text, its names spelled by `name`: scripts that differ have different texts, where they have any."""
    if isinstance(node, Name):
        return name(node)
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Juxtaposition):
        parts = [_text(f, name) + (m if m == "/" else "") for f, m in zip(node.factors, (*node.marks, ""), strict=True)]
        return _joined(parts)
    if isinstance(node, List):
        return ",".join(_text(f, name) for f in node.items)
    if isinstance(node, Fence):
        left, right = "[]" if node.kind == "bracket" else "()"
        return left + ",".join(_text(f, name) for f in node.items) + right
    if isinstance(node, Sum):
        signs = ["" if s == "+" and not i else s for i, s in enumerate(node.signs)]
        return "".join(s + _text(t, name) for s, t in zip(signs, node.terms, strict=True))
    if isinstance(node, Relation):
        sides = [_text(x, name) for x in node.sides]
        ops = ["|" if op == "\\mid" else op for op in node.ops]
        return _joined([sides[0], *[x for pair in zip(ops, sides[1:], strict=True) for x in pair]])
    if isinstance(node, Fraction):
        return f"\\frac{{{_text(node.numerator, name)}}}{{{_text(node.denominator, name)}}}"
    if isinstance(node, BigOperator) and node.body is None and node.lower is None and node.upper is None:
        return "\\" + node.kind
    if isinstance(node, Scripted):
        sub = "_" + _braced(_text(node.sub, name)) if node.sub else ""
        sup = "^" + _braced(_text(node.sup, name)) if node.sup else ""
        return _text(node.base, name) + sub + sup + "'" * node.primes
    return "" if isinstance(node, Missing) else "?"


def _joined(parts: Sequence[str]) -> str:
    r"""Side by side, with a space where a letter would become a part of the command before it."""
    out = ""
    for p in parts:
        out += " " + p if re.search(r"\\[A-Za-z]+\Z", out) and p[:1].isalpha() else p
    return out


def _braced(text: str) -> str:
    return text if len(text) == 1 or re.fullmatch(r"\\[A-Za-z]+", text) else f"{{{text}}}"


FONT_COMMANDS = {
    "bold": "\\mathbf",
    "rm": "\\mathrm",
    "cal": "\\mathcal",
    "bb": "\\mathbb",
    "sf": "\\mathsf",
    "frak": "\\mathfrak",
    "tt": "\\mathtt",
}


def label_of(node: Node, source: str = "") -> str:
    """The author's spelling of a name, for printing it back; built from the key where the source is a macro's body."""
    if isinstance(node, Scripted):
        label = label_of(node.base, source)
        if node.sub is not None:
            label += "_" + _braced(_text(node.sub, label_of))
        if node.sup is not None:
            label += "^" + _braced(_text(node.sup, label_of))
        return label
    assert isinstance(node, Name)
    if node.latex:
        return node.latex
    text = node.base
    if node.font in FONT_COMMANDS:
        text = f"{FONT_COMMANDS[node.font]}{{{text}}}"
    for a in node.accents:
        text = f"\\{a}{{{text}}}"
    return f"{node.prefix} {text}" if node.prefix else text


def is_upper(key: Key) -> bool:
    letter = key.base.lstrip("\\")
    return letter[:1].isupper()


def is_word(key: Key) -> bool:
    r"""Whether a name is a word set upright, as names of operations are: ``\operatorname{Cov}``, ``\mathrm{prox}``."""
    return key.font in ("rm", "sf", "bold") and len(key.base) > 1 and not key.base.startswith("\\")


def transpose_mark(node: Node | None) -> bool:
    return isinstance(node, Name) and node.base in TRANSPOSES and not node.accents


def key_of_moved(operand: Node, declared: Callable[[Key], object]) -> Key | None:
    """The symbol that d(operand) varies by itself, transposed or not: X of dX^T; None for more than a symbol."""
    while isinstance(operand, Fence) and operand.kind == "paren" and len(operand.items) == 1:
        operand = operand.items[0]
    if isinstance(operand, Call) and (head := key_of(operand.head)) is not None and declared(head):
        return head
    if isinstance(operand, Scripted):
        if transpose_mark(operand.sup) or operand.primes:
            operand = operand.base
        key = key_of(operand)
        if key is not None and key.script and not declared(key) and isinstance(operand, Scripted):
            return key_of(operand.base)
        return key
    return key_of(operand)


def flat_marks(node: Node) -> tuple[str, ...]:
    return node.marks if isinstance(node, Juxtaposition) else ()


def two_dims(sub: Node) -> tuple[str, str] | tuple[int, int] | None:
    """m, n of a subscript mn, m,n or m\\times n."""
    parts = sub.factors if isinstance(sub, Juxtaposition) else sub.items if isinstance(sub, List) else ()
    if isinstance(sub, Number) and len(sub.text) == 2 and sub.text.isdigit():
        return int(sub.text[0]), int(sub.text[1])
    if len(parts) == 2 and all(isinstance(p, (Name, Number)) for p in parts):
        a, b = (flat(p) for p in parts)
        return (int(a), int(b)) if a.isdigit() and b.isdigit() else (a, b)
    return None
