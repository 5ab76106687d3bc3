"""Matrices made of blocks inside symbolic formulas: products and sums block by block, inverses, determinants, traces.

Inverse and determinant go by the Schur complement S = D - C A^{-1} B (Horn & Johnson, Matrix Analysis, 0.7.3 and 0.8.5);
a triangular array needs none.  Arrays of numbers are worked out exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy

from nablatex.algebra import ops
from nablatex.algebra.atoms import Number
from nablatex.algebra.blocks import Blocks
from nablatex.algebra.core import Add, Inverse, Mul, Power
from nablatex.algebra.expr import Expr
from nablatex.algebra.reductions import Det, Trace
from nablatex.algebra.simplify import simplify

Grid = list[list[Expr]]


def work_out(e: Expr) -> tuple[Expr, tuple[str, ...]]:
    """The formula with its block matrices worked out, and the rules that were used; the same formula if there are none."""
    rules: dict[str, None] = {}
    return simplify(_go(e, rules)), tuple(rules)


def has_blocks(e: Expr) -> bool:
    return any(isinstance(x, Blocks) for x in e.walk())


def _go(e: Expr, rules: dict[str, None]) -> Expr:
    if not e.args or not has_blocks(e):
        return e
    args = [_go(a, rules) for a in e.args]
    if isinstance(e, Mul):
        return _product(args, rules)
    if isinstance(e, Add):
        return _sum(args, rules)
    (first, *_) = args
    if isinstance(first, Blocks):
        if isinstance(e, Inverse):
            return _inverse(first, rules)
        if isinstance(e, Det):
            return _det(first, rules)
        if isinstance(e, Trace):
            return _trace(first, rules)
        if isinstance(e, Power):
            return _power(e.rebuild(args), first, e, rules)
    return e.rebuild(args)


def grid(b: Blocks) -> Grid:
    rows, cols = b.params
    return [list(b.args[r * cols : (r + 1) * cols]) for r in range(rows)]


def _of(rows: Grid) -> Expr:
    return ops.matrix_literal(rows)


def _product(args: Sequence[Expr], rules: dict[str, None]) -> Expr:
    """Neighbouring arrays whose blocks fit are multiplied; a scalar factor goes to the front."""
    out: list[Expr] = []
    for x in args:
        last = out[-1] if out else None
        if isinstance(x, Blocks) and isinstance(last, Blocks) and _fit(last, x):
            rules["products block by block"] = None
            out[-1] = _times(grid(last), grid(x))
        else:
            out.append(x)
    scalars = [x for x in out if x.is_scalar]
    arrays = [x for x in out if not x.is_scalar]
    if len(arrays) == 1 and isinstance(arrays[0], Blocks) and scalars and all(_number(s) is not None for s in scalars):
        return _of([[ops.mul(*scalars, x) for x in row] for row in grid(arrays[0])])
    return ops.mul(*out)


def _fit(a: Blocks, b: Blocks) -> bool:
    """Whether the columns of a are cut as the rows of b are."""
    left, right = grid(a), grid(b)
    return [x.shape[1] for x in left[0]] == [row[0].shape[0] for row in right]


def _times(a: Grid, b: Grid) -> Expr:
    return _of(
        [
            [ops.add(*(ops.mul(a[i][k], b[k][j]) for k in range(len(b)))) for j in range(len(b[0]))]
            for i in range(len(a))
        ]
    )


def _sum(args: Sequence[Expr], rules: dict[str, None]) -> Expr:
    """Arrays that are cut alike are added; multiples of them by numbers too."""
    out: list[Expr] = []
    for x in args:
        at = next(
            (i for i, y in enumerate(out) if isinstance(x, Blocks) and isinstance(y, Blocks) and _alike(x, y)), None
        )
        if at is None:
            out.append(x)
            continue
        rules["sums block by block"] = None
        y = out[at]
        assert isinstance(x, Blocks) and isinstance(y, Blocks)
        out[at] = _of(
            [[ops.add(p, q) for p, q in zip(r, s, strict=True)] for r, s in zip(grid(y), grid(x), strict=True)]
        )
    return ops.add(*out)


def _alike(a: Blocks, b: Blocks) -> bool:
    return a.params == b.params and all(x.shape == y.shape for x, y in zip(a.args, b.args, strict=True))


def _inverse(b: Blocks, rules: dict[str, None]) -> Expr:
    numbers = _numbers(b)
    if numbers is not None:
        if numbers.det() == 0:
            return ops.inverse(b)
        rules["the inverse worked out"] = None
        return _from_numbers(numbers.inv())
    g = grid(b)
    if len(g) != 2 or len(g[0]) != 2 or any(g[i][i].shape[0] != g[i][i].shape[1] for i in range(2)):
        return ops.inverse(b)
    (p, q), (r, s) = g
    minus = ops.number(-1)
    if ops.is_zero(r) or ops.is_zero(q):
        rules["the inverse of a block triangular matrix"] = None
        pi, si = ops.inverse(p), ops.inverse(s)
        upper = ops.zero(q.shape) if ops.is_zero(q) else ops.mul(minus, pi, q, si)
        lower = ops.zero(r.shape) if ops.is_zero(r) else ops.mul(minus, si, r, pi)
        return _of([[pi, upper], [lower, si]])
    rules["the block inverse by the Schur complement"] = None
    pi = ops.inverse(p)
    schur = ops.inverse(ops.add(s, ops.mul(minus, r, pi, q)))
    return _of(
        [
            [ops.add(pi, ops.mul(pi, q, schur, r, pi)), ops.mul(minus, pi, q, schur)],
            [ops.mul(minus, schur, r, pi), schur],
        ]
    )


def _det(b: Blocks, rules: dict[str, None]) -> Expr:
    numbers = _numbers(b)
    if numbers is not None:
        rules["the determinant worked out"] = None
        return _rational(numbers.det())
    g = grid(b)
    if len(g) != 2 or len(g[0]) != 2:
        return ops.det(b)
    (p, q), (r, s) = g
    square = p.shape[0] == p.shape[1] and s.shape[0] == s.shape[1]
    if not square:
        return ops.det(b)
    if ops.is_zero(q) or ops.is_zero(r):
        rules["the determinant of a block triangular matrix"] = None
        return ops.mul(ops.det(p), ops.det(s))
    if p.is_scalar and s.is_scalar:
        return ops.add(ops.mul(p, s), ops.mul(ops.number(-1), q, r))
    rules["the determinant by the Schur complement"] = None
    if _number(p) == 0:
        return ops.mul(ops.det(s), ops.det(ops.add(p, ops.mul(ops.number(-1), q, ops.inverse(s), r))))
    return ops.mul(ops.det(p), ops.det(ops.add(s, ops.mul(ops.number(-1), r, ops.inverse(p), q))))


def _trace(b: Blocks, rules: dict[str, None]) -> Expr:
    g = grid(b)
    if len(g) != len(g[0]) or any(g[i][i].shape[0] != g[i][i].shape[1] for i in range(len(g))):
        return ops.trace(b)
    rules["the trace block by block"] = None
    return ops.add(*(ops.trace(g[i][i]) for i in range(len(g))))


def _power(rebuilt: Expr, base: Blocks, e: Expr, rules: dict[str, None]) -> Expr:
    """A small whole power as repeated products."""
    k = _number(e.args[1]) if len(e.args) > 1 else None
    if k is None or k.denominator != 1 or not 2 <= k <= 4:
        return rebuilt
    out: Expr = base
    for _ in range(int(k) - 1):
        out = _product([out, base], rules)
    return out


def _number(e: Expr) -> Fraction | None:
    if ops.is_zero(e) and e.is_scalar:
        return Fraction(0)
    return e.value if isinstance(e, Number) else None


def _numbers(b: Blocks) -> sympy.Matrix | None:
    values = [_number(x) for x in b.args]
    if any(v is None for v in values):
        return None
    rows, cols = b.params
    return sympy.Matrix(rows, cols, [sympy.Rational(v.numerator, v.denominator) for v in values if v is not None])


def _from_numbers(m: sympy.Matrix) -> Expr:
    return _of([[_rational(m[i, j]) for j in range(m.cols)] for i in range(m.rows)])


def _rational(x: sympy.Rational) -> Expr:
    return ops.number(Fraction(int(x.p), int(x.q)))
