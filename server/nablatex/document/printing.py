"""Expressions as LaTeX in an author's notation.  What is printed reads back as the same expression."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from nablatex.algebra.atoms import Number, Symbol
from nablatex.algebra.build import mul, number, power, split_coefficient
from nablatex.algebra.core import Inverse, Mul, Power
from nablatex.algebra.dims import ONE
from nablatex.algebra.elementwise import FUNCTIONS
from nablatex.algebra.expr import Expr
from nablatex.algebra.khatri_rao import KhatriRao
from nablatex.algebra.norms import NuclearNorm, PNorm, SpectralNorm
from nablatex.algebra.reductions import Det, Norm
from nablatex.algebra.structure import DiagSelection, vec
from nablatex.document.index_printing import ATOM, PRODUCT, Unprintable
from nablatex.document.infix_printing import INFIX, LOOSE, is_open
from nablatex.document.notation import Notation
from nablatex.document.singular_printing import SingularPrinting, with_roots
from nablatex.document.spacing import DIFFERENTIAL, beside

SUM = 0
TALL = re.compile(r"\\frac|\\begin|\\sum|\\prod|\\left")


def to_latex(e: Expr, notation: Notation | None = None) -> str:
    """The formula of an expression; Unprintable where an operator has no usual notation."""
    return Printer(notation or Notation()).print(e)


class Printer(SingularPrinting):
    """Every operator's notation."""

    def print(self, e: Expr, level: int = SUM) -> str:
        text, own = self.render(e)
        return self.fence(text) if own < level else text

    def fence(self, text: str) -> str:
        return f"\\left({text}\\right)" if TALL.search(text) else f"({text})"

    def render(self, e: Expr) -> tuple[str, int]:
        method = TABLE.get(e.name)
        if method is not None:
            return method(self, e)
        if e.template:
            return self.filled(e), ATOM
        raise Unprintable(f"{e.name} has no LaTeX notation")

    def filled(self, e: Expr) -> str:
        """The operator's template, with parentheses as high as what stands in them."""
        arguments = [self.print(a) for a in e.args]
        call = e.template.removesuffix("({0})")
        if len(arguments) == 1 and call != e.template:
            return self.word(call, arguments[0])
        return fill(e.template, *arguments)

    # ---- leaves

    def symbol(self, e: Expr) -> tuple[str, int]:
        label = str(e.params[0])
        return (f"{label}^*" if isinstance(e, Symbol) and e.has("conjugate") else label), ATOM

    def number(self, e: Expr) -> tuple[str, int]:
        assert isinstance(e, Number)
        return self.rational(e.value), (SUM if e.value < 0 else ATOM)

    def rational(self, v: Fraction) -> str:
        sign = "-" if v < 0 else ""
        v = abs(v)
        return f"{sign}{v.numerator}" if v.denominator == 1 else f"{sign}\\frac{{{v.numerator}}}{{{v.denominator}}}"

    def size(self, e: Expr) -> tuple[str, int]:
        d = e.params[0]
        if d.letter or len(d.terms) > 1:
            return self.dim(d), (ATOM if d.letter else SUM)
        ((letters, k),) = d.terms
        powers = [x if letters.count(x) == 1 else f"{x}^{letters.count(x)}" for x in dict.fromkeys(letters)]
        return beside([*([self.rational(Fraction(k))] if k != 1 else []), *powers]), PRODUCT

    def constant(self, e: Expr) -> tuple[str, int]:
        return str(e.params[0]), ATOM

    def identity(self, e: Expr) -> tuple[str, int]:
        return f"{self.n.identity}_{self.sub(self.dim(e.shape[0]))}", ATOM

    def zero(self, e: Expr) -> tuple[str, int]:
        return "0", ATOM

    def ones(self, e: Expr) -> tuple[str, int]:
        rows, cols = e.shape
        if rows == ONE:
            return self.raise_to_transpose(f"{self.n.ones}_{self.sub(self.dim(cols))}"), ATOM
        if cols == ONE:
            return f"{self.n.ones}_{self.sub(self.dim(rows))}", ATOM
        left = f"{self.n.ones}_{self.sub(self.dim(rows))}"
        return beside([left, self.raise_to_transpose(f"{self.n.ones}_{self.sub(self.dim(cols))}")]), PRODUCT

    def unit(self, e: Expr) -> tuple[str, int]:
        return f"e_{self.sub(self.print(e.args[0]))}", ATOM

    def commutation(self, e: Expr) -> tuple[str, int]:
        a, b = (self.dim(d) for d in e.params)
        comma = "" if len(a) == len(b) == 1 else ","
        return f"K_{{{a}{comma}{b}}}", ATOM

    def duplication(self, e: Expr) -> tuple[str, int]:
        return f"D_{self.sub(self.dim(e.params[0]))}", ATOM

    def elimination(self, e: Expr) -> tuple[str, int]:
        return f"L_{self.sub(self.dim(e.params[0]))}", ATOM

    # ---- sums, products

    def add(self, e: Expr) -> tuple[str, int]:
        terms = (
            sorted(e.args, key=lambda t: split_coefficient(t)[0] < 0) if split_coefficient(e.args[0])[0] < 0 else e.args
        )
        out = ""
        for t in terms:
            text = self.print(t)
            out += (" - " + text[1:].lstrip() if text.startswith("-") else " + " + text) if out else text
        return out, SUM

    def mul(self, e: Expr) -> tuple[str, int]:
        k, rest = split_coefficient(e)
        if k < 0:
            inside = rest if k == -1 else mul(number(-k), rest)
            return "-" + self.print(inside, INFIX), SUM
        assert isinstance(e, Mul)
        below: list[str] = []
        head: list[str] = []
        plain = 0
        scalars, chain = e.parts()
        if (
            len(chain) == 1
            and chain[0].name in LOOSE
            and not any(_reciprocal(s) or isinstance(s, Mul) or is_open(s) for s in scalars)
        ):
            # 2A ⊙ B is (2A) ⊙ B
            return beside([self.print(mul(*scalars), PRODUCT), self.print(chain[0], INFIX)]), INFIX
        for s in sorted(scalars, key=self.weight):
            if isinstance(s, Power) and isinstance(s.args[1], Number) and s.args[1].value < 0:
                under = power(s.args[0], number(-s.args[1].value))
                alone = (
                    sum(_reciprocal(x) or (isinstance(x, Number) and x.value.denominator != 1) for x in scalars) == 1
                )
                below.append(self.print(under, SUM if alone else PRODUCT))
            elif isinstance(s, Number) and not below and s.value.denominator != 1:
                if s.value.numerator != 1:
                    head.append(str(s.value.numerator))
                below.append(str(s.value.denominator))
            elif isinstance(s, Mul) and s.parts()[1]:  # (x^T y) x, not x^T y x
                head.append(self.fence(self.print(s)))
            else:
                head.append(self.print(s, PRODUCT))
            plain = len(head) if self.weight(s) < 2 else plain
        above = [*head, *self.factors(chain)]
        if not below:
            return beside(above), PRODUCT
        if above and all(b.isdigit() for b in below):  # n/2 (...), and not (n ...)/2
            return beside([f"\\frac{{{beside(head[:plain]) or 1}}}{{{beside(below)}}}", *above[plain:]]), PRODUCT
        if chain and (
            plain < len(head) or len(above) > 4 or any("\\frac" in a for a in above) or any(map(is_open, chain))
        ):
            kept = [s for s in scalars if not _reciprocal(s)]
            whole = len(kept) == len(head) == 1 and not isinstance(kept[0], Number)
            over = self.print(kept[0]) if whole else beside(head)
            return beside([f"\\frac{{{over or 1}}}{{{beside(below)}}}", *above[len(head) :]]), PRODUCT
        only = [a for a in e.args if not (_reciprocal(a) or isinstance(a, Number))]
        if len(above) == len(only) == 1:
            above = [self.print(only[0], SUM)]
        return f"\\frac{{{beside(above) or 1}}}{{{beside(below)}}}", PRODUCT

    def weight(self, s: Expr) -> int:
        """Where a number stands in a product: numerals, letters with their indices, all else, differentials."""
        if isinstance(s, Number):
            return 0
        e = s.args[0] if isinstance(s, Power) and isinstance(s.args[1], Number) else s
        letter = e.args[0] if e.name in ("entry", "member") else e
        if isinstance(letter, Symbol):
            return 3 if DIFFERENTIAL.match(letter.label) else 1
        return 1 if e.name in ("size", "constant", "delta") else 2

    def factors(self, chain: tuple[Expr, ...]) -> list[str]:
        return [self.print(c, PRODUCT) for c in with_roots(chain)]

    # ---- scripts

    def base(self, e: Expr) -> str:
        """What a script can be put on."""
        text, own = self.render(e)
        if (
            e.name in CALLS
            or (isinstance(e, Symbol) and STYLED.fullmatch(text))
            or (e.name == "entry" and isinstance(e.args[0], Symbol))
            or (e.name == "smooth" and text.endswith(")"))
        ):
            return text
        if (
            own < ATOM
            or re.search(r"[\^']", re.sub(r"_\{[^{}]*\}$", "", text))
            or not re.fullmatch(r"\\?[A-Za-z]+(?:_[A-Za-z0-9*]|_\{[^{}]*\})?|\\[a-z]+\{.*\}|.*[\])}|]", text)
        ):
            return self.fence(text)
        if (
            not isinstance(e, Symbol)
            and not text.startswith(("(", "\\left(", "\\|", "\\lVert"))
            and e.name not in SCRIPTABLE
        ):
            return self.fence(text)
        return text

    def raise_to_transpose(self, base: str) -> str:
        if self.n.suffix:
            return base + self.n.suffix
        if self.n.transpose == "'":
            return base + "'"
        mark = self.n.transpose
        return f"{base}^{mark}" if len(mark) == 1 or re.fullmatch(r"\\[A-Za-z]+", mark) else f"{base}^{{{mark}}}"

    def transpose(self, e: Expr) -> tuple[str, int]:
        x = e.args[0]
        if isinstance(x, Symbol) and x.has("conjugate"):
            return f"{x.label}^H", ATOM
        if isinstance(x, Inverse):
            below = x.args[0]
            if isinstance(below, Symbol) and below.has("conjugate"):
                return f"{below.label}^{{-H}}", ATOM
            if self.n.transpose == "'":
                return f"({self.print(x)})'", ATOM
            return f"{self.base(x.args[0])}^{{-{self.n.transpose}}}", ATOM
        if isinstance(x, (KhatriRao, DiagSelection)):
            return self.selected(x, turned=True)
        if self.n.within and isinstance(x, Symbol) and re.search(r"\^\{[(\[][^{}]*[)\]]\}\Z", x.label):
            return f"{x.label[:-1]}{self.n.transpose}}}", ATOM
        return self.raise_to_transpose(self.base(x)), ATOM

    def pinv(self, e: Expr) -> tuple[str, int]:
        return f"{self.base(e.args[0])}^+", ATOM

    def inverse(self, e: Expr) -> tuple[str, int]:
        return f"{self.base(e.args[0])}^{{-1}}", ATOM

    def in_a_line(self, k: Expr) -> str:
        """A script, with fractions as 1/2."""
        if isinstance(k, Number) and k.value.denominator != 1:
            return f"{k.value.numerator}/{k.value.denominator}"
        return self.print(k)

    def power(self, e: Expr) -> tuple[str, int]:
        base, k = e.args
        if base.is_scalar and isinstance(k, Number):
            if k.value < 0:
                return f"\\frac{{1}}{{{self.print(power(base, number(-k.value)))}}}", PRODUCT
            if k.value == Fraction(1, 2):
                return f"\\sqrt{{{self.print(base)}}}", ATOM
        exponent = self.in_a_line(k)
        if isinstance(base, (Norm, NuclearNorm, PNorm, SpectralNorm)):
            return f"{self.render(base)[0]}^{self.sub(exponent)}", ATOM
        return f"{self.base(base)}^{self.sub(exponent)}", ATOM

    # ---- operators

    def word(self, command: str, argument: str) -> str:
        left, right = ("\\left(", "\\right)") if TALL.search(argument) else ("(", ")")
        return f"{command}{left}{argument}{right}"

    def trace(self, e: Expr) -> tuple[str, int]:
        return self.word(self.n.trace, self.print(e.args[0])), ATOM

    def det(self, e: Expr) -> tuple[str, int]:
        return self.word(self.n.det, self.print(e.args[0])), ATOM

    def norm(self, e: Expr) -> tuple[str, int]:
        mark = "_F" if e.args[0].shape[1] != ONE and e.args[0].shape[0] != ONE else ""
        return self.in_bars(e.args[0]) + mark, ATOM

    def in_bars(self, x: Expr) -> str:
        left, right = self.n.norm
        inside = self.print(x)
        if left == "\\|" and "\\|" in inside:  # a norm in a norm: which bar opens, and which one closes?
            left, right = "\\lVert ", "\\rVert"
        return left + inside + right

    def nuclear_norm(self, e: Expr) -> tuple[str, int]:
        return self.in_bars(e.args[0]) + "_*", ATOM

    def spectral_norm(self, e: Expr) -> tuple[str, int]:
        return self.in_bars(e.args[0]) + "_2", ATOM

    def p_norm(self, e: Expr) -> tuple[str, int]:
        return f"{self.in_bars(e.args[0])}_{self.sub(self.in_a_line(e.args[1]))}", ATOM

    def norm1(self, e: Expr) -> tuple[str, int]:
        """Of the entries: a 1-norm of a matrix is the largest column sum in many texts."""
        x = e.args[0]
        return self.in_bars(x if ONE in x.shape else vec(x)) + "_1", ATOM

    def inner(self, e: Expr) -> tuple[str, int]:
        if self.n.frobenius:
            return self.infix(":")(e)
        return f"\\langle {self.print(e.args[0])}, {self.print(e.args[1])} \\rangle", ATOM

    def elementwise(self, e: Expr) -> tuple[str, int]:
        name, order = e.params
        f = FUNCTIONS.get(name) if not order else None
        inside = self.print(e.args[0])
        if name == "abs" and ONE not in e.shape:  # |X| of a matrix is its determinant
            return self.word("\\operatorname{abs}", inside), ATOM
        if name == "abs" and "|" in inside:
            return f"\\lvert {inside}\\rvert", ATOM
        if f is None:
            return self.word(name + "'" * order, inside), ATOM
        if name == "log":
            command = self.n.log
            return (
                f"{command}{self.det(e.args[0])[0]}" if isinstance(e.args[0], Det) else self.word(command, inside)
            ), ATOM
        if name == "step":
            return f"\\mathbf{{1}}[{inside} > 0]", PRODUCT
        text = fill(f"{self.n.sigmoid}({{0}})" if name == "sigmoid" else f.latex, inside)
        return (
            text.replace("(", "\\left(", 1)[:-1] + "\\right)" if TALL.search(inside) and text.endswith(")") else text
        ), ATOM

    def blocks(self, e: Expr) -> tuple[str, int]:
        rows, cols = e.params
        body = " \\\\ ".join(" & ".join(self.print(e.args[r * cols + c]) for c in range(cols)) for r in range(rows))
        return f"\\begin{{bmatrix}} {body} \\end{{bmatrix}}", ATOM

    def matrix_function(self, e: Expr) -> tuple[str, int]:
        """e^X; the logarithm by a word that tells it from the entry-wise one."""
        if e.params[0] != "exp":
            return self.word("\\operatorname{logm}", self.print(e.args[0])), ATOM
        return f"e^{{{self.print(e.args[0])}}}", ATOM

    def directional(self, e: Expr) -> tuple[str, int]:
        """d(f): every variable's own differential stands for its direction."""
        return f"{self.n.differential}{self.fence(self.print(e.args[0]))}", ATOM

    def smooth(self, e: Expr) -> tuple[str, int]:
        r"""A(t), and its derivatives as the author writes them: \frac{dA(t)}{dt}, \dot{A}(t)."""
        if len(e.args) > 1 or not e.args[0].is_scalar:
            raise Unprintable(f"nothing is known of {e.params[0]} but its arguments")
        label, _, _, order, _ = e.params
        at = f"({', '.join(self.print(a) for a in e.args)})"
        if not order:
            return label + at, ATOM
        if self.n.rate == "dot" and order <= 2:
            return f"\\{'d' * order}ot{{{label}}}{at}", ATOM
        if e.args[0].name != "symbol":
            return label + "'" * order + at, ATOM
        d, x, k = (
            "\\partial " if self.n.rate == "partial" else "d",
            self.print(e.args[0]),
            f"^{order}" if order > 1 else "",
        )
        return f"\\frac{{{d.strip() if k else d}{k}{' ' if k and len(d) > 1 else ''}{label}{at}}}{{{d}{x}{k}}}", ATOM

    def derivative(self, e: Expr) -> tuple[str, int]:
        f, x = e.args
        return f"\\frac{{\\partial {self.print(f, PRODUCT)}}}{{\\partial {self.print(x)}}}", ATOM


