"""How Hadamard and Kronecker products are written."""

from __future__ import annotations

import re
from collections.abc import Callable

from nablatex.algebra.atoms import Number
from nablatex.algebra.build import identity, ones, transpose
from nablatex.algebra.core import Mul
from nablatex.algebra.dims import ONE
from nablatex.algebra.expr import Expr
from nablatex.algebra.hadamard import HadamardPower, hadamard, hadamard_power
from nablatex.algebra.structure import DiagSelection, kron
from nablatex.document.index_printing import ATOM, INFIX, PRODUCT, IndexPrinting

LOOSE = frozenset(("hadamard", "hadamard_power", "kron"))
"""What binds looser than juxtaposition, so that a number stands before it without parentheses."""


OPEN = frozenset(
    (
        "index_sum",
        "index_product",
        "set_sum",
        "set_product",
        "index_max",
        "index_min",
        "integral",
        "sylvester",
        "frechet",
        "frechet_matrix",
    )
)


def is_open(e: Expr) -> bool:
    """Whether a sum or an integral stands in it without parentheses."""
    return e.name in OPEN or (isinstance(e, Mul) and any(map(is_open, e.args)))


def _long(e: Expr) -> bool:
    """What nobody writes twice to square it: more than a letter, or a function of one."""
    return sum(1 for _ in e.walk()) > 3


def raised(text: str) -> bool:
    """Whether a formula ends with a superscript, perhaps with a subscript behind it."""
    if text.endswith("'"):
        return True
    m = re.search(r"(?:\\[A-Za-z]+|.)$", text)
    start = m.start() if m is not None else 0
    if text.endswith("}"):
        depth, start = 1, len(text) - 1
        while depth and start:
            start -= 1
            depth += (text[start] == "}") - (text[start] == "{")
    before = text[start - 1 : start]
    return before == "^" or (before == "_" and raised(text[: start - 1]))


class InfixPrinting(IndexPrinting):
    """The part of the printer that writes infix operators."""

    def infix(self, op: str) -> Callable[[Expr], tuple[str, int]]:
        def render(e: Expr) -> tuple[str, int]:
            first, *others = e.args
            # left-associative: a first factor of the same kind needs no parentheses
            start = self.print(first, INFIX) if first.name == e.name else self.operand(first)
            return f" {op} ".join([start, *map(self.operand, others)]), INFIX

        return render

    def operand(self, e: Expr) -> str:
        """One side of an infix operator; a sum or integral in it would take in what follows."""
        return self.fence(self.print(e)) if is_open(e) else self.print(e, PRODUCT)

    def render(self, e: Expr) -> tuple[str, int]:
        raise NotImplementedError

    def kron(self, e: Expr) -> tuple[str, int]:
        return self.infix(self.n.kron)(e)

    def selected(self, e: Expr, turned: bool = False) -> tuple[str, int]:
        """The Khatri-Rao product has many signs, and none of its own: (A ⊗ 1) ⊙ (1 ⊗ B) needs none; so has its transpose.

        The matrix that takes vec X to the diagonal of X is a transposed product of this kind, of I with I.
        """
        if isinstance(e, DiagSelection):
            a = b = identity(e.shape[0])
            turned = not turned
        else:
            a, b = e.args
        parts = kron(a, ones(b.shape[0])), kron(ones(a.shape[0]), b)
        return self.hadamard(hadamard(*map(transpose, parts)) if turned else hadamard(*parts))

    def hadamard(self, e: Expr) -> tuple[str, int]:
        """a ⊙ b ⊙ c, with reciprocals as a ⊘ c."""
        over: list[str] = []
        under: list[Expr] = []
        for a in e.args:
            k = a.args[1] if isinstance(a, HadamardPower) else None
            if isinstance(k, Number) and k.value < 0:
                under.append(hadamard_power(a.args[0], Number((), (-k.value,))))
            elif isinstance(k, Number) and k.value == 2 and not _long(a.args[0]):
                over += [self.operand(a.args[0])] * 2
            else:
                over.append(self.operand(a))
        if not over:
            return self.reciprocal(hadamard(*under))
        text = f" {self.n.hadamard} ".join(over)
        return (f"{text} \\oslash {self.operand(hadamard(*under))}" if under else text), INFIX

    def reciprocal(self, x: Expr) -> tuple[str, int]:
        """1 ⊘ x of a column; of a matrix its entry-wise power."""
        if x.shape[1] != ONE:
            return f"{self.raisable(x)}^{{{self.n.hadamard} -1}}", ATOM
        return f"{self.n.ones}_{self.sub(self.dim(x.shape[0]))} \\oslash {self.operand(x)}", INFIX

    def raisable(self, x: Expr) -> str:
        """What ^{\\odot k} is put on: it has no superscript of its own."""
        text = self.print(x, ATOM)
        return self.fence(text) if raised(text) else text

    def hadamard_power(self, e: Expr) -> tuple[str, int]:
        x, k = e.args
        if isinstance(k, Number) and k.value == 2 and not _long(x):
            return f"{self.operand(x)} {self.n.hadamard} {self.operand(x)}", INFIX
        if isinstance(k, Number) and k.value == -1:
            return self.reciprocal(x)
        text = self.raisable(x)
        if k.args or (isinstance(k, Number) and k.value.denominator != 1):
            return f"{text}^{{{self.n.hadamard} ({self.print(k)})}}", ATOM
        return f"{text}^{{{self.n.hadamard} {self.print(k)}}}", ATOM


__all__ = ["INFIX", "LOOSE", "InfixPrinting", "is_open"]
