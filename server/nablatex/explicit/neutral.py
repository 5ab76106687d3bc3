r"""A scalar formula written anew for a reader that knows less: every symbol by a neutral name, everything in parentheses.

Free symbols become ``a_{1}``, ``a_{2}``, …; a variable that an operator binds becomes one letter that means nothing
else to latex2sympy2 (it misreads d, e, i and, in older versions, r).  Numbers are written as integers and fractions.
"""

from __future__ import annotations

from fractions import Fraction as Ratio

from nablatex.document.names import Key, key_of
from nablatex.explicit.functions import INVERSE, UNARY
from nablatex.explicit.integrals import integrals_joined, taken_apart
from nablatex.latex import tree
from nablatex.latex.tree import (
    Annotated,
    BigOperator,
    Derivative,
    Fence,
    Fraction,
    Juxtaposition,
    Name,
    Node,
    Number,
    Operator,
    Relation,
    Scripted,
    Sum,
)

LETTERS = "xyztuvwskmnpq"
LONG = {"arsinh": "arsinh", "arcosh": "arcosh", "artanh": "artanh", "arcsinh": "arsinh", "arccosh": "arcosh", "arctanh": "artanh"}  # fmt: skip
UNSAID = frozenset(("sign", "sgn", "erf", "arccot", "coth"))


class NotWritable(ValueError):
    """The formula holds something that only our own reader reads."""