SCRIPTABLE = frozenset(
    (
        "identity",
        "size",
        "unit",
        "commutation",
        "duplication",
        "elimination",
        "ones",
        "leading_vector",
        "submatrix",
        "pad",
        "blocks",
        "member",
    )
)
"""Operators whose notation takes a further superscript without parentheses."""


def fill(template: str, *arguments: str) -> str:
    """A template with {0}, {1} replaced; its other braces are TeX's."""
    for k, a in enumerate(arguments):
        template = template.replace("{" + str(k) + "}", a)
    return template


def _reciprocal(e: Expr) -> bool:
    return isinstance(e, Power) and isinstance(e.args[1], Number) and e.args[1].value < 0


STYLED = re.compile(
    r"\\(?:mathbf|bm|boldsymbol|mathsf|mathcal|mathrm|vb|hat|bar|tilde|vec) ?(?:[A-Za-z]|\\[A-Za-z]+)(?:_[A-Za-z0-9]|_\{[^{}]*\})?"
)
r"""A letter behind a command without braces, which a script may follow: \bm P^{-1}."""
CALLS = frozenset(("det", "trace", "softmax", "softmax_of", "logsumexp_of", "diag", "diag_part", "vec"))
r"""What is written as a call whose power is one of its value: \det(X)^2."""


