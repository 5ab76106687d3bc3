"""Functions of a square matrix (exponential, principal logarithm, fractional powers) and their Fréchet derivatives.

The differential of f(X) is the Fréchet derivative L_f(X, dX) (Higham, Functions of Matrices, chapter 3).  It is
f'(X) dX where dX commutes with X; for the square root it solves a Sylvester equation; else it stays an operator.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.atoms import Identity
from nablatex.algebra.build import (
    add,
    identity,
    inverse,
    is_zero,
    mul,
    number,
    power,
    scale,
    split_coefficient,
    symbol,
    transpose,
    zero,
)
from nablatex.algebra.core import Inverse, Mul, Power, square
from nablatex.algebra.dims import Equate, Shape
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.reductions import trace
from nablatex.algebra.spelling import Kernels, spelled
from nablatex.algebra.structure import kron

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array

HALF = Fraction(1, 2)
DEFECTIVE = 1e8
"""Condition of the eigenvectors from which a spectral formula is not trusted."""


class MatrixFunction(Expr):
    """f(X): params are (name,), exp or log."""

    __slots__ = ()
    name = "matrix_function"
    rule = "Fréchet derivative of a matrix function"
    code: ClassVar[Kernels] = {
        "expm": spelled(
            numpy="_expm({0})",
            jax="jax.scipy.linalg.expm({0})",
            torch="torch.linalg.matrix_exp({0})",
            julia="exp({0})",
            matlab="expm({0})",
            sympy="{0:5}.exp()",
        ),
        "spectral": spelled(  # f(A) by eigenvectors; f and its derivative are written by the language's lambda
            "_spectral({f}, {0})", julia="spectral_({f}, {0})", matlab="spectral_({f}, {0})"
        ),
    }

    @property
    def template(self) -> str:  # type: ignore[override]
        """The exponential alone: a bare log of a matrix is read entry by entry, so that logm is not written."""
        return "e^{{0}}" if self.params[0] == "exp" else ""

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        square(shapes[0], f"the matrix {params[0]}", equate)
        return shapes[0]

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return expm(args[0]) if self.params[0] == "exp" else logm(args[0])

    def transposed(self) -> Expr:
        return self.rebuild([transpose(self.args[0])])

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        return None if tangents[0] is None else frechet(self.params, self.args[0], tangents[0])

    def numeric(self, *values: Array) -> Array:
        return expm_value(values[0]) if self.params[0] == "exp" else spectral_value(self.params, values[0])


def expm(x: Expr) -> Expr:
    """The matrix exponential e^X."""
    if x.is_scalar:
        from nablatex.algebra.elementwise import elementwise

        return elementwise("exp", x)
    if is_zero(x) and x.shape[0] == x.shape[1]:
        return identity(x.shape[0])
    return MatrixFunction((x,), ("exp",))


def logm(x: Expr) -> Expr:
    """The principal matrix logarithm, where no eigenvalue is negative or zero."""
    if x.is_scalar:
        from nablatex.algebra.elementwise import elementwise

        return elementwise("log", x)
    if isinstance(x, Identity):
        return zero(x.shape)
    return MatrixFunction((x,), ("log",))


def sqrtm(x: Expr) -> Expr:
    """The principal square root X^{1/2}."""
    return power(x, number("1/2"))


def slope(function: tuple[Any, ...], x: Expr) -> Expr:
    """f'(X)."""
    if function[0] == "exp":
        return expm(x)
    if function[0] == "log":
        return inverse(x)
    k: Fraction = function[1]
    return scale(k, power(x, number(k - 1)))