class Writer:
    """Writes trees; `names` is how each symbol was written, `bound` those that an operator binds."""

    def __init__(self) -> None:
        self.names: dict[Key, str] = {}
        self.bound: set[Key] = set()
        self.summed: set[Key] = set()

    def write(self, formula: Node) -> str:
        """The formula in neutral LaTeX; NotWritable where it holds what is not latex2sympy2's."""
        for n in formula.walk():
            targets: list[Node] = []
            if isinstance(n, Derivative):
                targets = [v.target for v in n.variables]
            elif isinstance(n, BigOperator) and n.kind == "int":
                targets = []
            elif isinstance(n, BigOperator) and isinstance(n.lower, Relation):
                targets = [n.lower.sides[0]]
            elif isinstance(n, tree.Differential):
                targets = [n.operand]
            if isinstance(n, BigOperator) and n.measure is not None:
                targets.append(n.measure)
            for t in targets:
                key = key_of(t)
                if key is None:
                    raise NotWritable
                self.bound.add(key)
                if isinstance(n, BigOperator) and n.kind in ("sum", "prod"):
                    self.summed.add(key)
        return self.node(formula)

    def name(self, key: Key) -> str:
        found = self.names.get(key)
        if found is None:
            if key in self.bound:
                taken = set(self.names.values())
                found = next((x for x in LETTERS if x not in taken), None)
                if found is None:
                    raise NotWritable
            else:
                found = f"a_{{{sum(v.startswith('a_') for v in self.names.values()) + 1}}}"
            self.names[key] = found
        return found

    def group(self, node: Node) -> str:
        return f"\\left({self.node(node)}\\right)"

    def node(self, n: Node) -> str:
        if isinstance(n, Number):
            ratio = Ratio(n.text)
            return f"\\frac{{{ratio.numerator}}}{{{ratio.denominator}}}" if ratio.denominator > 1 else str(ratio)
        if isinstance(n, Name | Scripted):
            return self.scripted(n)
        if isinstance(n, Sum):
            return self.sum(n)
        if isinstance(n, Juxtaposition):
            return self.product(n)
        if isinstance(n, Fraction):
            return f"\\frac{{{self.node(n.numerator)}}}{{{self.node(n.denominator)}}}"
        if isinstance(n, Fence) and len(n.items) == 1:
            return self.fence(n)
        if isinstance(n, Annotated):
            return self.node(n.body)
        if isinstance(n, Operator):
            return self.operator(n)
        if isinstance(n, Derivative):
            return self.derivative(n)
        if isinstance(n, BigOperator):
            return self.big(n)
        raise NotWritable

    def scripted(self, n: Name | Scripted) -> str:
        if isinstance(n, Name):
            if n.base == "\\infty":
                return "\\infty"
            if n.base == "\\pi":
                return "\\pi"
        key = key_of(n)
        if key is not None and not (isinstance(n, Scripted) and n.sup is not None):
            return self.name(key)
        if not isinstance(n, Scripted) or n.sup is None or n.primes or n.left_sup is not None:
            raise NotWritable
        if isinstance(n.sup, Name) and not n.sup.base.isalpha():
            raise NotWritable
        base: Node = n.base if n.sub is None else Scripted(n.span, n.base, n.sub)
        return f"{self.group(base)}^{{{self.node(n.sup)}}}"

    def sum(self, n: Sum) -> str:
        out = ""
        for sign, term in integrals_joined(n):
            if sign not in "+-":
                raise NotWritable
            out += (sign if out or sign == "-" else "") + self.group(term)
        return out

    def product(self, n: Juxtaposition) -> str:
        out = ""
        for mark, f in zip(("", *n.marks), n.factors, strict=True):
            if isinstance(f, tree.Unknown):
                if f.text != "!":
                    raise NotWritable
                out += "!"
            elif mark == "/":
                out = f"\\frac{{{out}}}{{{self.node(f)}}}"
            else:
                out += ("\\cdot " if out else "") + self.group(f)
        return out

    def fence(self, n: Fence) -> str:
        sides = {"paren": "()", "bracket": "()", "brace": "()", "bar": "||"}.get(n.kind)
        if sides is None:
            raise NotWritable
        return f"\\left{sides[0]}{self.node(n.items[0])}\\right{sides[1]}"

    def operator(self, n: Operator) -> str:
        word = n.word
        if word in ("binom",) and len(n.arguments) == 2:
            return f"\\binom{{{self.node(n.arguments[0])}}}{{{self.node(n.arguments[1])}}}"
        if word not in UNARY or word in UNSAID or len(n.arguments) != 1 or n.primes:
            raise NotWritable
        if not n.fenced and isinstance(n.arguments[0], Juxtaposition):
            raise NotWritable  # how far the function reaches is for our own reader to say
        if isinstance(n.sup, Sum):
            if word not in INVERSE or n.sup.signs != ("-",) or not isinstance(n.sup.terms[0], Number):
                raise NotWritable
            return f"\\{INVERSE[word]}{self.group(n.arguments[0])}"
        inner = n.arguments[0]
        if word == "sqrt":
            if n.sub is not None:
                raise NotWritable  # the third root of -8 is -2 here and a complex number there
            text = f"\\sqrt{{{self.node(inner)}}}"
        elif word in ("log", "ln"):
            text = (
                f"\\log_{{{self.node(n.sub)}}}{self.group(inner)}" if n.sub is not None else f"\\ln{self.group(inner)}"
            )
        elif word == "abs":
            text = f"\\left|{self.node(inner)}\\right|"
        elif n.sub is not None:
            raise NotWritable
        else:
            text = f"\\{LONG.get(word, word)}{self.group(inner)}"
        return text if n.sup is None else f"\\left({text}\\right)^{{{self.node(n.sup)}}}"

    def derivative(self, n: Derivative) -> str:
        """Derivatives of higher order as derivatives of derivatives: orders above the bar are misread."""
        if n.operand is None or n.style not in ("partial", "d"):
            raise NotWritable
        text = self.node(n.operand)
        for v in reversed(n.variables):
            key = key_of(v.target)
            if key is None:
                raise NotWritable
            for _ in range(v.order if len(n.variables) > 1 or v.order > 1 else n.order):
                text = f"\\frac{{d}}{{d{self.name(key)}}}\\left({text}\\right)"
        return text

    def big(self, n: BigOperator) -> str:
        if n.kind == "int":
            return self.integral(n)
        low = n.lower
        if n.kind not in ("sum", "prod") or n.body is None or n.upper is None or not isinstance(low, Relation):
            raise NotWritable  # limits: latex2sympy2 takes every one from the right
        return f"\\{n.kind}_{{{self.node(low.sides[0])}={self.node(low.sides[1])}}}^{{{self.node(n.upper)}}}{{{self.group(n.body)}}}"

    def integral(self, n: BigOperator) -> str:
        body, layers = taken_apart(n)
        text = "1" if body is None else self.node(body)
        for variable, layer in layers:
            key = key_of(variable)
            if key is None:
                raise NotWritable
            bounds = ""
            if layer.lower is not None and layer.upper is not None:
                bounds = f"_{{{self.node(layer.lower)}}}^{{{self.node(layer.upper)}}}"
            text = f"\\int{bounds}{{\\left({text}\\right)}}d{self.name(key)}"
        return text
