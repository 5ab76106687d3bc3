"""Traces made simpler: of sums, of products with a diagonal matrix, of Kronecker products.

Used by `nablatex.algebra.simplify`.
"""

from __future__ import annotations

from nablatex.algebra.atoms import Commutation
from nablatex.algebra.build import add, mul, ones, transpose
from nablatex.algebra.core import Add, Mul
from nablatex.algebra.expr import Expr
from nablatex.algebra.measure import measure
from nablatex.algebra.reductions import Trace, trace
from nablatex.algebra.structure import Diag, Kron, diag_part


def simpler_trace(e: Trace) -> Expr:
    """Term by term where that is simpler; tr diag(v) = 1^T v, tr(diag(v) A) = v^T diag(A), tr((A ⊗ B) K) = tr(AB)."""
    x = e.args[0]
    if isinstance(x, Add):
        apart = add(*[_one(t) for t in x.args])
        return apart if measure(apart) < measure(e) else e
    made = _one(x)
    return made if measure(made) <= measure(e) else e


def _one(x: Expr) -> Expr:
    """The trace of one term."""
    scalars, chain = x.parts() if isinstance(x, Mul) else ((), (x,))
    if len(chain) == 1 and isinstance(chain[0], Diag):
        v = chain[0].args[0]
        return mul(*scalars, transpose(ones(*v.shape)), v)
    places = [k for k, c in enumerate(chain) if isinstance(c, Diag)]
    if len(places) == 1 and len(chain) > 1:
        k = places[0]
        return mul(*scalars, transpose(chain[k].args[0]), diag_part(mul(*chain[k + 1 :], *chain[:k])))
    if len(chain) == 2:
        a, b = chain
        turn, other = (a, b) if isinstance(a, Commutation) else (b, a)
        if isinstance(turn, Commutation) and isinstance(other, Kron) and turn.params[0] == turn.params[1]:
            p, q = other.args
            if p.shape == q.shape == (turn.params[0], turn.params[0]):
                return mul(*scalars, trace(mul(p, q)))
    return trace(x)


__all__ = ["simpler_trace"]
