"""Rearrangements: diag both ways, Kronecker product, vec and its inverse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.atoms import Commutation, Identity, Ones, Pattern
from nablatex.algebra.build import add, identity, is_zero, mul, number, ones, split_coefficient, transpose, zero
from nablatex.algebra.core import Add, Mul, square
from nablatex.algebra.dims import ONE, Dim, Equate, Shape, dim, shape_text
from nablatex.algebra.expr import Expr
from nablatex.algebra.reductions import trace
from nablatex.algebra.spelling import Kernels, spelled

if TYPE_CHECKING:
    from nablatex.algebra.components import Indices
    from nablatex.algebra.evaluate import Array, Evaluator
    from nablatex.algebra.exact import ExactEvaluator, Jet


class Diag(Expr):
    """The diagonal matrix of a column."""

    __slots__ = ()
    name = "diag"
    analytic = True
    rule = "linearity"
    move = "adjoint of diag"
    linear = True
    template = r"\operatorname{diag}({0})"
    spellings = ("diag", "Diag")
    code: ClassVar[Kernels] = {
        "diag": spelled("np.diag({0})", julia="diagm({0})", matlab="diag({0})", sympy="sympy.diag(*{0:5})"),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        if shapes[0][1] != ONE:
            equate(shapes[0][1], ONE, f"diag of a {shape_text(shapes[0])} matrix as of a column")
        return (shapes[0][0], shapes[0][0])

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return diag(args[0])

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        return diag_part(cotangent)

    def vectorised(self, i: int) -> Expr | None:
        return transpose(DiagSelection((), (self.shape[0],)))

    def transposed(self) -> Expr:
        return self

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        from nablatex.algebra.indices import delta

        return mul(delta(i, j), self.args[0].component(i, number(1), indices))

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        return np.diag(values[0][:, 0])

    def exact(self, *values: Jet) -> Jet:
        return values[0].diagonal_matrix()


class DiagPart(Expr):
    """The diagonal of a square matrix as a column."""

    __slots__ = ()
    name = "diag_part"
    analytic = True
    rule = "linearity"
    move = "adjoint of diag"
    linear = True
    template = r"\operatorname{diag}({0})"
    code: ClassVar[Kernels] = {
        "diag_part": spelled("np.diagonal({0})", julia="diag({0})", matlab="diag({0})", sympy="{0:5}.diagonal().T"),
        "row_dots": spelled(  # the diagonal of A B^T
            "np.einsum('ij,ij->i', {0}, {1})",
            julia="vec(sum({0:2} .* {1:3}, dims=2))",
            matlab="sum({0:2} .* {1:3}, 2)",
            sympy="({0:2} * {1:5}.T).diagonal().T",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        square(shapes[0], "the diagonal", equate)
        return (shapes[0][0], ONE)

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return diag_part(args[0])

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        return diag(cotangent)

    def vectorised(self, i: int) -> Expr | None:
        return DiagSelection((), (self.shape[0],))

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        return self.args[0].component(i, i, indices)

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        return np.diag(values[0]).reshape(-1, 1).copy()

    def exact(self, *values: Jet) -> Jet:
        return values[0].map(lambda x: x.diagonal(axis1=-2, axis2=-1)[..., None])


class DiagSelection(Pattern):
    """The n×n² matrix that takes vec X to the diagonal of X: params are (n,)."""

    __slots__ = ()
    name = "diag_selection"
    analytic = True
    rule = "linearity"
    move = "adjoint of diag"
    code: ClassVar[Kernels] = {
        "diag_selection": spelled(
            "np.eye({cols})[:: {rows} + 1]",
            torch="torch.eye({cols}{like})[:: {rows} + 1]",
            julia="Matrix(1.0I, {cols}, {cols})[1:({rows} + 1):({cols}), :]",
            matlab="full(sparse(1:{rows}, 1:({rows} + 1):({cols}), 1, {rows}, {cols}))",
            sympy="sympy.eye({cols})[:: {rows} + 1, :]",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        n: Dim = params[0]
        return (n, n * n)

    def evaluate(self, ev: Evaluator) -> Array:
        n = ev.size(self.params[0])
        out = ev.full(self.shape, 0.0)
        for i in range(n):
            out[i, i * n + i] = 1.0
        return out


def diag(x: Expr) -> Expr:
    """diag of a column (or row): a matrix; of a scalar itself."""
    if x.is_scalar:
        return x
    if x.shape[1] != ONE and x.shape[0] == ONE:
        x = transpose(x)
    if isinstance(x, Ones):
        return identity(x.shape[0])
    if is_zero(x):
        return zero((x.shape[0], x.shape[0]))
    if isinstance(x, Mul):
        scalars, chain = x.parts()
        if scalars:
            return mul(*scalars, diag(mul(*chain)))
    return Diag((x,))


def diag_part(x: Expr) -> Expr:
    """The diagonal of a square matrix."""
    if x.is_scalar:
        return x
    if isinstance(x, Diag):
        return x.args[0]
    if isinstance(x, Identity):
        return ones(x.shape[0])
    if is_zero(x):
        return zero((x.shape[0], ONE))
    if isinstance(x, Mul):
        from nablatex.algebra.elementwise import hadamard

        scalars, chain = x.parts()
        for k in range(1, len(chain)):
            if chain[k].shape[0] == ONE:  # diag(u v^T) = u ⊙ v
                return mul(*scalars, hadamard(mul(*chain[:k]), transpose(mul(*chain[k:]))))
        if scalars:
            return mul(*scalars, diag_part(mul(*chain)))
    return DiagPart((x,))


class Kron(Expr):
    """A ⊗ B."""

    __slots__ = ()
    name = "kron"
    analytic = True
    rule = "product rule for the Kronecker product"
    move = "adjoint of the Kronecker product"
    linear = True
    code: ClassVar[Kernels] = {
        "kron": spelled(
            "np.kron({0}, {1})",
            torch="torch.kron({0:5}.contiguous(), {1:5}.contiguous())",
            julia="kron({0}, {1})",
            matlab="kron({0}, {1})",
            sympy="sympy.kronecker_product({0}, {1})",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        (a, b), (c, d) = shapes
        return (a * c, b * d)

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return kron(args[0], args[1])

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        """Term by term: <C ⊗ D, dA ⊗ B> = <D, B><C, dA>; of u v^T by the rule of `_adjoint_of_outer`; else by the
        vectorised form, vec G' = L^T vec G."""
        if isinstance(cotangent, Add):
            return add(*[self.adjoint(i, t) for t in cotangent.args])
        scalars, chain = cotangent.parts() if isinstance(cotangent, Mul) else ((), (cotangent,))
        if len(chain) == 1 and isinstance(chain[0], Kron) and self.fits(chain[0]):
            c, d = chain[0].args
            a, b = self.args
            return (
                mul(*scalars, trace(mul(transpose(d), b)), c)
                if i == 0
                else mul(*scalars, trace(mul(transpose(c), a)), d)
            )
        for k in range(1, len(chain)):
            if chain[k].shape[0] == ONE:
                return mul(*scalars, self._adjoint_of_outer(i, mul(*chain[:k]), mul(*chain[k:])))
        whole = self.vectorised(i)
        assert whole is not None
        return unvec(mul(transpose(whole), vec(cotangent)), *self.args[i].shape)

    def fits(self, other: Expr) -> bool:
        return [a.shape for a in self.args] == [a.shape for a in other.args]

    def _adjoint_of_outer(self, i: int, u: Expr, row: Expr) -> Expr:
        """u^T (A ⊗ B) v = tr(U^T B V A^T) for u = vec U and v = vec V: by A it is U^T B V, by B it is U A V^T."""
        (m, n), (p, q) = self.args[0].shape, self.args[1].shape
        left, right = unvec(u, p, m), unvec(transpose(row), q, n)
        if i == 0:
            return mul(transpose(left), self.args[1], right)
        return mul(left, self.args[0], transpose(right))

    def vectorised(self, i: int) -> Expr | None:
        """vec(A ⊗ B) = (I_n ⊗ K_{qm} ⊗ I_p)(vec A ⊗ vec B) (Magnus & Neudecker 3.7, theorem 10)."""
        (m, n), (p, q) = self.args[0].shape, self.args[1].shape
        mix = kron(kron(identity(n), commutation(q, m)), identity(p))
        if i == 0:
            return mul(mix, kron(identity(m * n), vec(self.args[1])))
        return mul(mix, kron(vec(self.args[0]), identity(p * q)))

    def transposed(self) -> Expr:
        return kron(transpose(self.args[0]), transpose(self.args[1]))

    def traced(self) -> Expr | None:
        """tr(A ⊗ B) = tr A tr B of square factors (Matrix Cookbook 515)."""
        if any(a.shape[0] != a.shape[1] for a in self.args):
            return None
        return mul(*[trace(a) for a in self.args])

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        return np.kron(values[0], values[1])

    def exact(self, *values: Jet) -> Jet:
        return values[0].kron(values[1])


