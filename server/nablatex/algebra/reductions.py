"""Matrix to scalar: trace, determinant, norms, inner products; and the adjugate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.atoms import Identity, Size
from nablatex.algebra.build import add, identity, is_zero, mul, number, power, transpose
from nablatex.algebra.core import Inverse, Mul, Transpose, square
from nablatex.algebra.dims import SCALAR, Equate, Shape, one_shape
from nablatex.algebra.expr import Expr
from nablatex.algebra.spelling import Kernels, spelled

if TYPE_CHECKING:
    from nablatex.algebra.components import Indices
    from nablatex.algebra.evaluate import Array
    from nablatex.algebra.exact import ExactEvaluator, Jet


class Trace(Expr):
    """tr X of a square matrix."""

    __slots__ = ()
    name = "trace"
    analytic = True
    rule = "trace of a differential"
    move = "trace"
    linear = True
    template = r"\operatorname{tr}({0})"
    spellings = ("tr", "Tr", "trace", "Trace", "TR")
    code: ClassVar[Kernels] = {
        "trace": spelled("np.trace({0})", julia="tr({0})", matlab="trace({0})", sympy="{0:5}.trace()"),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        square(shapes[0], "the trace", equate)
        return SCALAR

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return trace(args[0])

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        return mul(cotangent, identity(self.args[0].shape[0]))

    def vectorised(self, i: int) -> Expr | None:
        from nablatex.algebra.structure import vec

        return transpose(vec(identity(self.args[0].shape[0])))

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        """tr X is the sum of X_kk."""
        n = self.args[0].shape[0]
        k = indices.fresh(n)
        return indices.total(self.args[0].component(k, k, indices), k, n)

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        return np.array([[np.trace(values[0])]])

    def exact(self, *values: Jet) -> Jet:
        return values[0].trace()


def trace(x: Expr) -> Expr:
    """tr X, linear, scalars pulled out, and turned to a scalar product where a vector is in the cycle."""
    if x.is_scalar:
        return x
    if x.shape[0] != x.shape[1]:
        return Trace((x,))  # raises with the operator's own words
    if is_zero(x):
        return number(0)
    if isinstance(x, Identity):
        return Size((), (x.shape[0],)) if x.shape[0].value is None else number(x.shape[0].value)
    if isinstance(x, Transpose):
        return trace(x.args[0])
    simpler = x.traced()
    if simpler is not None:
        return simpler
    if isinstance(x, Mul):
        scalars, chain = x.parts()
        for k in range(1, len(chain)):
            if chain[k].shape[0] == SCALAR[0]:  # ... u | v^T ...: rotate to v^T ... u
                return mul(*scalars, *chain[k:], *chain[:k])
        if scalars:
            return mul(*scalars, trace(mul(*chain)))
    return Trace((x,))


class Det(Expr):
    """det X of a square matrix."""

    __slots__ = ()
    name = "det"
    analytic = True
    rule = "Jacobi's formula"
    template = r"\det({0})"
    spellings = ("det", "Det", "determinant")
    code: ClassVar[Kernels] = {
        "det": spelled("np.linalg.det({0})", julia="det({0})", matlab="det({0})", sympy="{0:5}.det()"),
        "logdet": spelled(
            "np.linalg.slogdet({0})[1]",
            julia="logabsdet({0})[1]",
            matlab="sum(log(abs(diag(lu({0})))))",
            sympy="sympy.log({0:5}.det())",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        square(shapes[0], "the determinant", equate)
        return SCALAR

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return det(args[0])

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d det X = det X tr(X^{-1} dX) (Matrix Cookbook 46)."""
        if tangents[0] is None:
            return None
        from nablatex.algebra.build import inverse

        return mul(self, trace(mul(inverse(self.args[0]), tangents[0])))

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        x = values[0]
        if np.iscomplexobj(x):
            return np.array([[np.linalg.det(x)]])
        value = float(np.linalg.det(x))
        # what rounding leaves of a rank deficient matrix's determinant is no value to take a logarithm of
        size = float(np.prod(np.linalg.norm(x, axis=1)))
        return np.array([[0.0 if abs(value) < 1e-11 * size else value]])

    def exact(self, *values: Jet) -> Jet:
        return values[0].characteristic()[0]


def det(x: Expr) -> Expr:
    """det X, with transposes and inverses taken out: det X^T = det X, det X^{-1} = 1/det X."""
    if x.is_scalar:
        return x
    if x.shape[0] == x.shape[1]:
        if isinstance(x, Identity):
            return number(1)
        if isinstance(x, Transpose):
            return det(x.args[0])
        if isinstance(x, Inverse):
            return power(det(x.args[0]), number(-1))
        if x.name == "matrix_function" and x.params[0] == "exp":  # det e^X = e^{tr X}
            from nablatex.algebra.elementwise import elementwise

            return elementwise("exp", trace(x.args[0]))
    return Det((x,))


