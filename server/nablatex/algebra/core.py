"""Sum, product, transpose, inverse, power: the operators of the non-commutative polynomial ring."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.atoms import Identity, Number, Symbol, _Sized
from nablatex.algebra.dims import ONE, SCALAR, Equate, Shape, one_shape, shape_text
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.kernels import INVERSE, PRODUCT, SUM
from nablatex.algebra.spelling import Kernels, spelled

if TYPE_CHECKING:
    from nablatex.algebra.components import Indices
    from nablatex.algebra.evaluate import Array
    from nablatex.algebra.exact import ExactEvaluator, Jet


SINGULAR = 1e10
"""Condition number from which a matrix counts as singular."""


def square(shape: Shape, what: str, equate: Equate) -> None:
    if shape[0] != shape[1]:
        equate(shape[0], shape[1], f"{what} of a {shape_text(shape)} matrix: it is not square")


class Add(Expr):
    """Sum of terms of one shape."""

    __slots__ = ()
    name = "add"
    analytic = True
    rule = "linearity"
    move = "linearity"
    linear = True
    code: ClassVar[Kernels] = SUM

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return one_shape(shapes, "a sum of", equate)

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return build.add(*args)

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        terms = [t for t in tangents if t is not None]
        return build.add(*terms) if terms else None

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        return cotangent

    def vectorised(self, i: int) -> Expr | None:
        return None

    def transposed(self) -> Expr:
        """Kept outside the sum, unless that makes every term simpler: (W^T X^T - Y^T)^T = XW - Y."""
        turned = [build.transpose(a) for a in self.args]
        if set(turned) == set(self.args):
            return self
        if transposes(turned) < transposes(self.args):
            return build.add(*turned)
        return Transpose((self,))

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        return build.add(*[a.component(i, j, indices) for a in self.args])

    def numeric(self, *values: Array) -> Array:
        return reduce(lambda a, b: a + b, values)

    def exact(self, *values: Jet) -> Jet:
        return reduce(lambda a, b: a + b, values)


def transposes(terms: Sequence[Expr]) -> int:
    """How many transposes stand in the terms (outside other operators): what (·)^T is judged by."""
    count = 0
    for t in terms:
        for f in t.args if isinstance(t, Mul) else (t,):
            count += isinstance(f, Transpose) or (f.name == "ones" and f.shape[0] == ONE)
    return count


class Mul(Expr):
    """Product: [number], scalar factors, then matrices whose inner dimensions agree."""

    __slots__ = ()
    name = "mul"
    analytic = True
    rule = "product rule"
    move = "cyclic property of the trace"
    linear = True
    code: ClassVar[Kernels] = PRODUCT

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        total = SCALAR
        for s in shapes:
            if s == SCALAR:
                continue
            if total == SCALAR:
                total = s
                continue
            if total[1] != s[0]:
                equate(total[1], s[0], f"the product of {shape_text(total)} and {shape_text(s)} cannot be formed")
            total = (total[0], s[1])
        return total

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return build.mul(*args)

    def parts(self) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
        """(scalar factors, matrix factors)."""
        for i, a in enumerate(self.args):
            if not a.is_scalar:
                return self.args[:i], self.args[i:]
        return self.args, ()

    def _without(self, i: int) -> tuple[list[Expr], list[Expr], list[Expr]]:
        """Scalars, left matrices, right matrices around factor i."""
        scalars, chain = self.parts()
        if i < len(scalars):
            return [*scalars[:i], *scalars[i + 1 :]], [], list(chain)
        k = i - len(scalars)
        return list(scalars), list(chain[:k]), list(chain[k + 1 :])

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        """<G, c L dX R> = <c L^T G R^T, dX>; for a scalar factor s: <G, ds M> = ds <G, M>."""
        from nablatex.algebra.reductions import inner

        scalars, left, right = self._without(i)
        if self.args[i].is_scalar:
            if not right:
                return build.mul(*scalars, cotangent)
            return build.mul(*scalars, inner(cotangent, build.mul(*right)))
        return build.mul(
            *scalars,
            *[build.transpose(x) for x in reversed(left)],
            cotangent,
            *[build.transpose(x) for x in reversed(right)],
        )

    def vectorised(self, i: int) -> Expr | None:
        """vec(c L dX R) = c (R^T ⊗ L) vec dX (Magnus & Neudecker 2.4, theorem 2)."""
        from nablatex.algebra.structure import kron, vec

        scalars, left, right = self._without(i)
        if self.args[i].is_scalar:
            return build.mul(*scalars, vec(build.mul(*right))) if right else build.mul(*scalars)
        shape = self.args[i].shape
        lhs = build.mul(*left) if left else build.identity(shape[0])
        rhs = build.transpose(build.mul(*right)) if right else build.identity(shape[1])
        return build.mul(*scalars, kron(rhs, lhs))

    def transposed(self) -> Expr:
        scalars, chain = self.parts()
        return build.mul(*scalars, *[build.transpose(x) for x in reversed(chain)])

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        """(A B)_ij is the sum of A_ik B_kj."""
        scalars, chain = self.parts()
        factors = [s.component(build.number(1), build.number(1), indices) for s in scalars]
        between = [indices.fresh(c.shape[1]) for c in chain[:-1]]
        path = [i, *between, j] if not self.is_scalar else [build.number(1), *between, build.number(1)]
        factors += [c.component(path[k], path[k + 1], indices) for k, c in enumerate(chain)]
        out = build.mul(*factors)
        for k, c in reversed(list(zip(between, chain[:-1], strict=True))):
            out = indices.total(out, k, c.shape[1])
        return out

    def numeric(self, *values: Array) -> Array:
        total = values[0]
        for v in values[1:]:
            total = total * v if total.shape == (1, 1) or v.shape == (1, 1) else total @ v
        return total

    def exact(self, *values: Jet) -> Jet:
        return reduce(lambda a, b: a * b if (1, 1) in (a.shape, b.shape) else a @ b, values)


class Transpose(Expr):
    """X^T of a leaf, an inverse or a sum; made by `build.transpose` alone."""

    __slots__ = ()
    name = "transpose"
    analytic = True
    rule = "transpose of a differential"
    move = "trace of a transpose"
    linear = True
    code: ClassVar[Kernels] = {
        "transpose": spelled("{0:5}.T", julia="{0:5}'", matlab="{0:5}'", sympy="{0:5}.T"),
        "as_row": spelled("{0:5}[None, :]", julia="{0:5}'", matlab="{0:5}'", sympy="{0:5}.T"),
        "as_column": spelled("{0:5}[:, None]", julia="reshape({0}, :, 1)", matlab="{0:5}", sympy="{0:5}"),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return (shapes[0][1], shapes[0][0])

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return build.transpose(args[0])

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        return build.transpose(cotangent)

    def vectorised(self, i: int) -> Expr | None:
        """vec(dX^T) = K_{mn} vec dX; for vectors vec is the same."""
        from nablatex.algebra.structure import commutation

        m, n = self.args[0].shape
        return None if ONE in (m, n) else commutation(m, n)

    def transposed(self) -> Expr:
        return self.args[0]

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        return self.args[0].component(j, i, indices)

    def numeric(self, *values: Array) -> Array:
        return values[0].T

    def exact(self, *values: Jet) -> Jet:
        return values[0].T


def default_transposed(e: Expr) -> Expr:
    """X^T where nothing is known of the operator of X."""
    if isinstance(e, Symbol) and e.has("symmetric", "diagonal", "spd", "psd"):
        return e
    if isinstance(e, Symbol) and e.has("skew"):
        return build.mul(build.number(-1), e)
    if isinstance(e, Identity):
        return e
    if isinstance(e, _Sized):
        return type(e)((), (e.params[1], e.params[0]))
    return Transpose((e,))


class Inverse(Expr):
    """X^{-1} of a square matrix; made by `build.inverse` alone."""

    __slots__ = ()
    name = "inverse"
    analytic = True
    rule = "differential of an inverse"
    code: ClassVar[Kernels] = INVERSE

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        square(shapes[0], "the inverse", equate)
        return shapes[0]

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return build.inverse(args[0])

    def transposed(self) -> Expr:
        turned = build.transpose(self.args[0])
        return self if turned == self.args[0] else Transpose((self,))

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d(X^{-1}) = -X^{-1} dX X^{-1} (Matrix Cookbook 40)."""
        return None if tangents[0] is None else build.mul(build.number(-1), self, tangents[0], self)

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        if not np.linalg.cond(values[0]) < SINGULAR:
            raise np.linalg.LinAlgError("the inverse of a matrix that is singular to working precision")
        return np.linalg.inv(values[0])

    def exact(self, *values: Jet) -> Jet:
        return values[0].inverse()


