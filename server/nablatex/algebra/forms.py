"""The usual forms of one result: simplest, expanded, factored, as a trace, by a Kronecker product, entry by entry.

Every form has the value of the expression; those that look like an earlier one are left out.
"""

from __future__ import annotations

from nablatex.algebra.build import add, mul, transpose
from nablatex.algebra.components import component
from nablatex.algebra.core import Add, Mul, Power, Transpose
from nablatex.algebra.elementwise import Hadamard, hadamard
from nablatex.algebra.expr import Expr
from nablatex.algebra.reductions import Norm, Trace
from nablatex.algebra.simplify import simplify
from nablatex.algebra.structure import kron, unvec, vec

MAX_TERMS = 64


def forms(e: Expr) -> tuple[tuple[str, Expr], ...]:
    """(name, form) pairs, the simplest first: simplest, expanded, trace form, Kronecker form, index notation."""
    found: dict[str, Expr] = {"simplest": simplify(e)}
    whole = expanded(e)
    if whole is not None:
        found["expanded"] = whole
    for name, made in (
        ("trace form", as_trace(found["simplest"])),
        ("Kronecker form", by_kronecker(found["simplest"])),
    ):
        if made is not None:
            found[name] = made
    entry, indices = component(found["simplest"])
    if not indices:
        found["index notation"] = entry
    seen: set[Expr] = set()
    out: list[tuple[str, Expr]] = []
    for name, form in found.items():
        if form not in seen:
            seen.add(form)
            out.append((name, form))
    return tuple(out)


def expanded(e: Expr) -> Expr | None:
    """Products multiplied out and transposes taken inside, in the order of the factors; None where that is too long."""
    terms = _terms(e)
    return None if len(terms) > MAX_TERMS else add(*terms)


def _terms(e: Expr) -> list[Expr]:
    if isinstance(e, Add):
        return [t for a in e.args for t in _terms(a)]
    if isinstance(e, Transpose) and isinstance(e.args[0], Add):
        return [t for a in e.args[0].args for t in _terms(transpose(a))]
    if isinstance(e, (Mul, Hadamard)):
        make = mul if isinstance(e, Mul) else hadamard
        total: list[tuple[Expr, ...]] = [()]
        for f in e.args:
            parts = _terms(f)
            total = [(*t, p) for t in total for p in parts]
            if len(total) > MAX_TERMS:
                return [e]
        return [make(*t) for t in total]
    if isinstance(e, Trace):
        return [Trace((t,)) for t in _terms(e.args[0])]
    return [e]


def as_trace(e: Expr) -> Expr | None:
    """A scalar a^T X b as tr(b a^T X), and ‖X‖^2 as tr(X^T X)."""
    if not e.is_scalar:
        return None
    if isinstance(e, Power) and isinstance(e.args[0], Norm) and repr(e.args[1]) == "2":
        x = e.args[0].args[0]
        return Trace((mul(transpose(x), x),)) if not x.is_scalar else None
    if isinstance(e, Mul):
        scalars, chain = e.parts()
        if len(chain) > 2:
            return mul(*scalars, Trace((mul(chain[-1], *chain[:-1]),)))
    return None


def by_kronecker(e: Expr) -> Expr | None:
    """A X B as the matrix whose vec is (B^T ⊗ A) vec X."""
    if not isinstance(e, Mul) or e.is_scalar:
        return None
    scalars, chain = e.parts()
    if len(chain) != 3 or any(1 in (d.value for d in c.shape) for c in chain):
        return None
    a, x, b = chain
    return mul(*scalars, unvec(mul(kron(transpose(b), a), vec(x)), *e.shape))


__all__ = ["as_trace", "by_kronecker", "expanded", "forms"]