TABLE: dict[str, Callable[[Printer, Expr], tuple[str, int]]] = {
    "symbol": Printer.symbol, "number": Printer.number, "size": Printer.size, "constant": Printer.constant,
    "identity": Printer.identity, "zero": Printer.zero, "ones": Printer.ones, "unit": Printer.unit,
    "commutation": Printer.commutation, "add": Printer.add, "mul": Printer.mul, "transpose": Printer.transpose,
    "inverse": Printer.inverse, "power": Printer.power, "hadamard": Printer.hadamard, "kron": Printer.kron,
    "hadamard_power": Printer.hadamard_power, "khatri_rao": Printer.selected, "diag_selection": Printer.selected, "trace": Printer.trace, "det": Printer.det, "norm": Printer.norm,
    "inner": Printer.inner, "elementwise": Printer.elementwise, "entry": Printer.entry, "index_sum": Printer.index_sum, "index_product": Printer.index_product,
    "set_sum": Printer.set_sum, "set_product": Printer.set_sum, "cardinality": Printer.cardinality,
    "index_max": Printer.extreme, "index_min": Printer.extreme, "argmax": Printer.place, "argmin": Printer.place,
    "integral": Printer.integral, "smooth": Printer.smooth,
    "matrix_function": Printer.matrix_function,
    "polar_factor": Printer.polar_factor, "frechet": Printer.frechet, "leading_vector": Printer.leading_vector, "leading_gap": Printer.leading_gap,
    "pinv": Printer.pinv, "sylvester": Printer.sylvester, "frechet_matrix": Printer.frechet, "norm1": Printer.norm1, "p_norm": Printer.p_norm, "nuclear_norm": Printer.nuclear_norm, "spectral_norm": Printer.spectral_norm,
    "duplication": Printer.duplication, "elimination": Printer.elimination,
    "delta": Printer.delta, "member": Printer.member, "submatrix": Printer.submatrix, "pad": Printer.pad,
    "blocks": Printer.blocks, "derivative": Printer.derivative, "directional": Printer.directional,
}  # fmt: skip
"""Operators whose notation depends on the author or on precedence; the others print by their template."""

__all__ = ["Printer", "Unprintable", "fill", "to_latex"]
