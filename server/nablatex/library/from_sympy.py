"""SymPy's matrix expressions as ours; the other direction is `to_sympy`.

MatrixSymbol and Symbol become symbols, symbolic sizes dimension letters, and MatrixExpr's 1×1 products numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import Any

import sympy

from nablatex.algebra import ops
from nablatex.algebra.atoms import Constant
from nablatex.algebra.dims import Dim, ShapeError, dim
from nablatex.algebra.elementwise import FUNCTIONS
from nablatex.algebra.expr import Expr
from nablatex.library.formulas import CalculusError

NAMES = {"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sign"}
"""Functions that are called the same in both."""
OTHER_NAMES = {"Abs": "abs", "atan": "arctan"}


def from_sympy(e: Any, properties: dict[str, tuple[str, ...]] | None = None) -> Expr:
    """The expression of a SymPy expression or matrix.

    properties: of symbols by name, such as ``{"S": ("spd", "symmetric")}``; positive symbols are known as such.
    CalculusError names what there is no word for.
    """
    e = sympy.sympify(e)
    sizes = {str(x) for m in e.atoms(sympy.MatrixSymbol) for n in m.shape for x in sympy.sympify(n).free_symbols}
    try:
        return _Reader(properties or {}, sizes).read(e)
    except ShapeError as error:
        raise CalculusError(str(error)) from error


def dim_of(size: Any) -> Dim:
    """A size of SymPy: a number, a letter, or a polynomial of letters."""
    size = sympy.expand(sympy.sympify(size))
    total = dim(0)
    for term in sympy.Add.make_args(size):
        part = dim(1)
        for factor in sympy.Mul.make_args(term):
            base, k = factor.as_base_exp()
            if not (k.is_Integer and k > 0 and (base.is_Integer or base.is_Symbol)):
                raise CalculusError(f"the size {size} is no polynomial of letters")
            for _ in range(int(k)):
                part = part * dim(int(base) if base.is_Integer else base.name)
        total = total + part
    return total


class _Reader:
    def __init__(self, properties: dict[str, tuple[str, ...]], sizes: set[str]) -> None:
        self.properties = properties
        self.sizes = sizes

    def read(self, e: Any) -> Expr:
        for kind in type(e).__mro__:
            rule = RULES.get(kind.__name__)
            if rule is not None:
                return rule(self, e)
        raise CalculusError(f"no word for SymPy's {type(e).__name__}")

    def arguments(self, e: Any) -> list[Expr]:
        return [self.read(a) for a in e.args]


Rule = Callable[[_Reader, Any], Expr]


def matrix_symbol(r: _Reader, e: Any) -> Expr:
    return ops.symbol(e.name, dim_of(e.shape[0]), dim_of(e.shape[1]), *r.properties.get(e.name, ()))


def symbol(r: _Reader, e: Any) -> Expr:
    """A size of a matrix, an index (a positive integer), or a number."""
    if e.name in r.sizes:
        return ops.size(e.name)
    facts = ("index", "integer") if e.is_integer and e.is_positive else ("positive",) if e.is_positive else ()
    return ops.symbol(e.name, 1, 1, *r.properties.get(e.name, facts))


def number(r: _Reader, e: Any) -> Expr:
    if not e.is_Rational:
        return ops.number(Fraction(str(e)))
    return ops.number(Fraction(int(e.p), int(e.q)))


def power(r: _Reader, e: Any) -> Expr:
    base, k = r.arguments(e)
    if isinstance(base, Constant) and base.params[0] == "e":
        return ops.elementwise("exp", k)
    return ops.power(base, k)


def exponential(r: _Reader, e: Any) -> Expr:
    x = r.read(e.args[0])
    return ops.elementwise("exp", x) if x.is_scalar else ops.expm(x)


def function(r: _Reader, e: Any) -> Expr:
    """A function of a number: known by name, or unknown of one argument."""
    name = type(e).__name__
    name = OTHER_NAMES.get(name, name)
    if len(e.args) != 1:
        raise CalculusError(f"no word for SymPy's {name} of {len(e.args)} arguments")
    return ops.elementwise(name, r.read(e.args[0])) if name in NAMES or name in FUNCTIONS else _unknown(r, e)


def _unknown(r: _Reader, e: Any) -> Expr:
    if isinstance(e, sympy.core.function.AppliedUndef):
        return ops.elementwise(e.func.__name__, r.read(e.args[0]))
    raise CalculusError(f"no word for SymPy's {type(e).__name__}")


def maximum(r: _Reader, e: Any) -> Expr:
    rest = [a for a in e.args if a != 0]
    if len(e.args) == 2 and len(rest) == 1:
        return ops.elementwise("relu", r.read(rest[0]))
    raise CalculusError("no word for SymPy's Max but max(0, x)")


def applied(r: _Reader, e: Any) -> Expr:
    """A function of every entry: its body is read for a matrix in the place of the number."""
    x = r.read(e.expr)
    f = e.function
    z = sympy.Dummy("z", real=True)
    return _of_entries(r, f(z), z, x)


def _of_entries(r: _Reader, body: Any, z: Any, x: Expr) -> Expr:
    """body, a formula in the number z, with the array x for z."""
    ones = ops.ones(*x.shape)
    if z not in body.free_symbols:
        return ops.mul(r.read(body), ones)
    if body == z:
        return x
    parts = [_of_entries(r, a, z, x) if z in a.free_symbols else None for a in body.args]
    if body.is_Add:
        plain = [ops.mul(r.read(a), ones) if p is None else p for a, p in zip(body.args, parts, strict=True)]
        return ops.add(*plain)
    if body.is_Mul:
        scalars = [r.read(a) for a, p in zip(body.args, parts, strict=True) if p is None]
        return ops.mul(*scalars, ops.hadamard(*[p for p in parts if p is not None]))
    if body.is_Pow and parts[0] is not None and parts[1] is None:
        return ops.hadamard_power(parts[0], r.read(body.args[1]))
    if isinstance(body, sympy.Max) and 0 in body.args:
        return ops.elementwise("relu", next(p for p in parts if p is not None))
    if isinstance(body, sympy.Heaviside) and parts[0] is not None:
        return ops.elementwise("step", parts[0])
    name = OTHER_NAMES.get(type(body).__name__, type(body).__name__)
    if (
        len(body.args) == 1
        and parts[0] is not None
        and (name in FUNCTIONS or isinstance(body, sympy.core.function.AppliedUndef))
    ):
        return ops.elementwise(name, parts[0])
    raise CalculusError(f"no word for SymPy's {body} of every entry")


def element(r: _Reader, e: Any) -> Expr:
    """M[i, j], counted from 0 there; of a 1×1 matrix the number itself."""
    x = r.read(e.parent)
    if x.is_scalar:
        return x
    one = ops.number(1)
    return ops.entry(x, ops.add(r.read(e.i), one), ops.add(r.read(e.j), one))


def block_matrix(r: _Reader, e: Any) -> Expr:
    rows, cols = e.blockshape
    return ops.matrix_literal([[r.read(e.blocks[i, j]) for j in range(cols)] for i in range(rows)])


def explicit(r: _Reader, e: Any) -> Expr:
    return ops.matrix_literal([[r.read(e[i, j]) for j in range(e.cols)] for i in range(e.rows)])


def summed(r: _Reader, e: Any) -> Expr:
    """A sum; one that counts from 0 is counted from 1."""
    out = r.read(e.function)
    for index, lower, upper in e.limits:
        mark = ops.symbol(index.name, 1, 1, "index", "integer")
        shift = 1 if lower == 0 else 0
        moved = ops.add(mark, ops.number(-shift))
        out = ops.index_sum(out.substitute({r.read(index): moved}), mark, r.read(lower + shift), r.read(upper + shift))
    return out


def derivative(r: _Reader, e: Any) -> Expr:
    """An unevaluated derivative, in denominator layout."""
    out = r.read(e.expr)
    for variable, count in e.variable_count:
        for _ in range(int(count)):
            out = ops.derivative(out, r.read(variable))
    return out


def hadamard(r: _Reader, e: Any) -> Expr:
    return ops.hadamard(*r.arguments(e))


RULES: dict[str, Rule] = {
    "MatrixSymbol": matrix_symbol,
    "Symbol": symbol,
    "Number": number,
    "Pi": lambda r, e: ops.constant("\\pi"),
    "Exp1": lambda r, e: ops.constant("e"),
    "Add": lambda r, e: ops.add(*r.arguments(e)),
    "MatAdd": lambda r, e: ops.add(*r.arguments(e)),
    "Mul": lambda r, e: ops.mul(*r.arguments(e)),
    "MatMul": lambda r, e: ops.mul(*r.arguments(e)),
    "Pow": power,
    "MatPow": power,
    "Inverse": lambda r, e: ops.inverse(r.read(e.args[0])),
    "Transpose": lambda r, e: ops.transpose(r.read(e.args[0])),
    "Trace": lambda r, e: ops.trace(r.read(e.args[0])),
    "Determinant": lambda r, e: ops.det(r.read(e.args[0])),
    "HadamardProduct": hadamard,
    "HadamardPower": lambda r, e: ops.hadamard_power(*r.arguments(e)),
    "KroneckerProduct": lambda r, e: reduce(ops.kron, r.arguments(e)),
    "Identity": lambda r, e: ops.identity(dim_of(e.shape[0])),
    "ZeroMatrix": lambda r, e: ops.zero((dim_of(e.shape[0]), dim_of(e.shape[1]))),
    "OneMatrix": lambda r, e: ops.ones(dim_of(e.shape[0]), dim_of(e.shape[1])),
    "MatrixUnit": lambda r, e: ops.unit_vector(ops.add(r.read(e.args[2]), ops.number(1)), dim_of(e.shape[0])),
    "DiagMatrix": lambda r, e: ops.diag(r.read(e.args[0])),
    "DiagonalOf": lambda r, e: ops.diag_part(r.read(e.args[0])),
    "MatrixElement": element,
    "ElementwiseApplyFunction": applied,
    "BlockMatrix": block_matrix,
    "MatrixBase": explicit,
    "Sum": summed,
    "exp": exponential,
    "Max": maximum,
    "Heaviside": lambda r, e: ops.elementwise("step", r.read(e.args[0])),
    "KroneckerDelta": lambda r, e: ops.delta(*r.arguments(e)),
    "Derivative": derivative,
    "Function": function,
    "Application": function,
}
"""By SymPy's class, or a base class of it."""