class Power(Expr):
    """base^exponent: a scalar to a scalar, or a square matrix to an integer (or symbolic integer) power."""

    __slots__ = ()
    name = "power"
    rule = "power rule"
    code: ClassVar[Kernels] = {
        "power": spelled("4|{0:5}**{1:4}", julia="4|{0:5}^{1:5}", matlab="4|{0:5}^{1:5}", sympy="4|{0:5}**{1:4}"),
        "square_root": spelled("np.sqrt({0})", julia="sqrt({0})", matlab="sqrt({0})", sympy="sympy.sqrt({0})"),
        "matrix_power": spelled(
            "np.linalg.matrix_power({0}, {1:k})",
            julia="4|{0:5}^{1:5}",
            matlab="4|{0:5}^{1:5}",
            sympy="4|{0:5}**{1:5}",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        square(shapes[0], "a power", equate)
        if shapes[1] != SCALAR:
            why = f"an exponent that is {shape_text(shapes[1])}, not a scalar"
            equate(shapes[1][0], ONE, why)
            equate(shapes[1][1], ONE, why)
        return shapes[0]

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return build.power(args[0], args[1])

    def transposed(self) -> Expr:
        return build.power(build.transpose(self.args[0]), self.args[1])

    @property
    def analytic(self) -> bool:  # type: ignore[override]
        """Fractional powers of matrices are computed by eigenvectors, for real matrices alone."""
        return self.is_scalar or self.integer is not None

    @property
    def integer(self) -> int | None:
        k = self.args[1]
        return int(k.value) if isinstance(k, Number) and k.value.denominator == 1 else None

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d(s^k) = k s^{k-1} ds + s^k log(s) dk; d(X^k) = sum_j X^j dX X^{k-1-j} (Matrix Cookbook 91)."""
        from nablatex.algebra.elementwise import elementwise

        base, k = self.args
        dbase, dk = tangents
        terms: list[Expr] = []
        if base.is_scalar:
            if dbase is not None:
                terms.append(build.mul(k, build.power(base, build.add(k, build.number(-1))), dbase))
            if dk is not None:
                terms.append(build.mul(self, elementwise("log", base), dk))
            return build.add(*terms) if terms else None
        if dk is not None:
            raise NotDifferentiable("the derivative of a matrix power with respect to its exponent")
        if dbase is None:
            return None
        if isinstance(k, Number) and k.value.denominator != 1:
            from nablatex.algebra.matrix_functions import power_differential

            return power_differential(base, k.value, dbase)
        n = self.integer
        if n is None:
            return self._symbolic_power(dbase)
        if abs(n) > 64:
            raise NotDifferentiable(f"the power {n} is too large to write its derivative out")
        if n > 0:
            return build.add(
                *[
                    build.mul(build.power(base, build.number(j)), dbase, build.power(base, build.number(n - 1 - j)))
                    for j in range(n)
                ]
            )
        return build.add(
            *[
                build.mul(
                    build.number(-1),
                    build.power(base, build.number(-1 - j)),
                    dbase,
                    build.power(base, build.number(n + j)),
                )
                for j in range(-n)
            ]
        )

    def _symbolic_power(self, dbase: Expr) -> Expr:
        from nablatex.algebra.binders import fresh_index, index_sum

        base, k = self.args
        r = fresh_index("r", self)
        term = build.mul(
            build.power(base, build.add(r, build.number(-1))),
            dbase,
            build.power(base, build.add(k, build.mul(build.number(-1), r))),
        )
        return index_sum(term, r, build.number(1), k)

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        base, exponent = values[0], values[1][0, 0]
        if np.iscomplexobj(exponent) and exponent.imag:
            if base.shape != (1, 1) or np.real(base[0, 0]) <= 0:
                raise FloatingPointError("a complex power of something that is not a positive number")
            return np.asarray(np.exp(exponent * np.log(base)))
        k = float(np.real(exponent))
        if base.shape == (1, 1):
            if k != round(k) and np.real(base[0, 0]) < 0:
                raise FloatingPointError("a fractional power of a negative number")
            if base[0, 0] == 0 and k < 0:
                raise ZeroDivisionError("division by zero")
            return np.asarray(np.power(base, k))
        if k == round(k):
            if abs(k) > 512:
                raise FloatingPointError("matrix power too large")
            return np.linalg.matrix_power(base, round(k))
        return fractional_power(base, k)

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        from nablatex.algebra.exact import real_power

        base, k = self.args
        if isinstance(k, Number) and k.value.denominator != 1:
            return real_power(ev(base), k.value) if base.is_scalar else self.exact()
        return base.exact_power(ev, ev.integer(k))


def fractional_power(x: Array, k: float) -> Array:
    """Principal power of a diagonalisable matrix with positive spectrum; FloatingPointError otherwise."""
    import numpy as np

    w, v = np.linalg.eig(x)
    if np.any((np.abs(w.imag) < 1e-12) & (w.real <= 0)):
        raise FloatingPointError("a fractional power of a matrix with an eigenvalue that is not positive")
    out = (v * w.astype(complex) ** k) @ np.linalg.inv(v)
    return np.asarray(out.real)


def rational(e: Expr) -> Fraction | None:
    return e.value if isinstance(e, Number) else None


# The smart constructors are made of these classes and the rules above use them: whichever of the two modules is asked
# for first, the other is whole when a rule runs.
from nablatex.algebra import build  # noqa: E402
