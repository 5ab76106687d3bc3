"""How entries, parts, members, sums over an index and integrals are written."""

from __future__ import annotations

from collections.abc import Sequence

from nablatex.algebra.atoms import Number, Size, Symbol
from nablatex.algebra.binders import LETTERS, Accumulating
from nablatex.algebra.build import number, symbol
from nablatex.algebra.core import Mul, Transpose
from nablatex.algebra.dims import ONE, Dim
from nablatex.algebra.elementwise import Elementwise
from nablatex.algebra.expr import Expr
from nablatex.algebra.extremes import ArgMax, IndexMax
from nablatex.algebra.matrix_functions import Frechet, FrechetMatrix
from nablatex.algebra.set_sums import OverSet, Related, SetSum
from nablatex.algebra.sylvester import Sylvester
from nablatex.document.notation import Notation

SIGNS = {"ne": "\\ne", "lt": "<", "le": "\\le"}
VARIABLES = ("t", "s", "u", "\\tau", "\\xi")
"""For a variable of integration that has to be called otherwise."""
LATER = {"lt": ">", "le": "\\ge"}
INFIX, PRODUCT, ATOM = 1, 2, 3
"""How tightly a text holds together; sums and infix operations are looser."""


class Unprintable(ValueError):
    """An operator that has no LaTeX that an author would recognise."""