class Adjugate(Expr):
    """adj X, the transpose of the cofactor matrix: X adj X = det X · I."""

    __slots__ = ()
    name = "adjugate"
    analytic = True
    rule = "differential of the adjugate"
    template = r"\operatorname{adj}({0})"
    spellings = ("adj", "adjoint", "adjugate")
    code: ClassVar[Kernels] = {
        "adjugate": spelled(
            "2|np.linalg.det({0}) * np.linalg.inv({0})",
            julia="2|det({0}) * inv({0})",
            matlab="2|det({0}) * inv({0})",
            sympy="{0:5}.adjugate()",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        square(shapes[0], "the adjugate", equate)
        return shapes[0]

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """From adj X = det X · X^{-1}, for invertible X."""
        if tangents[0] is None:
            return None
        from nablatex.algebra.build import inverse

        x = self.args[0]
        xi = inverse(x)
        return mul(det(x), add(mul(trace(mul(xi, tangents[0])), xi), mul(number(-1), xi, tangents[0], xi)))

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        x = values[0]
        n = x.shape[0]
        out = np.empty((n, n), dtype=x.dtype)
        for i in range(n):
            for j in range(n):
                minor = np.delete(np.delete(x, i, 0), j, 1)
                out[j, i] = (-1) ** (i + j) * (np.linalg.det(minor) if n > 1 else 1.0)
        return out

    def exact(self, *values: Jet) -> Jet:
        return values[0].characteristic()[1]


class Norm(Expr):
    """Frobenius norm of a matrix, Euclidean norm of a vector."""

    __slots__ = ()
    name = "norm"
    analytic = True
    rule = "differential of a norm"
    template = r"\|{0}\|"
    code: ClassVar[Kernels] = {
        "norm": spelled("np.linalg.norm({0})", julia="norm({0})", matlab="norm({0}, 'fro')", sympy="{0:5}.norm()"),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return SCALAR

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return norm(args[0])

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d‖X‖ = <X, dX> / ‖X‖, for X ≠ 0."""
        if tangents[0] is None:
            return None
        return mul(power(self, number(-1)), inner(self.args[0], tangents[0]))

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        """The root of the sum of the squares of the entries."""
        m, n = self.args[0].shape
        r, c = indices.fresh(m), indices.fresh(n)
        squares = power(self.args[0].component(r, c, indices), number(2))
        return power(indices.total(indices.total(squares, c, n), r, m), number("1/2"))

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        x = values[0]
        return np.array([[np.sqrt(np.sum(x * x)) if np.iscomplexobj(x) else np.linalg.norm(x)]])

    def exact(self, *values: Jet) -> Jet:
        return (values[0] * values[0]).total().apply("sqrt")

    def exact_power(self, ev: ExactEvaluator, k: int) -> Jet:
        """An even power of a norm is rational."""
        if k % 2:
            return ev(self).power(k)
        x = ev(self.args[0])
        return (x * x).total().power(k // 2)


def norm(x: Expr) -> Expr:
    if is_zero(x):
        return number(0)
    if isinstance(x, Transpose):
        return norm(x.args[0])
    if x.name == "kron":  # ‖A ⊗ B‖ = ‖A‖ ‖B‖
        return mul(*[norm(a) for a in x.args])
    return Norm((x,))


class Norm1(Expr):
    """Sum of the absolute values of the entries."""

    __slots__ = ()
    name = "norm1"
    proviso = "where no entry of {0} is zero"
    rule = "differential of the 1-norm"
    template = r"\|{0}\|_1"
    code: ClassVar[Kernels] = {
        "norm1": spelled(
            "np.sum(np.abs({0}))",
            julia="sum(abs.({0}))",
            matlab="sum(sum(abs({0})))",
            sympy="sum({0:5}.applyfunc(sympy.Abs))",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return SCALAR

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d‖X‖_1 = <sign X, dX>, where no entry is zero."""
        from nablatex.algebra.elementwise import elementwise

        return None if tangents[0] is None else inner(elementwise("sign", self.args[0]), tangents[0])

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        return np.array([[np.abs(values[0]).sum()]])

    def exact(self, *values: Jet) -> Jet:
        return (values[0] * values[0].apply("sign")).total()


class Inner(Expr):
    """<A, B> = tr(A^T B), the Frobenius product A : B."""

    __slots__ = ()
    name = "inner"
    analytic = True
    rule = "product rule"
    move = "definition of the inner product"
    linear = True
    code: ClassVar[Kernels] = {
        "inner": spelled(
            "np.vdot({0}, {1})",
            torch="torch.sum({0:2} * {1:3})",
            julia="dot({0}, {1})",
            matlab="sum(sum({0:2} .* {1:3}))",
            sympy="({0:5}.T * {1:3}).trace()",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        one_shape(shapes, "the inner product of", equate)
        return SCALAR

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return inner(args[0], args[1])

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        return mul(cotangent, self.args[1 - i])

    def vectorised(self, i: int) -> Expr | None:
        from nablatex.algebra.structure import vec

        return transpose(vec(self.args[1 - i]))

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        return np.array([[np.sum(values[0] * values[1])]])

    def exact(self, *values: Jet) -> Jet:
        return (values[0] * values[1]).total()


def inner(a: Expr, b: Expr) -> Expr:
    """<A, B>: a product for scalars and vectors (a^T b), tr(A^T B) with scalars pulled out for matrices."""
    if a.shape != b.shape:
        return Inner((a, b))  # raises with the operator's own words
    if is_zero(a) or is_zero(b):
        return number(0)
    if a.is_scalar:
        return mul(a, b)
    if a.shape[1] == SCALAR[0]:
        return mul(transpose(a), b)
    if a.shape[0] == SCALAR[0]:
        return mul(a, transpose(b))
    return trace(mul(transpose(a), b))
