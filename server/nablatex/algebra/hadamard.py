"""The Hadamard product and the entry-wise power."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.atoms import Number, Ones, UnitVector
from nablatex.algebra.build import add, is_zero, mul, number, ones, power, transpose, zero
from nablatex.algebra.core import Mul, Transpose
from nablatex.algebra.dims import Equate, Shape, ShapeError, one_shape, shape_text
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.spelling import Kernels, spelled

if TYPE_CHECKING:
    from nablatex.algebra.components import Indices
    from nablatex.algebra.evaluate import Array
    from nablatex.algebra.exact import ExactEvaluator, Jet


def domain(ok: Any, values: Any, what: str) -> Any:
    if not ok.all():
        raise FloatingPointError(what)
    return values


class Hadamard(Expr):
    """X ⊙ Y ⊙ …: params are (); arguments of one shape, none of them scalar."""

    __slots__ = ()
    name = "hadamard"
    analytic = True
    rule = "product rule for the Hadamard product"
    move = "moving a Hadamard factor"
    linear = True
    code: ClassVar[Kernels] = {
        "hadamard": spelled(
            "2|{0:2} * {1:3}",
            julia="2|{0:2} .* {1:3}",
            matlab="2|{0:2} .* {1:3}",
            sympy="{0:5}.multiply_elementwise({1})",
        ),
        "divide_entries": spelled(
            "2|{0:2} / {1:3}",
            julia="2|{0:2} ./ {1:3}",
            matlab="2|{0:2} ./ {1:3}",
            sympy="{0:5}.multiply_elementwise({1:5}.applyfunc(lambda z: 1 / z))",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return one_shape(shapes, "the Hadamard product of", equate)

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return hadamard(*args)

    def _others(self, i: int) -> list[Expr]:
        return [*self.args[:i], *self.args[i + 1 :]]

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        return hadamard(*self._others(i), cotangent)

    def vectorised(self, i: int) -> Expr | None:
        from nablatex.algebra.structure import diag, vec

        return diag(vec(hadamard(*self._others(i))))

    def transposed(self) -> Expr:
        turned = [transpose(a) for a in self.args]
        worse = sum(isinstance(a, Transpose) for a in turned) > sum(isinstance(a, Transpose) for a in self.args)
        return Transpose((self,)) if worse else hadamard(*turned)

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        return mul(*[a.component(i, j, indices) for a in self.args])

    def numeric(self, *values: Array) -> Array:
        return reduce(lambda a, b: a * b, values)

    def exact(self, *values: Jet) -> Jet:
        return reduce(lambda a, b: a * b, values)


class HadamardPower(Expr):
    """Entry-wise power: arguments (X, k) with a scalar k."""

    __slots__ = ()
    name = "hadamard_power"
    analytic = True
    rule = "power rule, entry by entry"
    code: ClassVar[Kernels] = {
        "entry_power": spelled(
            "4|{0:5}**{1:4}",
            julia="4|{0:5}.^{1:5}",
            matlab="4|{0:5}.^{1:5}",
            sympy="{0:5}.applyfunc(lambda z: z**{1:4})",
        ),
        "reciprocals": spelled(
            "2|1 / {0:3}", julia="2|1 ./ {0:3}", matlab="2|1 ./ {0:3}", sympy="{0:5}.applyfunc(lambda z: 1 / z)"
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return shapes[0]

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return hadamard_power(args[0], args[1])

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d X^{⊙k} = k X^{⊙(k-1)} ⊙ dX."""
        x, k = self.args
        if tangents[1] is not None:
            raise NotDifferentiable("the derivative of an entry-wise power with respect to its exponent")
        if tangents[0] is None:
            return None
        return mul(k, hadamard(hadamard_power(x, add(k, number(-1))), tangents[0]))

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        return power(self.args[0].component(i, j, indices), self.args[1])

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        x, k = values[0], float(values[1][0, 0])
        if k < 0:
            domain(x != 0, x, "division by zero")
        if k != round(k):
            domain(np.real(x) >= 0, x, "a fractional power of a negative number")
        return np.asarray(np.power(x, k))

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        from nablatex.algebra.exact import real_power

        x, k = self.args
        if isinstance(k, Number) and k.value.denominator != 1:
            return real_power(ev(x), k.value)
        return ev(x).entry_power(ev.integer(k))


def hadamard_power(x: Expr, k: Expr) -> Expr:
    """X^{⊙k}; an ordinary power for a scalar."""
    if x.is_scalar:
        return power(x, k)
    if isinstance(k, Number):
        if k.value == 1:
            return x
        if k.value == 0:
            return ones(*x.shape)
        if isinstance(x, Ones):
            return x
        if isinstance(x, HadamardPower) and k.value.denominator == 1:
            return hadamard_power(x.args[0], mul(k, x.args[1]))
    return HadamardPower((x, k))


def hadamard(*factors: Expr) -> Expr:
    """Entry-wise product; scalars multiply, ones drop out, powers of equal factors merge."""
    scalars: list[Expr] = []
    powers: dict[Expr, Expr] = {}
    shape: Shape | None = None

    def put(f: Expr, exponent: Expr) -> None:
        if isinstance(f, HadamardPower):
            put(f.args[0], mul(f.args[1], exponent))
        else:
            powers[f] = add(powers[f], exponent) if f in powers else exponent

    flat: list[Expr] = []
    for f in factors:
        flat.extend(f.args if isinstance(f, Hadamard) else (f,))
    for f in flat:
        if f.is_scalar:
            scalars.append(f)
            continue
        if shape is None:
            shape = f.shape
        elif shape != f.shape:
            raise ShapeError(f"the Hadamard product of {shape_text(shape)} and {shape_text(f.shape)}")
        if isinstance(f, Mul):
            outer, chain = f.parts()
            scalars.extend(outer)
            if all(isinstance(c, Ones) for c in chain):  # 1 1^T
                continue
            f = mul(*chain)
        if is_zero(f):
            return zero(f.shape)
        if isinstance(f, Hadamard):
            for g in f.args:
                put(g, number(1))
        elif not isinstance(f, Ones):
            put(f, number(1))
    if shape is None:
        return mul(*scalars)
    parts = [hadamard_power(f, k) for f, k in powers.items()]
    parts = [p for p in parts if not isinstance(p, Ones)]
    if not parts:
        return mul(*scalars, ones(*shape))
    unit = next((p for p in parts if isinstance(p, UnitVector)), None)
    if unit is not None and len(parts) > 1:  # x ⊙ e_i is x_i e_i
        from nablatex.algebra.indices import entry

        others = [p for p in parts if p is not unit]
        return mul(*scalars, *[entry(p, unit.args[0], number(1)) for p in others], unit)
    body = parts[0] if len(parts) == 1 else Hadamard(parts)
    return mul(*scalars, body)
