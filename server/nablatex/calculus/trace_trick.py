"""The trace trick, move by move: from an expression linear in dX to <G, dX>.

A term is held as a pair (C, u) that stands for <C, u> = tr(C^T u), with u linear in dX.  A move takes the outermost
operator of u to the other side by its adjoint; what an author sees of it is the cyclic property, the trace of a
transpose, or the rule that moves a Hadamard factor (Magnus & Neudecker 1.10; Minka, Old and New Matrix Algebra).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nablatex.algebra.binders import Summing
from nablatex.algebra.build import add, mul, number, split_coefficient, transpose
from nablatex.algebra.core import Add, Mul, Transpose
from nablatex.algebra.dims import ONE
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.reductions import Inner, Trace
from nablatex.algebra.simplify import simplify
from nablatex.calculus.unfolding import Line

MAX_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Pair:
    """<cotangent, u> under sums over indices (outermost first)."""

    cotangent: Expr
    u: Expr
    sums: tuple[Summing, ...] = ()

    def under(self, shown: Expr) -> Expr:
        """The sums over what is shown of a term, its sign and number before them."""
        k, shown = split_coefficient(shown) if self.sums else (1, shown)
        for s in reversed(self.sums):
            shown = type(s)((shown, *s.args[1:]), s.params)
        return shown if k == 1 else mul(number(k), shown)


Show = Callable[[Pair], Expr]


def as_trace(p: Pair) -> Expr:
    """tr(C^T u); C^T u for a column, u C^T for a row."""
    c, u = p.cotangent, p.u
    if u.is_scalar:
        return p.under(mul(c, u))
    if u.shape[1] == ONE:
        return p.under(mul(transpose(c), u))
    if u.shape[0] == ONE:
        return p.under(mul(u, transpose(c)))
    return p.under(traced(mul(transpose(c), u)))


def as_product(p: Pair) -> Expr:
    """C : u, the Frobenius product."""
    c, u = p.cotangent, p.u
    if u.is_scalar:
        return p.under(mul(c, u))
    return p.under(Inner((c, u)))


def traced(m: Expr) -> Expr:
    """tr(m) with scalar factors in front, and nothing else rearranged."""
    scalars, rest = split_scalars(m)
    return mul(*scalars, Trace((rest,)))


def split_scalars(m: Expr) -> tuple[tuple[Expr, ...], Expr]:
    if isinstance(m, Mul) and not m.is_scalar:
        scalars, chain = m.parts()
        return scalars, chain[0] if len(chain) == 1 else Mul(chain)
    return (), m


def collect(linear: Expr, dx: Expr, style: str = "trace") -> tuple[list[Line], Expr]:
    """The lines from a scalar that is linear in dx to <G, dx>, and G (in the shape of dx, simplified).

    style: ``trace`` or ``frobenius``.  NotDifferentiable where an operator has no adjoint.
    """
    show: Show = as_product if style == "frobenius" else as_trace
    pairs = opened([Pair(number(1), linear)], dx)
    lines: list[Line] = []
    started = _started(pairs, dx) if style == "trace" else None
    if started is not None:
        lines.append(started)
    for k in range(MAX_ROUNDS):
        if all(p.u == dx for p in pairs):
            break
        rules: list[str] = ["definition of the Frobenius product"] if style == "frobenius" and k == 0 else []
        before = len(pairs)
        pairs = opened([_moved(p, dx, rules) for p in pairs], dx)
        if len(pairs) > before and not any(rules):
            rules.append(_linearity(dx))
        if style == "frobenius":  # nobody writes x^T : dx^T
            pairs = opened([_moved(p, dx, []) if _turned_vector(p.u) else p for p in pairs], dx)
        lines.append(Line(total(pairs, show), tuple(dict.fromkeys(r for r in rules if r))))
    gradient = simplify(add(*[_over(p) for p in pairs]) if pairs else number(0))
    lines.append(
        Line(gathered(gradient, dx, style), ("collecting terms",) if len(pairs) > 1 else ("transpose of a product",))
    )
    return lines, gradient


def _over(p: Pair) -> Expr:
    out = p.cotangent
    for s in reversed(p.sums):
        out = s.over(out)
    return out


def gathered(gradient: Expr, dx: Expr, style: str = "trace") -> Expr:
    """tr(G^T dX) or G : dX with G as one whole."""
    if dx.is_scalar:
        return mul(gradient, dx)
    if style == "frobenius":
        return Inner((gradient, dx))
    turned = Transpose((gradient,)) if gradient.name not in ("transpose",) else gradient.args[0]
    if dx.shape[1] == ONE:
        return Mul((turned, dx))
    if dx.shape[0] == ONE:
        return Mul((dx, turned))
    return Trace((Mul((turned, dx)),))


def total(pairs: Sequence[Pair], show: Show) -> Expr:
    shown = [show(p) for p in pairs]
    return shown[0] if len(shown) == 1 else add(*shown)


def _started(pairs: Sequence[Pair], dx: Expr) -> Line | None:
    """The line on which scalars are put under a trace; a differential of a vector needs none."""
    wrapped = [p for p in pairs if _bare_product(p, dx)] if ONE not in dx.shape else []
    if not wrapped:
        return Line(total(pairs, as_trace), (_linearity(dx),)) if len(pairs) > 1 else None
    shown = [p.under(mul(p.cotangent, _under_trace(p.u))) if _bare_product(p, dx) else as_trace(p) for p in pairs]
    return Line(shown[0] if len(shown) == 1 else add(*shown), ("a scalar is its own trace",))


def _linearity(dx: Expr) -> str:
    return "linearity" if ONE in dx.shape else "linearity of the trace"


def _bare_product(p: Pair, dx: Expr) -> bool:
    """a^T dX b: a 1×1 product with the differential of the matrix, perhaps transposed, among its factors."""
    return p.u.is_scalar and isinstance(p.u, Mul) and any(a in (dx, Transpose((dx,))) for a in p.u.args)


def _under_trace(u: Expr) -> Expr:
    assert isinstance(u, Mul)
    scalars, chain = u.parts()
    return mul(*scalars, Trace((Mul(chain),)))


def opened(pairs: Sequence[Pair], dx: Expr) -> list[Pair]:
    """Sums and traces are taken apart without a move: what is left is one linear operator a pair."""
    out: list[Pair] = []
    for p in pairs:
        u = p.u
        if u == dx or dx not in u.free_symbols:
            if u == dx:
                out.append(p)
        elif isinstance(u, Add):
            out.extend(opened([Pair(p.cotangent, t, p.sums) for t in u.args], dx))
        elif isinstance(u, Summing):
            out.extend(opened([Pair(p.cotangent, u.args[0], (*p.sums, u))], dx))
        elif isinstance(u, Trace):
            out.extend(opened([Pair(u.adjoint(0, p.cotangent), u.args[0], p.sums)], dx))
        elif isinstance(u, Mul) and (inside := _scalar_factor(u, dx)) is not None:
            out.extend(opened([Pair(u.adjoint(inside, p.cotangent), u.args[inside], p.sums)], dx))
        else:
            out.append(p)
    return out


def _scalar_factor(u: Mul, dx: Expr) -> int | None:
    """The place of a scalar factor that holds dx: c · tr(A dX), or M tr(A dX)."""
    return next((i for i, a in enumerate(u.args) if a.is_scalar and dx in a.free_symbols), None)


def _turned_vector(u: Expr) -> bool:
    return isinstance(u, Transpose) and ONE in u.shape


def _moved(p: Pair, dx: Expr, rules: list[str]) -> Pair:
    u = p.u
    if u == dx:
        return p
    places = [i for i, a in enumerate(u.args) if dx in a.free_symbols]
    if len(places) != 1:
        raise NotDifferentiable(f"{u.name} is not linear in its differential")
    i = places[0]
    if rules == ["definition of the Frobenius product"]:
        return Pair(u.adjoint(i, p.cotangent), u.args[i], p.sums)
    if dx.shape[1] == ONE and isinstance(u, Mul):
        rules.append("transpose of a scalar" if u.shape[0] == ONE and not u.is_scalar else "")
    elif isinstance(u, Mul) and ONE in u.shape and ONE in u.args[i].shape:
        rules.append("")  # both factors are on one side of the scalar product already
    elif isinstance(u, Mul) and i == len(u.args) - 1 and ONE not in u.shape:
        rules.append("")  # what stands on the left of it stays there: tr(C^T A dX)
    elif isinstance(u, Mul) and ONE in u.shape and not u.is_scalar:
        rules.extend(("a scalar is its own trace", u.move))
    else:
        rules.append("transpose of a scalar" if u.move == "trace of a transpose" and ONE in u.shape else u.move)
    return Pair(u.adjoint(i, p.cotangent), u.args[i], p.sums)
