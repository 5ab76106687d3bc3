"""Names of symbols: what makes two spellings the same symbol, and how a symbol is written back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from nablatex.latex.tree import Call, Fence, Juxtaposition, List, Name, Node, Number, Scripted, Sum

TRANSPOSES = frozenset(
    ("T", "\\top", "\\intercal", "t", "\\mathsf{T}", "\\tran", "\\trans", "H", "\\transpose", "tr", "\\prime")
)
"""What stands in a superscript for a transpose; H on real matrices."""


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
        elif node.sup is not None:
            return None
        return replace(base, script=text)
    return None


def flat(node: Node) -> str:
    """A script as plain text, for keys and labels."""
    if isinstance(node, Name):
        return node.prefix + node.base
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Juxtaposition):
        return "".join(
            flat(f) + (m if m in ("/",) else "") for f, m in zip(node.factors, (*node.marks, ""), strict=True)
        )
    if isinstance(node, List):
        return ",".join(flat(f) for f in node.items)
    if isinstance(node, Fence):
        return "(" + ",".join(flat(f) for f in node.items) + ")"
    if isinstance(node, Sum):
        return "".join(
            ("" if s == "+" and not i else s) + flat(t)
            for i, (s, t) in enumerate(zip(node.signs, node.terms, strict=True))
        )
    if isinstance(node, Scripted):
        scripts = ("_" + flat(node.sub) if node.sub else "") + ("^" + flat(node.sup) if node.sup else "")
        return flat(node.base) + scripts + "'" * node.primes
    return "?"


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
            text = flat(node.sub)
            label += "_" + (text if len(text) == 1 else "{" + text + "}")
        if node.sup is not None:
            label += "^{" + flat(node.sup) + "}"
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