class Frechet(Expr):
    """L_f(X, E), linear in E: arguments (X, E); params are (exp,), (log,) or (power, k)."""

    __slots__ = ()
    name = "frechet"
    rule = "linearity"
    move = "adjoint of the Fréchet derivative"
    code: ClassVar[Kernels] = {
        "expm_frechet": spelled(
            numpy="_expm_frechet({0}, {1})",
            jax="jax.scipy.linalg.expm_frechet({0}, {1}, compute_expm=False)",
            torch="_expm_frechet({0}, {1})",
            julia="expm_frechet_({0}, {1})",
            matlab="expm_frechet_({0}, {1})",
        ),
        "spectral_frechet": spelled(
            "_spectral_frechet({f}, {df}, {0}, {1})",
            julia="spectral_frechet_({f}, {df}, {0}, {1})",
            matlab="spectral_frechet_({f}, {df}, {0}, {1})",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        square(shapes[0], "a function", equate)
        for k in (0, 1):
            equate(shapes[0][k], shapes[1][k], "a direction of another shape")
        return shapes[0]

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return frechet(self.params, args[0], args[1])

    def transposed(self) -> Expr:
        return frechet(self.params, transpose(self.args[0]), transpose(self.args[1]))

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """Linear in E; by X, under the sign of the integral that it is."""
        (x, e), (dx, de) = self.args, tangents
        terms = [] if de is None else [frechet(self.params, x, de)]
        if dx is not None:
            terms.append(self._second(x, e, dx))
        return add(*terms) if terms else None

    def _second(self, x: Expr, e: Expr, dx: Expr) -> Expr:
        from nablatex.algebra.integrals import over

        if self.params[0] not in ("exp", "log"):
            raise NotDifferentiable("the second derivative of this power of a matrix has no usual closed form")
        s = free_letter(self, dx)
        if self.params[0] == "exp":
            rest = add(number(1), mul(number(-1), s))
            first = mul(frechet(self.params, mul(s, x), mul(s, dx)), e, expm(mul(rest, x)))
            second = mul(expm(mul(s, x)), e, frechet(self.params, mul(rest, x), mul(rest, dx)))
            return over(add(first, second), s, 1)
        resolvent = inverse(add(x, mul(s, identity(x.shape[0]))))
        both = add(mul(resolvent, dx, resolvent, e, resolvent), mul(resolvent, e, resolvent, dx, resolvent))
        return mul(number(-1), over(both, s, None))

    def written(self) -> Expr | None:
        """Of exp the integral of e^{sX} E e^{(1-s)X} over 0..1 (Higham, equation 10.15), of log that of
        (X + sI)^{-1} E (X + sI)^{-1} over 0..infinity (section 11.2); of X^k with 0 < k < 1 it is sin(kπ)/π times that
        of s^k (X + sI)^{-1} E (X + sI)^{-1}, as X^k is that of s^{k-1} X (X + sI)^{-1} (Bhatia, Matrix Analysis, V.56)."""
        from nablatex.algebra.atoms import Constant
        from nablatex.algebra.elementwise import elementwise
        from nablatex.algebra.integrals import over

        x, e = self.args
        s = free_letter(self)
        if self.params[0] == "exp":
            return over(mul(expm(mul(s, x)), e, expm(mul(add(number(1), mul(number(-1), s)), x))), s, 1)
        if self.params[0] == "log":
            resolvent = inverse(add(x, mul(s, identity(x.shape[0]))))
            return over(mul(resolvent, e, resolvent), s, None)
        k: Fraction = self.params[1]
        if k.denominator == 2 and k > 1:  # d(X^m X^{1/2})
            m, root = int(k - HALF), sqrtm(x)
            terms = [mul(power(x, number(j)), e, power(x, number(m - 1 - j)), root) for j in range(m)]
            return add(*terms, mul(power(x, number(m)), frechet(("power", HALF), x, e)))
        if 0 < k < 1:
            resolvent = inverse(add(x, mul(s, identity(x.shape[0]))))
            sine = elementwise("sin", mul(number(k), Constant((), ("\\pi",))))
            factor = mul(sine, power(Constant((), ("\\pi",)), number(-1)))
            return mul(factor, over(mul(power(s, number(k)), resolvent, e, resolvent), s, None))
        return None

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        """<G, L_f(X, E)> = <L_f(X^T, G), E>."""
        return frechet(self.params, transpose(self.args[0]), cotangent)

    def vectorised(self, i: int) -> Expr | None:
        return FrechetMatrix((self.args[0],), self.params)

    def traced(self) -> Expr | None:
        """tr L_f(X, E) = tr(f'(X) E): the adjoint of L_f, at the identity (Higham, Functions of Matrices, chapter 3)."""
        return trace(mul(slope(self.params, self.args[0]), self.args[1]))

    def numeric(self, *values: Array) -> Array:
        return frechet_value(self.params, values[0], values[1])


def frechet(function: tuple[Any, ...], x: Expr, e: Expr) -> Expr:
    """L_f(X, E), and f'(X) E where E is known to commute with X.

    For S = X^{1/2} it is the solution of S L + L S = E (Higham, equation 6.2).
    """
    if is_zero(e):
        return zero(x.shape)
    if commute(x, e):
        return mul(e, slope(function, x))
    if function == ("power", HALF):
        from nablatex.algebra.sylvester import sylvester

        return sylvester(sqrtm(x), sqrtm(x), e)
    k, rest = split_coefficient(e)
    if isinstance(rest, Mul):
        scalars, chain = rest.parts()
        if scalars:
            return mul(number(k), *scalars, Frechet((x, mul(*chain)), function))
    return scale(k, Frechet((x, rest), function))


def commute(x: Expr, e: Expr) -> bool:
    """Whether E is known to be a function of X: the identity, X itself, a power or a function of it."""
    core, direction = _core(x), _core(e)
    if isinstance(direction, Identity) or direction == core or isinstance(core, Identity):
        return True
    return isinstance(direction, (Power, Inverse, MatrixFunction)) and _core(direction.args[0]) == core


def _core(e: Expr) -> Expr:
    """e without its scalar factors."""
    if isinstance(e, Mul):
        scalars, chain = e.parts()
        return mul(*chain) if scalars and chain else e
    return e


def free_letter(*avoid: Expr) -> Expr:
    """A number s over which an integral can run: no expression of avoid uses its name."""
    taken = {getattr(v, "label", "") for e in avoid for v in e.walk()}
    taken |= {x for e in avoid for v in e.walk() for d in v.shape for x in d.letters()}
    return symbol(next(c for c in (*"su", "\\tau", "\\xi", "\\eta", "\\zeta", "\\varsigma", "s'") if c not in taken))


class FrechetMatrix(Expr):
    """The n²×n² matrix K with vec L_f(X, E) = K vec E; parameters as of Frechet."""

    __slots__ = ()
    name = "frechet_matrix"
    code: ClassVar[Kernels] = {
        "expm_frechet_matrix": spelled(
            numpy="_matrix_of(lambda e: _expm_frechet({0:n}, e), {r0})",
            jax="_matrix_of(lambda e: jax.scipy.linalg.expm_frechet({0:n}, e, compute_expm=False), {r0})",
            torch="_matrix_of(lambda e: _expm_frechet({0:n}, e), {r0})",
            julia="matrix_of_(e -> expm_frechet_({0:n}, e), {r0})",
            matlab="matrix_of_(@(e) expm_frechet_({0:n}, e), {r0})",
        ),
        "spectral_frechet_matrix": spelled(
            "_matrix_of(lambda e: _spectral_frechet({f}, {df}, {0:n}, e), {r0})",
            julia="matrix_of_(e -> spectral_frechet_({f}, {df}, {0:n}, e), {r0})",
            matlab="matrix_of_(@(e) spectral_frechet_({f}, {df}, {0:n}, e), {r0})",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        square(shapes[0], "a function", equate)
        n = shapes[0][0]
        return (n * n, n * n)

    def transposed(self) -> Expr:
        return FrechetMatrix((transpose(self.args[0]),), self.params)

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        if tangents[0] is None:
            return None
        whole = self.written()
        if whole is None:
            raise NotDifferentiable("the second derivative of this matrix function has no usual closed form")
        from nablatex.algebra.integrals import over

        x, dx = self.args[0], tangents[0]
        s = free_letter(self, dx)
        rest = add(number(1), mul(number(-1), s))
        back, there = mul(rest, transpose(x)), mul(s, x)
        return over(
            add(
                kron(frechet(self.params, back, mul(rest, transpose(dx))), expm(there)),
                kron(expm(back), frechet(self.params, there, mul(s, dx))),
            ),
            s,
            1,
        )

    def written(self) -> Expr | None:
        """Of exp the integral of e^{(1-s)X^T} ⊗ e^{sX} over 0..1 (Higham, section 10.2)."""
        from nablatex.algebra.integrals import over

        if self.params[0] != "exp":
            return None
        x, s = self.args[0], free_letter(self)
        rest = add(number(1), mul(number(-1), s))
        return over(kron(expm(mul(rest, transpose(x))), expm(mul(s, x))), s, 1)

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        n = values[0].shape[0]
        units = [np.eye(n * n)[k].reshape(n, n, order="F") for k in range(n * n)]
        return np.column_stack([frechet_value(self.params, values[0], e).reshape(-1, order="F") for e in units])


def power_differential(base: Expr, k: Fraction, tangent: Expr) -> Expr:
    """d(X^k) for a fractional k; d(S^{-1}) = -S^{-1} dS S^{-1} with S = X^{1/2} for k = -1/2."""
    if k == -HALF and not commute(base, tangent):
        root = power(base, number(k))
        return mul(number(-1), root, frechet(("power", HALF), base, tangent), root)
    return frechet(("power", k), base, tangent)


# ---- values


def expm_value(a: Array) -> Array:
    """e^A by scaling and squaring of the Taylor series, of order 14 at a norm of at most 1/16."""
    import numpy as np

    size = float(np.abs(a).sum(axis=0).max())
    if not size < 1e5:
        raise FloatingPointError("the exponential of a matrix that is too large")
    halvings = max(0, int(np.ceil(np.log2(max(size, 1e-3)))) + 4)
    a = a / 2.0**halvings
    total = term = np.eye(a.shape[0])
    for k in range(1, 15):
        term = term @ a / k
        total = total + term
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(halvings):
            total = total @ total
    if not np.all(np.isfinite(total)):
        raise FloatingPointError("the exponential of a matrix that is too large")
    return total


def _functions(function: tuple[Any, ...]) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    import numpy as np

    if function[0] == "log":
        return np.log, lambda z: 1 / z
    k = float(function[1])
    return lambda z: z**k, lambda z: k * z ** (k - 1)


def _spectrum(x: Array) -> tuple[Array, Array]:
    import numpy as np

    w, v = np.linalg.eig(x)
    if np.any((np.abs(w.imag) < 1e-12) & (w.real <= 0)):
        raise FloatingPointError("a principal matrix function at an eigenvalue that is not positive")
    if not np.linalg.cond(v) < DEFECTIVE:
        raise FloatingPointError("a matrix without a basis of eigenvectors")
    return w.astype(complex), v


def spectral_value(function: tuple[Any, ...], x: Array) -> Array:
    """f(X) by eigenvectors.  FloatingPointError off the principal domain."""
    import numpy as np

    w, v = _spectrum(x)
    return np.asarray(((v * _functions(function)[0](w)) @ np.linalg.inv(v)).real)


def frechet_value(function: tuple[Any, ...], x: Array, e: Array) -> Array:
    """L_f(X, E): for exp the corner of e^{[X E; 0 X]}, else by divided differences (Daleckii and Krein)."""
    import numpy as np

    n = x.shape[0]
    if function[0] == "exp":
        return expm_value(np.block([[x, e], [np.zeros((n, n)), x]]))[:n, n:]
    w, v = _spectrum(x)
    f, df = _functions(function)
    gap = w[:, None] - w[None, :]
    close = np.abs(gap) < 1e-6 * np.abs(w).max()
    middle = (w[:, None] + w[None, :]) / 2
    divided = np.where(close, df(middle), (f(w)[:, None] - f(w)[None, :]) / np.where(close, 1, gap))
    return np.asarray((v @ (divided * (np.linalg.inv(v) @ e @ v)) @ np.linalg.inv(v)).real)


__all__ = ["Frechet", "FrechetMatrix", "MatrixFunction", "expm", "frechet", "logm", "power_differential", "sqrtm"]
