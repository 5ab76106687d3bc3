"""Drafts: typed trees whose dimensions are still being solved for, and the unifier that solves them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nablatex.algebra.dims import SCALAR, Dim, Shape, ShapeError, dim
from nablatex.algebra.expr import Expr

Build = Callable[[Sequence[Expr]], Expr]


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """An expression to be: its shape may hold ``?`` variables; build makes it from the finished children."""

    shape: Shape
    build: Build
    children: tuple[Draft, ...] = ()
    kind: str = ""
    """``zero``: fits every shape; ``identity``: I without a size; ``number``: a literal; ``symbol``."""
    symbol: object = field(default=None)


def _reduced(d: Dim) -> Dim:
    """A difference without the letters that all its terms share: n p = n q says p = q, for sizes are not zero."""
    if not d.terms:
        return d
    shared = list(d.terms[0][0])
    for monomial, _ in d.terms[1:]:
        left = list(monomial)
        kept = []
        for x in shared:
            if x in left:
                left.remove(x)
                kept.append(x)
        shared = kept
    if not shared:
        return d
    out = []
    for monomial, k in d.terms:
        rest = list(monomial)
        for x in shared:
            rest.remove(x)
        out.append((tuple(rest), k))
    return Dim(tuple(sorted(out, key=lambda t: (-len(t[0]), t[0]))))


class Unifier:
    """Dimension variables and what they are bound to."""

    def __init__(self) -> None:
        self.bound: dict[str, Dim] = {}
        self.count = 0
        self.open: list[tuple[Dim, Dim, str]] = []
        """Equations that did not bind anything when they were made: p q = n^2."""

    def fresh(self) -> Dim:
        self.count += 1
        return dim(f"?{self.count}")

    def resolve(self, d: Dim) -> Dim:
        for _ in range(64):
            letters = d.letters() & self.bound.keys()
            if not letters:
                return d
            d = d.substitute({x: self.bound[x] for x in letters})
        return d

    def shape(self, s: Shape) -> Shape:
        return (self.resolve(s[0]), self.resolve(s[1]))

    def equate(self, a: Dim, b: Dim, why: str) -> None:
        """Makes a and b equal by binding variables; ShapeError where letters and numbers contradict."""
        a, b = self.resolve(a), self.resolve(b)
        if a == b:
            return
        for x, y in ((a, b), (b, a)):
            letter = x.letter
            if letter is not None and letter.startswith("?") and letter not in y.letters():
                self.bound[letter] = y
                return
        difference = _reduced(a - b)
        variables = [x for x in difference.letters() if x.startswith("?")]
        if not variables:
            raise ShapeError(why)
        for v in variables:
            alone = [(m, k) for m, k in difference.terms if v in m]
            if len(alone) == 1 and alone[0][0] == (v,) and abs(alone[0][1]) == 1:
                rest = Dim(tuple(t for t in difference.terms if t != alone[0]))
                self.bound[v] = -rest if alone[0][1] == 1 else rest
                return
        self.open.append((a, b, why))

    def settle(self) -> None:
        """What is left open, once all else is known; the sizes of p q = n m are taken in the order in which they stand.

        ValueError where an equation stays open: its formula is not ill-shaped, but nothing says which shapes it has.
        """
        while self.open:
            before, self.open = self.open, []
            for a, b, why in before:
                self.equate(a, b, why)
            if len(self.open) == len(before):
                a, b, why = self.open.pop(0)
                if not self.paired(_reduced(self.resolve(a) - self.resolve(b))):
                    raise ValueError(f"{why}, where nothing says how large its parts are")

    def paired(self, difference: Dim) -> bool:
        """Binds the letters of two products of as many factors one to one."""
        if len(difference.terms) != 2:
            return False
        (one, j), (other, k) = difference.terms
        if j + k or len(one) != len(other):
            return False
        for x, y in zip(one, other, strict=True):
            free, value = (x, y) if x.startswith("?") else (y, x)
            if free.startswith("?") and free not in self.bound and free != value:
                self.bound[free] = dim(value)
        return True

    def scalar(self, s: Shape) -> bool:
        return self.shape(s) == SCALAR

    def close(self, taken: frozenset[str]) -> None:
        """Unsolved variables become letters of their own."""
        self.settle()
        names = (f"{c}{k}" for k in ("", *range(1, 99)) for c in "pqrsuvwyz")
        for k in range(1, self.count + 1):
            name = f"?{k}"
            d = self.resolve(dim(name))
            for v in sorted(x for x in d.letters() if x.startswith("?")):
                if v not in self.bound:
                    letter = next(n for n in names if n not in taken)
                    self.bound[v] = dim(letter)
