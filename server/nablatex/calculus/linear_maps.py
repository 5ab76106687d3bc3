"""The chain rule with linear maps: ∂f/∂X = ∂f/∂Y ∘ ∂Y/∂X, each written out as V ↦ …, composed, turned round.

The links are the operators through which every occurrence of X goes (its dominators), linear ones taken together.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.binders import INDEXED, Derivative, directional
from nablatex.algebra.build import number
from nablatex.algebra.dims import ONE
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.reductions import Inner
from nablatex.algebra.simplify import simplify
from nablatex.calculus.derivation import Stage, Worked, read_off
from nablatex.calculus.differentials import differential, pullback, vectorise
from nablatex.calculus.unfolding import Line, LinearMap, fuses, only_linear

LETTERS = ("Y", "Z", "U", "S", "Q", "P", "R")
VECTORS = ("y", "z", "u", "s", "q", "p", "r")
MAX_LINKS = 4


def by_linear_maps(formal: Expr) -> Worked:
    """The derivation of ∂f/∂X by composing linear maps.  NotDifferentiable where f does not go through one Y."""
    if not isinstance(formal, Derivative) or not isinstance(formal.args[1], Symbol):
        raise NotDifferentiable("the chain rule with linear maps is for one function and one variable")
    f, x = formal.args
    assert isinstance(x, Symbol)
    if any(e.binds and e.name not in INDEXED for e in f.walk()):
        raise NotDifferentiable("a chain rule of something that holds a derivative")
    links = _links(f, x)
    names = _names(f, links)
    taken = _letters((f, *names[1:]))
    stages: list[Stage] = []
    maps: list[LinearMap] = []
    for k, inner in enumerate(links):
        last = k + 1 == len(links)
        variable = x if last else names[k + 1]
        shown = inner if last else inner.substitute({links[k + 1]: variable})
        stages.append(Stage(names[k], (Line(shown, ("a name for a part",) if k else ("definition",)),), defines=True))
        v = _argument(variable, taken)
        maps.append(LinearMap(v, differential(shown, {variable: v})))
    v = _argument(x, taken)
    steps = _composed(maps, names, links, x, v)
    total = directional(f, {x: v})
    chain = tuple([*names[1:], x])
    lines = list(steps)
    if f.is_scalar and not x.is_scalar:
        gradient = simplify(pullback(f, x, number(1)))
        value = Inner((gradient, v))
        lines.append(Line(value, ("adjoint of the map",), None, (LinearMap(v, value),)))
        return Worked((*stages, Stage(total, tuple(lines), chain=chain), *read_off(formal, gradient)))
    closed = _closed(formal, f, x, v)
    stages.append(Stage(total, tuple(lines), chain=chain))
    stages.append(Stage(formal, (Line(closed, ("reading off the linear map",)),)))
    return Worked(tuple(stages))


def _closed(formal: Expr, f: Expr, x: Expr, v: Expr) -> Expr:
    from nablatex.algebra.build import transpose

    linear = differential(f, {x: v})
    if x.is_scalar:
        return simplify(linear.substitute({v: number(1)}))
    jacobian = vectorise(linear, v)
    return simplify(jacobian if formal.params[0] == "numerator" else transpose(jacobian))


def _links(f: Expr, x: Expr) -> list[Expr]:
    """f, and the parts below it that hold every occurrence of x, outermost first; a run of linear ones is one link."""
    out: list[Expr] = [f]
    at = f
    while True:
        fused = at.args[0] if fuses(at) else at
        inside = {a for a in fused.args if x in a.free_symbols}
        if len(inside) != 1 or at.binds:  # a term of a sum has its index: it cannot be named outside
            return out
        (below,) = inside
        if below == x:
            return out
        # a linear operator belongs to the link above it, unless what follows is linear down to x
        if below.args and (not at.linear or not below.linear):
            out.append(below)
        at = below
        if len(out) >= MAX_LINKS or only_linear(at, x):
            return out


def _names(f: Expr, links: list[Expr]) -> list[Expr]:
    taken = _letters((f,))
    names: list[Expr] = [f]
    for part in links[1:]:
        letters = LETTERS if part.shape[1] != ONE else VECTORS
        name = next((n for n in letters if n not in taken), None)
        if name is None:
            raise NotDifferentiable("there is no letter left to name a part of this function")
        taken.add(name)
        names.append(Symbol((), (name, part.shape, frozenset())))
    return names


def _letters(exprs: Iterable[Expr]) -> set[str]:
    """Letters of symbols, of indices that a sum binds, and of sizes."""
    parts = {n for e in exprs for n in e.walk()}
    letters = {letter for n in parts for s in (n, *n.params) if isinstance(s, Symbol) for letter in s.label}
    return letters | {letter for n in parts for d in n.shape for letter in d.letters()}


def _argument(x: Expr, taken: Set[str]) -> Symbol:
    """V, the argument of a map on what x ranges over."""
    letters = "VWHKLM" if x.shape[1] != ONE else "vwhklm"
    name = next((n for n in letters if n not in taken), None)
    if name is None:
        raise NotDifferentiable("there is no letter left for the argument of a map")
    return Symbol((), (name, x.shape, frozenset()))


def _composed(maps: list[LinearMap], names: list[Expr], links: list[Expr], x: Expr, v: Expr) -> list[Line]:
    """The composition as maps side by side, then link by link put into one another."""
    values = dict(zip(names[1:], links[1:], strict=True))

    def resolved(e: Expr) -> Expr:
        for _ in values:
            e = e.substitute(dict(values))
        return e

    whole = v
    for m in reversed(maps):
        whole = m.value.substitute({m.argument: whole})
    whole = resolved(whole)
    lines = [Line(whole, ("chain rule",), None, tuple(maps))]
    if len(maps) == 1:
        return [Line(whole, ("differential",), None, tuple(maps))]
    inner = v
    for m in reversed(maps):
        inner = m.value.substitute({m.argument: inner})
    lines.append(Line(whole, ("composition",), None, (LinearMap(v, inner),)))
    if resolved(inner) != inner:
        lines.append(Line(whole, ("putting the parts back in",), None, (LinearMap(v, resolved(inner)),)))
    return lines


__all__ = ["by_linear_maps"]