class IndexPrinting:
    """The part of the printer that writes indices."""

    def __init__(self, notation: Notation) -> None:
        self.n = notation
        self.places: dict[str, Expr] = {}
        """What i^* stands for in this formula."""
        self.bound: list[Symbol] = []
        """Indices of the sums around the place that is written."""

    def print(self, e: Expr, level: int = 0) -> str:
        raise NotImplementedError

    def fence(self, text: str) -> str:
        raise NotImplementedError

    def in_bars(self, x: Expr) -> str:
        raise NotImplementedError

    def dim(self, d: Dim) -> str:
        return str(d).replace("·", "")

    def sub(self, text: str) -> str:
        """The text as a script."""
        return text if len(text) == 1 else "{" + text + "}"

    def entry(self, e: Expr) -> tuple[str, int]:
        """A_{ij}, x_i, y^{(i)} of a family of numbers, x_j^{(i)} of one of columns."""
        x, i, j = e.args
        if isinstance(i, Symbol) and i.has("sample"):  # one of the samples in a set, by its own letter
            return self.print(x), ATOM
        if isinstance(x, Symbol) and x.has("raised"):
            return f"{self.print(x)}^{{({self.print(i)})}}", ATOM
        if x.name == "member" and x.shape[1] == ONE and isinstance(x.args[0], Symbol) and x.args[0].has("raised"):
            letter = self.print(x.args[0])
            if "_" not in letter:
                return f"{letter}_{self.sub(self.print(i))}^{{({self.print(x.args[1])})}}", ATOM
        base = self.print(x)
        if not isinstance(x, Symbol) or "_" in base:  # a second subscript needs its own base
            base = self.fence(base)
        index = self.print(i) if x.shape[1] == ONE else self.print(i) + self.comma(i, j) + self.print(j)
        return f"{base}_{self.sub(index)}", ATOM

    def delta(self, e: Expr) -> tuple[str, int]:
        i, j = e.args
        return f"\\delta_{{{self.print(i)}{self.comma(i, j)}{self.print(j)}}}", ATOM

    def member(self, e: Expr) -> tuple[str, int]:
        """x_i or x^{(i)}, with the family's own letter."""
        stack = e.args[0]
        if not isinstance(stack, Symbol):
            raise Unprintable("a member of a family that has no letter")
        index = e.args[1]
        if isinstance(index, Symbol) and index.has("sample"):
            return self.print(stack), ATOM
        if stack.has("raised"):
            return f"{self.print(stack)}^{{({self.print(e.args[1])})}}", ATOM
        return f"{self.print(e.args[0])}_{self.sub(self.print(e.args[1]))}", ATOM

    def submatrix(self, e: Expr) -> tuple[str, int]:
        r, p, c, q = e.params
        x = e.args[0]
        base = self.print(x) if isinstance(x, Symbol) else self.fence(self.print(x))
        if not r.terms and not c.terms and x.shape[1] != ONE:
            return f"{base}_{{{self.dim(p)} \\times {self.dim(q)}}}", ATOM
        rows = f"{self.dim(r + ONE)}:{self.dim(r + p)}"
        return (
            f"{base}_{{{rows}}}" if x.shape[1] == ONE else f"{base}_{{{rows},{self.dim(c + ONE)}:{self.dim(c + q)}}}"
        ), ATOM

    def pad(self, e: Expr) -> tuple[str, int]:
        """The block matrix with zeros around, without rows or columns that are empty."""
        r, m, c, n = e.params
        p, q = e.args[0].shape
        above, below = r.terms, (m - r - p).terms
        left, right = c.terms, (n - c - q).terms
        row = ["0"] * bool(left) + [self.print(e.args[0])] + ["0"] * bool(right)
        empty = " & ".join(["0"] * len(row))
        rows = [empty] * bool(above) + [" & ".join(row)] + [empty] * bool(below)
        return "\\begin{bmatrix} " + " \\\\ ".join(rows) + " \\end{bmatrix}", ATOM

    def comma(self, i: Expr, j: Expr) -> str:
        return "" if all(len(self.print(x)) == 1 for x in (i, j)) else ","

    def index_product(self, e: Expr) -> tuple[str, int]:
        """Looser than a product: of c \\prod_i f_i d nobody knows what is in it."""
        return self.index_sum(e, "\\prod")[0], INFIX

    def index_sum(self, e: Expr, sign: str = "\\sum") -> tuple[str, int]:
        body, lower, upper = e.args
        if self.n.einstein:
            return self.print(body, PRODUCT), PRODUCT
        index = self.print(e.params[0])
        for p in e.params[0].params[2]:
            if p.startswith("over:"):
                return f"{sign}_{{{index} \\in {p.removeprefix('over:')}}} {self.inside(body, e.params)}", PRODUCT
        return (
            f"{sign}_{{{index}={self.print(lower)}}}^{self.sub(self.print(upper))} {self.inside(body, e.params)}",
            PRODUCT,
        )

    def inside(self, body: Expr, indices: Sequence[Symbol]) -> str:
        """What a sum runs over."""
        self.bound.extend(indices)
        text = self.print(body, PRODUCT)
        del self.bound[len(self.bound) - len(indices) :]
        return text

    def set_sum(self, e: Expr) -> tuple[str, int]:
        r"""\sum_{(i,j) \in E}, \sum_{i < j}; with one index at a place of the set, \sum_{j : (k,j) \in E} and \sum_{j \ne k}."""
        assert isinstance(e, OverSet)
        whole = e.apart(frozenset(self.bound))  # i < j says not which of them is new
        assert isinstance(whole, OverSet)
        e = whole
        sign = "\\sum" if e.name == "set_sum" else "\\prod"
        text = f"{sign}_{{{self.domain(e)}}} {self.inside(e.args[0], e.indices)}"
        return text, (PRODUCT if e.name == "set_sum" else INFIX)

    def domain(self, e: OverSet) -> str:
        members, names = e.args[1], [self.print(i) for i in e.indices]
        if len(names) == 2:
            if isinstance(members, Related):
                return f"{names[0]} {SIGNS[members.params[0]]} {names[1]}"
            return f"({','.join(names)}) \\in {self.set_name(members)}"
        if members.shape[1] == ONE and isinstance(members, Symbol):
            return f"{names[0]} \\in {self.set_name(members)}"
        if isinstance(members, Mul) and len(members.args) == 2 and members.args[1].name == "unit":
            side, given = members.args[0], self.print(members.args[1].args[0])
            turned = isinstance(side, Transpose)
            whole = side.args[0] if isinstance(side, Transpose) else side
            if isinstance(whole, Related):
                how = whole.params[0]
                return f"{names[0]} {SIGNS[how] if not turned or how == 'ne' else LATER[how]} {given}"
            pair = f"{given},{names[0]}" if turned else f"{names[0]},{given}"
            return f"{names[0]} : ({pair}) \\in {self.set_name(whole)}"
        raise Unprintable("a set that has no name")

    def set_name(self, e: Expr) -> str:
        if not isinstance(e, Symbol) or not e.has("set"):
            raise Unprintable("a set that has no name")
        return e.label

    def cardinality(self, e: Expr) -> tuple[str, int]:
        members = e.args[0]
        if isinstance(members, Symbol):
            return f"|{self.set_name(members)}|", ATOM
        taken = {s.label for s in members.walk() if isinstance(s, Symbol)}
        index = symbol(next(c for c in LETTERS if c not in taken), 1, 1, "index", "integer")
        return f"\\sum_{{{self.domain(SetSum((index, members), (index,)))}}} 1", INFIX

    def extreme(self, e: Expr) -> tuple[str, int]:
        r"""\max_i x_i; the largest modulus of the entries of a column as a norm."""
        assert isinstance(e, IndexMax)
        body, i = e.args[0], e.index
        if e.name == "index_max" and isinstance(body, Elementwise) and body.params == ("abs", 0):
            x = body.args[0]
            if x.name == "entry" and x.args[1] == i and i not in x.args[0].free_symbols and x.args[0].shape[1] == ONE:
                return f"{self.in_bars(x.args[0])}_\\infty", ATOM
        return f"{self.ranked(e)} {self.inside(body, [i])}", INFIX

    def place(self, e: Expr) -> tuple[str, int]:
        """i^*, which the proviso of the largest number explains; another one of the same letter is written out."""
        assert isinstance(e, ArgMax)
        if self.places.setdefault(e.index.label, e) == e:
            return f"{e.index.label}^*", ATOM
        return f"{self.ranked(e)} {self.inside(e.args[0], [e.index])}", INFIX

    def ranked(self, e: Accumulating) -> str:
        """The operator with its index, which runs over all that it numbers, or to a bound."""
        i, (body, lower, upper) = e.index, e.args
        word = {"index_max": "\\max", "index_min": "\\min", "argmax": "\\arg\\max", "argmin": "\\arg\\min"}[e.name]
        whole = isinstance(lower, Number) and lower.value == 1 and any(_numbers(x, i, upper) for x in body.walk())
        label = self.print(i)
        return f"{word}_{label}" if whole else f"{word}_{{{self.print(lower)} \\le {label} \\le {self.print(upper)}}}"

    def sylvester(self, e: Expr) -> tuple[str, int]:
        """The solution of AX + XB = C, as the integral that it is."""
        assert isinstance(e, Sylvester)
        return self.integral(e.as_integral())

    def frechet(self, e: Expr) -> tuple[str, int]:
        """Where it has an integral that texts write."""
        assert isinstance(e, (Frechet, FrechetMatrix))
        whole = e.written()
        if whole is None:
            raise Unprintable("the Fréchet derivative of this function has no notation of its own")
        return self.print(whole), (PRODUCT if whole.name != "add" else 0)

    def integral(self, e: Expr) -> tuple[str, int]:
        """In another one it has a letter of its own: its differential ends it."""
        body, lower, upper = e.args
        t: Symbol = e.params[0]
        taken = {i.label for i in self.bound}
        if t.label in taken:
            taken |= {s.label for s in body.walk() if isinstance(s, Symbol)}
            other = symbol(next(x for x in (*VARIABLES, *(f"t_{k}" for k in range(99))) if x not in taken))
            assert isinstance(other, Symbol)
            body, t = body.substitute({t: other}), other
        bounds = f"_{self.sub(self.print(lower))}^{self.sub(self.print(upper))}"
        return f"\\int{bounds} {self.inside(body, [t])} \\,{self.n.differential}{self.print(t)}", PRODUCT


def _numbers(e: Expr, i: Symbol, upper: Expr) -> bool:
    """Whether an index numbers the entries or the members of what has as many of them as it runs to."""
    if e.name == "member":
        counts = [(e.args[1], e.count)]  # type: ignore[attr-defined]
    else:
        counts = list(zip(e.args[1:], e.args[0].shape, strict=True)) if e.name == "entry" else []
    return any(k == i and upper in (Size((), (d,)), number(d.value or 0)) for k, d in counts)