def kron(a: Expr, b: Expr) -> Expr:
    """A ⊗ B; a product where one of them is scalar or where a column meets a row."""
    if a.is_scalar or b.is_scalar:
        return mul(a, b)
    if is_zero(a) or is_zero(b):
        return zero((a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))
    if isinstance(a, Identity) and isinstance(b, Identity):
        return identity(a.shape[0] * b.shape[0])
    if a.shape[1] == ONE and b.shape[0] == ONE:  # a ⊗ b^T = a b^T
        return mul(a, b)
    if a.shape[0] == ONE and b.shape[1] == ONE:  # a^T ⊗ b = b a^T
        return mul(b, a)
    scalars: list[Expr] = []
    parts: list[Expr] = []
    for x in (a, b):
        if isinstance(x, Mul):
            outer, chain = x.parts()
            scalars.extend(outer)
            parts.append(mul(*chain))
        else:
            parts.append(x)
    return mul(*scalars, Kron(parts)) if scalars else Kron((a, b))


class Vec(Expr):
    """The columns of X below each other."""

    __slots__ = ()
    name = "vec"
    analytic = True
    rule = "linearity"
    move = "adjoint of vec"
    linear = True
    template = r"\operatorname{vec}({0})"
    spellings = ("vec", "Vec")
    code: ClassVar[Kernels] = {
        "vec": spelled("{0:5}.T.reshape(-1)", julia="vec({0})", matlab="reshape({0}, [], 1)", sympy="{0:5}.vec()"),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return (shapes[0][0] * shapes[0][1], ONE)

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return vec(args[0])

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        return unvec(cotangent, *self.args[0].shape)

    def vectorised(self, i: int) -> Expr | None:
        return None

    def numeric(self, *values: Array) -> Array:
        return values[0].reshape(-1, 1, order="F")

    def exact(self, *values: Jet) -> Jet:
        return values[0].map(lambda x: x.swapaxes(-1, -2).reshape(*x.shape[:-2], -1, 1))


def vec(x: Expr) -> Expr:
    if x.shape[1] == ONE:
        return x
    if x.shape[0] == ONE:
        return transpose(x)
    if isinstance(x, Unvec):
        return x.args[0]
    if isinstance(x, Ones):
        return ones(x.shape[0] * x.shape[1])
    if is_zero(x):
        return zero((x.shape[0] * x.shape[1], ONE))
    if isinstance(x, Mul):
        scalars, chain = x.parts()
        if scalars:
            return mul(*scalars, vec(mul(*chain)))
    return Vec((x,))


class Unvec(Expr):
    """The m×n matrix whose columns are stacked in the argument: params are (m, n)."""

    __slots__ = ()
    name = "unvec"
    analytic = True
    rule = "linearity"
    move = "adjoint of vec"
    linear = True
    template = r"\operatorname{vec}^{-1}({0})"
    code: ClassVar[Kernels] = {
        "unvec": spelled(
            "{0:5}.reshape({cols}, {rows}).T",
            julia="reshape({0}, {rows}, {cols})",
            matlab="reshape({0}, {rows}, {cols})",
            sympy="{0:5}.reshape({cols}, {rows}).T",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        m, n = params
        equate(shapes[0][0], m * n, f"unvec of {shape_text(shapes[0])} to {shape_text((m, n))}")
        return (m, n)

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return unvec(args[0], *self.params)

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        return vec(cotangent)

    def vectorised(self, i: int) -> Expr | None:
        return None

    def evaluate(self, ev: Evaluator) -> Array:
        return ev(self.args[0]).reshape(ev.size(self.params[0]), ev.size(self.params[1]), order="F")

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        m, n = ev.size(self.params[0]), ev.size(self.params[1])
        return ev(self.args[0]).map(lambda x: x.reshape(*x.shape[:-2], n, m).swapaxes(-1, -2))


def unvec(x: Expr, m: Dim, n: Dim) -> Expr:
    if isinstance(x, Vec) and x.args[0].shape == (m, n):
        return x.args[0]
    if n == ONE:
        return x
    if m == ONE:
        return transpose(x)
    if isinstance(x, Mul):
        scalars, chain = x.parts()
        if scalars:
            return mul(*scalars, unvec(mul(*chain), m, n))
    if isinstance(x, Add) and any(split_coefficient(t)[1].name == "vec" for t in x.args):
        return add(*[unvec(t, m, n) for t in x.args])
    return Unvec((x,), (m, n))


def commutation(m: Dim | str | int, n: Dim | str | int) -> Expr:
    """K_{mn}; the identity where m or n is 1."""
    a, b = dim(m), dim(n)
    if ONE in (a, b):
        return identity(a * b)
    return Commutation((), (a, b))
