"""Expressions as SymPy's: matrices as MatrixSymbol and its operations, numbers as scalar expressions.

An operator that SymPy has no word for raises CalculusError.  A scalar product u^T v is the trace of a 1×1 matrix
there (its entry [0, 0] would be written out as a sum).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.core import Mul
from nablatex.algebra.dims import Dim
from nablatex.algebra.expr import Expr
from nablatex.library.formulas import CalculusError

SCALAR_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "logabs": lambda x: sympy.log(sympy.Abs(x)),
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "arctan": sympy.atan,
    "abs": sympy.Abs,
    "sign": sympy.sign,
    "relu": lambda x: sympy.Max(x, 0),
    "step": lambda x: sympy.Heaviside(x, 0),
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
    "sqrt": sympy.sqrt,
}


def to_sympy(e: Expr, sizes: dict[str, int] | None = None) -> Any:
    """The SymPy expression; sizes: numbers for dimension letters that are to be concrete.  CalculusError names what has none."""
    return _Writer(sizes or {}).write(e)


def size_of(d: Dim, sizes: dict[str, int]) -> Any:
    """A dimension as an integer of SymPy, letters as positive integer symbols."""
    total: Any = sympy.Integer(0)
    for monomial, k in d.terms:
        part: Any = sympy.Rational(k)
        for x in monomial:
            part *= sizes[x] if x in sizes else sympy.Symbol(x, integer=True, positive=True)
        total += part
    return total


class _Writer:
    def __init__(self, sizes: dict[str, int]) -> None:
        self.sizes = sizes

    def dim(self, d: Dim) -> Any:
        return size_of(d, self.sizes)

    def shape(self, e: Expr) -> tuple[Any, Any]:
        return self.dim(e.shape[0]), self.dim(e.shape[1])

    def write(self, e: Expr) -> Any:
        rule = RULES.get(e.name)
        if rule is None:
            raise CalculusError(f"SymPy has no {e.name.replace('_', ' ')}")
        return rule(self, e)

    def arguments(self, e: Expr) -> list[Any]:
        return [self.write(a) for a in e.args]

    def applied(self, f: Callable[[Any], Any], e: Expr, x: Any) -> Any:
        """f of a number, or of every entry."""
        if e.is_scalar:
            return f(x)
        z = sympy.Symbol("z", real=True)
        return x.applyfunc(sympy.Lambda(z, f(z)))


Rule = Callable[[_Writer, Any], Any]


def symbol(w: _Writer, e: Symbol) -> Any:
    if not e.is_scalar:
        return sympy.MatrixSymbol(e.label, *w.shape(e))
    facts = {"real": True} | ({"positive": True} if e.has("positive") else {})
    facts |= {"integer": True, "positive": True} if e.has("index") else {}
    return sympy.Symbol(e.label, **facts)


def add(w: _Writer, e: Expr) -> Any:
    terms = w.arguments(e)
    return sympy.Add(*terms) if e.is_scalar else sympy.MatAdd(*terms)


def mul(w: _Writer, e: Mul) -> Any:
    scalars, factors = e.parts()
    out = sympy.Mul(*[w.write(s) for s in scalars])
    if not factors:
        return out
    product = sympy.MatMul(*[w.write(f) for f in factors]) if len(factors) > 1 else w.write(factors[0])
    return out * sympy.Trace(product) if e.is_scalar else out * product


def power(w: _Writer, e: Expr) -> Any:
    base, k = w.arguments(e)
    return sympy.Pow(base, k) if e.is_scalar else sympy.MatPow(base, k)


def elementwise(w: _Writer, e: Expr) -> Any:
    name, order = e.params
    f = SCALAR_FUNCTIONS.get(name) if not order else None
    if f is None:
        z = sympy.Symbol("z", real=True)
        unknown = sympy.Function(name)(z)
        found = unknown.diff(z, order) if order else unknown

        def f(x: Any) -> Any:
            return found.subs(z, x).doit() if not order else sympy.Subs(found, z, x)

    return w.applied(f, e, w.write(e.args[0]))


def entry_power(w: _Writer, e: Expr) -> Any:
    x, k = w.arguments(e)
    return w.applied(lambda z: z**k, e, x)


def frobenius(w: _Writer, e: Expr) -> Any:
    """‖X‖ = √tr(X^T X)."""
    x = w.write(e.args[0])
    return sympy.sqrt(sympy.Trace(x.T * x))


def inner(w: _Writer, e: Expr) -> Any:
    a, b = w.arguments(e)
    return sympy.Trace(a.T * b)


def entry(w: _Writer, e: Expr) -> Any:
    x, i, j = w.arguments(e)
    return x[i - 1, j - 1]


def blocks(w: _Writer, e: Expr) -> Any:
    rows, cols = e.params
    parts = w.arguments(e)
    grid = [parts[r * cols : (r + 1) * cols] for r in range(rows)]
    return sympy.ImmutableMatrix(grid) if all(a.is_scalar for a in e.args) else sympy.BlockMatrix(grid)


def index_sum(w: _Writer, e: Expr) -> Any:
    if not e.is_scalar:
        raise CalculusError("SymPy has no sum of matrices over an index")
    body, lower, upper = w.arguments(e)
    return sympy.Sum(body, (w.write(e.params[0]), lower, upper))


def matrix_function(w: _Writer, e: Expr) -> Any:
    if e.params[0] != "exp":
        raise CalculusError("SymPy has no logarithm of a matrix symbol")
    return sympy.exp(w.write(e.args[0]))


RULES: dict[str, Rule] = {
    "symbol": symbol,
    "number": lambda w, e: sympy.Rational(e.value.numerator, e.value.denominator),
    "constant": lambda w, e: sympy.pi if e.params[0] == "\\pi" else sympy.E,
    "size": lambda w, e: w.dim(e.params[0]),
    "identity": lambda w, e: sympy.Identity(w.dim(e.shape[0])),
    "zero": lambda w, e: sympy.ZeroMatrix(*w.shape(e)),
    "ones": lambda w, e: sympy.OneMatrix(*w.shape(e)),
    "add": add,
    "mul": mul,
    "transpose": lambda w, e: sympy.Transpose(w.write(e.args[0])),
    "inverse": lambda w, e: sympy.Inverse(w.write(e.args[0])),
    "power": power,
    "trace": lambda w, e: sympy.Trace(w.write(e.args[0])),
    "det": lambda w, e: sympy.Determinant(w.write(e.args[0])),
    "norm": frobenius,
    "inner": inner,
    "elementwise": elementwise,
    "hadamard": lambda w, e: sympy.HadamardProduct(*w.arguments(e)),
    "hadamard_power": entry_power,
    "diag": lambda w, e: sympy.DiagMatrix(w.write(e.args[0])),
    "diag_part": lambda w, e: sympy.DiagonalOf(w.write(e.args[0])),
    "kron": lambda w, e: sympy.KroneckerProduct(*w.arguments(e)),
    "entry": entry,
    "blocks": blocks,
    "index_sum": index_sum,
    "delta": lambda w, e: sympy.KroneckerDelta(*w.arguments(e)),
}
"""By operator of ours."""
