"""Leaves: symbols, numbers, and the constant matrices that every text uses without declaring them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.dims import SCALAR, Dim, Equate, Shape
from nablatex.algebra.expr import Expr
from nablatex.algebra.spelling import Kernels, spelled

if TYPE_CHECKING:
    from nablatex.algebra.components import Indices
    from nablatex.algebra.evaluate import Array, Evaluator
    from nablatex.algebra.exact import ExactEvaluator, Jet


EACH = "each "
"""What stands before a property that the members of a family have, and the stack of them has not."""


class Symbol(Expr):
    """A named quantity: params are (name, shape, properties).

    Properties: symmetric, skew, diagonal, lower, upper, orthogonal, orthonormal-columns, spd, psd, invertible,
    full-column-rank, positive, nonzero, unit, integer, index, constant, complex, ones; a symbol with property
    ``index`` is an integer from 1 on.
    """

    __slots__ = ()
    name = "symbol"
    analytic = True

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        shape: Shape = params[1]
        return shape

    @property
    def label(self) -> str:
        return str(self.params[0])

    @property
    def properties(self) -> frozenset[str]:
        props: frozenset[str] = self.params[2]
        return props

    def has(self, *properties: str) -> bool:
        known = self.params[2]
        return bool(known) and not known.isdisjoint(properties)

    def each(self) -> Symbol | None:
        """One of the square matrices that are stacked in a family of which something is said; None for any other symbol."""
        said = frozenset(p.removeprefix(EACH) for p in self.properties if p.startswith(EACH))
        side = self.shape[1]
        return Symbol((), (self.label, (side, side), said)) if said else None

    def _free(self) -> frozenset[Expr]:
        return frozenset((self,))

    def evaluate(self, ev: Evaluator) -> Array:
        return ev.symbol(self)

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        return ev.symbol(self)

    def __repr__(self) -> str:
        return self.label


class Number(Expr):
    """An exact rational number: params are (Fraction,)."""

    __slots__ = ()
    name = "number"
    analytic = True

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return SCALAR

    @property
    def value(self) -> Fraction:
        v: Fraction = self.params[0]
        return v

    def evaluate(self, ev: Evaluator) -> Array:
        return ev.full(SCALAR, float(self.value))

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        return ev.number(self.value)

    def __repr__(self) -> str:
        return str(self.value)


class Constant(Expr):
    r"""A named real number: params are (name,), ``\pi`` or ``e``."""

    __slots__ = ()
    name = "constant"
    analytic = True
    code: ClassVar[Kernels] = {
        "pi": spelled("np.pi", julia="pi", matlab="pi", sympy="sympy.pi"),
        "e": spelled("np.e", julia="exp(1)", matlab="exp(1)", sympy="sympy.E"),
    }
    VALUES: ClassVar[dict[str, float]] = {"\\pi": 3.141592653589793, "e": 2.718281828459045, "\\infty": float("inf")}

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return SCALAR

    def evaluate(self, ev: Evaluator) -> Array:
        return ev.full(SCALAR, self.VALUES[self.params[0]])

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        return ev.unit().scaled(ev.field.constant(self.params[0]))


class Size(Expr):
    """A dimension used as a number in a formula (tr I_n = n): params are (Dim,)."""

    __slots__ = ()
    name = "size"
    analytic = True

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return SCALAR

    def evaluate(self, ev: Evaluator) -> Array:
        return ev.full(SCALAR, float(ev.size(self.params[0])))

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        return ev.number(Fraction(ev.size(self.params[0])))

    def __repr__(self) -> str:
        return str(self.params[0])


class Pattern(Expr):
    """A constant matrix of integers that sizes and indices decide."""

    __slots__ = ()

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        return ev.constant(self.evaluate(ev.patterns))


class _Sized(Pattern):
    """A constant matrix that is given by its shape alone: params are (rows, cols)."""

    __slots__ = ()

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return (params[0], params[1])


class Identity(_Sized):
    """I_n: params are (n, n)."""

    __slots__ = ()
    name = "identity"
    analytic = True
    code: ClassVar[Kernels] = {
        "identity": spelled(
            "np.eye({rows})",
            torch="torch.eye({rows}{like})",
            julia="Matrix(1.0I, {rows}, {rows})",
            matlab="eye({rows})",
            sympy="sympy.eye({rows})",
        ),
    }

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        from nablatex.algebra.indices import delta

        return delta(i, j)

    def evaluate(self, ev: Evaluator) -> Array:
        return ev.eye(self.shape[0])

    def __repr__(self) -> str:
        return f"I[{self.params[0]}]"


class Zero(_Sized):
    """The zero of a shape."""

    __slots__ = ()
    name = "zero"
    analytic = True
    code: ClassVar[Kernels] = {
        "zero_vector": spelled(
            "np.zeros({rows})",
            torch="torch.zeros({rows}{like})",
            julia="zeros({rows})",
            matlab="zeros({rows}, 1)",
            sympy="sympy.zeros({rows}, 1)",
        ),
        "zero": spelled(
            "np.zeros(({rows}, {cols}))",
            torch="torch.zeros({rows}, {cols}{like})",
            julia="zeros({rows}, {cols})",
            matlab="zeros({rows}, {cols})",
            sympy="sympy.zeros({rows}, {cols})",
        ),
    }

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        return Number((), (Fraction(0),))

    def evaluate(self, ev: Evaluator) -> Array:
        return ev.full(self.shape, 0.0)


class Ones(_Sized):
    """The vector or matrix of ones."""

    __slots__ = ()
    name = "ones"
    analytic = True
    code: ClassVar[Kernels] = {
        "ones_vector": spelled(
            "np.ones({rows})",
            torch="torch.ones({rows}{like})",
            julia="ones({rows})",
            matlab="ones({rows}, 1)",
            sympy="sympy.ones({rows}, 1)",
        ),
        "ones": spelled(
            "np.ones(({rows}, {cols}))",
            torch="torch.ones({rows}, {cols}{like})",
            julia="ones({rows}, {cols})",
            matlab="ones({rows}, {cols})",
            sympy="sympy.ones({rows}, {cols})",
        ),
    }

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        return Number((), (Fraction(1),))

    def evaluate(self, ev: Evaluator) -> Array:
        return ev.full(self.shape, 1.0)


class UnitVector(Pattern):
    """e_i of length n: one argument, the index (a scalar expression counted from 1); params are (n,)."""

    __slots__ = ()
    name = "unit"
    analytic = True
    code: ClassVar[Kernels] = {
        "unit": spelled(
            "np.eye({rows})[{0:i}]",
            torch="torch.eye({rows}{like})[{0:i}]",
            julia="Matrix(1.0I, {rows}, {rows})[:, {0:i}]",
            matlab="double((1:{rows})' == {0:i})",
            sympy="sympy.eye({rows})[:, {0:i}]",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        from nablatex.algebra.dims import ONE

        return (params[0], ONE)

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        from nablatex.algebra.indices import delta

        return delta(self.args[0], i)

    def evaluate(self, ev: Evaluator) -> Array:
        out = ev.full(self.shape, 0.0)
        out[ev.index(self.args[0], self.params[0]), 0] = 1.0
        return out


class Commutation(Pattern):
    """K_{mn} with K_{mn} vec A = vec A^T for A of shape m×n (Magnus & Neudecker 3.7): params are (m, n)."""

    __slots__ = ()
    name = "commutation"
    analytic = True
    code: ClassVar[Kernels] = {
        "commutation": spelled(
            "np.eye({rows})[np.arange({rows}).reshape({p1}, {p0}).T.reshape(-1)]",
            torch="torch.eye({rows}{like})[torch.arange({rows}).reshape({p1}, {p0}).T.reshape(-1)]",
            julia="Matrix(1.0I, {rows}, {rows})[vec(reshape(1:{rows}, {p0}, {p1})'), :]",
            matlab="full(sparse(1:{rows}, reshape(reshape(1:{rows}, {p0}, {p1})', 1, []), 1, {rows}, {rows}))",
            sympy="sympy.eye({rows}).extract([j * {p0} + i for i in range({p0}) for j in range({p1})], list(range({rows})))",
        ),
        "permute_rows": spelled(  # K_{mn} M
            "{0:5}[np.arange({rows}).reshape({p1}, {p0}).T.reshape(-1)]",
            julia="{0:5}[vec(reshape(1:{rows}, {p0}, {p1})'), :]",
            matlab="{0:n}(reshape(reshape(1:{rows}, {p0}, {p1})', 1, []), :)",
            sympy="{0:5}.extract([j * {p0} + i for i in range({p0}) for j in range({p1})], list(range({cols})))",
        ),
        "permute_columns": spelled(  # M K_{mn}
            "{0:5}[:, np.arange({cols}).reshape({p0}, {p1}).T.reshape(-1)]",
            julia="{0:5}[:, vec(reshape(1:{cols}, {p1}, {p0})')]",
            matlab="{0:n}(:, reshape(reshape(1:{cols}, {p1}, {p0})', 1, []))",
            sympy="{0:5}.extract(list(range({rows})), [j * {p1} + i for i in range({p1}) for j in range({p0})])",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        d: Dim = params[0] * params[1]
        return (d, d)

    def transposed(self) -> Expr:
        """K_{mn}^T = K_{nm} (Magnus & Neudecker 3.7)."""
        m, n = self.params
        return self if m == n else Commutation((), (n, m))

    def evaluate(self, ev: Evaluator) -> Array:
        m, n = ev.size(self.params[0]), ev.size(self.params[1])
        out = ev.full(self.shape, 0.0)
        for i in range(m):
            for j in range(n):
                out[i * n + j, j * m + i] = 1.0
        return out

    def __repr__(self) -> str:
        return f"K[{self.params[0]},{self.params[1]}]"
