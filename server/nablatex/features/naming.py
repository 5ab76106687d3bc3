"""Names for the parts that a long derivation or a long result repeats: ``r = W_2 σ(W_1 x) - y``, then r wherever it stands.

A part gets a name where that makes the lines shorter by more than the name's own line costs; the last line of a
derivation, which is the result, is written out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

from nablatex.algebra.atoms import Number, Symbol
from nablatex.algebra.binders import INDEXED
from nablatex.algebra.build import split_coefficient
from nablatex.algebra.core import Power, Transpose
from nablatex.algebra.dims import ONE
from nablatex.algebra.expr import Expr
from nablatex.document.context import Context
from nablatex.document.index_printing import ATOM
from nablatex.document.notation import Notation
from nablatex.document.printing import Printer

LONG = 44
"""Lines that are wider than this, in signs on paper, are worth a name."""
WIDE, NARROW = 9, 6
"""What a name stands for in a derivation, and in a single result, has so many signs."""
WORTH = 30
SHORTER = 10
"""By so many signs a name makes a single result shorter, or it is no help."""
MAX_PARTS = 3
LETTERS = {"scalar": "caqpg", "vector": "rvzqpw", "matrix": "RMSGUQP"}
"""None of s, t, u: over these the printer writes integrals, which would capture a name."""

Spelled = Callable[[Expr], str]


def width(latex: str) -> int:
    """About how many signs a formula has on paper."""
    bare = re.sub(r"\\(?:left|right|operatorname|mathrm|mathbf|quad|,|;|!)(?![A-Za-z])", "", latex)
    return len(re.sub(r"\\[A-Za-z]+", "x", re.sub(r"[{}&^_\s]|\\frac", "", bare)))


def common_parts(lines: Iterable[Expr], formal: Expr, spelled: Spelled, taken: Set[str]) -> dict[Expr, str]:
    """Parts with their names, in the order in which they are to be introduced; empty where no line is long."""
    shown = list(lines)
    if not shown or max(width(spelled(e)) for e in shown) < LONG:
        return {}
    return _chosen(shown, formal, spelled, taken, 3, 1)


def _chosen(
    shown: Sequence[Expr], formal: Expr, spelled: Spelled, taken: Set[str], least: int, whole: int
) -> dict[Expr, str]:
    """Parts that stand in the lines at least so often, of which so many are written out all the same."""
    given = formal.free_symbols
    chosen: dict[Expr, str] = {}
    used = set(taken)
    used |= {
        s.label for e in shown for n in e.walk() for s in (n, *n.params) if isinstance(s, Symbol)
    }  # bound ones too
    while len(chosen) < MAX_PARTS:
        counts = Counter(p for e in shown for p in _parts(e, chosen.keys()) if p.free_symbols <= given)
        for part in chosen:
            counts.update(p for p in _parts(part, chosen.keys() - {part}) if p.free_symbols <= given)
        widths = {
            p: w for p, n in counts.items() if n >= least and (w := width(spelled(p))) >= (WIDE if whole else NARROW)
        }
        saved = {p: (counts[p] - whole) * (w - 1) - w - 4 for p, w in widths.items()}
        best = max(saved, key=lambda p: (saved[p], str(p)), default=None)
        letter = _letter(best, used) if best is not None else None
        if best is None or saved[best] < (WORTH if whole else SHORTER) or letter is None:
            break
        chosen[best] = letter
        used.add(letter)
    return dict(sorted(chosen.items(), key=lambda pair: sum(1 for _ in pair[0].walk())))


def _parts(e: Expr, named: Set[Expr]) -> Iterator[Expr]:
    """The occurrences of parts that a name may stand for: outside of what differentiates, below what has a name."""
    if e in named or not e.args or (e.binds and e.name not in INDEXED):
        return
    below = isinstance(e, Power) and isinstance(e.args[1], Number) and e.args[1].value < 0 and e.is_scalar
    if not isinstance(e, Transpose) and not below and split_coefficient(e)[0] == 1:
        yield e
    for a in e.args:
        yield from _parts(a, named)


def _letter(part: Expr, used: Set[str]) -> str | None:
    kind = "scalar" if part.is_scalar else "vector" if ONE in part.shape else "matrix"
    return next((c for c in LETTERS[kind] if c not in used), None)


class PartsPrinter(Printer):
    """Prints names for parts; what differentiates a part shows it whole."""

    def __init__(self, notation: Notation) -> None:
        super().__init__(notation)
        self.parts: Mapping[Expr, str] = {}

    def render(self, e: Expr) -> tuple[str, int]:
        if e in self.parts:
            return self.parts[e], ATOM
        if isinstance(e, Transpose) and e.args[0] in self.parts:
            return self.raise_to_transpose(self.parts[e.args[0]]), ATOM
        if not self.parts or not e.binds or e.name in INDEXED:
            return super().render(e)
        parts, self.parts = self.parts, {}
        try:
            return super().render(e)
        finally:
            self.parts = parts

    def base(self, e: Expr) -> str:
        return self.parts[e] if e in self.parts else super().base(e)

    def weight(self, s: Expr) -> int:
        return 1 if s in self.parts else super().weight(s)

    def definition(self, part: Expr) -> str:
        """What stands behind the name of a part; the names of smaller parts stand in it."""
        parts = self.parts
        self.parts = {p: name for p, name in parts.items() if p != part}
        try:
            return self.print(part)
        finally:
            self.parts = parts


def with_parts_named(result: Expr, formal: Expr, notation: Notation, taken: Set[str]) -> str | None:
    """``2X^\\top r, \\quad \\text{where } r = …``; None where that is not shorter."""
    printer = PartsPrinter(notation)
    whole = printer.print(result)
    if width(whole) < LONG:
        return None
    printer.parts = _chosen([result], formal, printer.print, taken, 2, 0)
    if not printer.parts:
        return None
    named = ", \\; ".join(f"{name} = {printer.definition(part)}" for part, name in printer.parts.items())
    text = f"{printer.print(result)}, \\quad \\text{{where }} {named}"
    return text if width(text) + SHORTER <= width(whole) + len("where") else None


def letters_taken(context: Context, formal: Expr) -> set[str]:
    """Letters that stand for something in the document, or in the formula."""
    keys = (*context.symbols, *(d.key for d in context.definitions), *context.functions)
    letters = {k.base for k in keys} | set(context.dimensions)
    for e in formal.walk():
        letters.update(x for d in e.shape for x in d.letters())
    return letters | {c for s in formal.free_symbols for c in str(s.params[0])}


__all__ = ["PartsPrinter", "common_parts", "letters_taken", "width", "with_parts_named"]
