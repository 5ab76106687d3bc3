"""A differential worked out one rule at a time: the lines between df and an expression in dX.

A formal differential that is still to be worked out stands in the lines as the operator ``directional``.  Each round
applies one rule to every such place; sums, products with constants and other linear operators are gone through on
the way, as on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nablatex.algebra.atoms import Number
from nablatex.algebra.binders import Directional, Summing, directional
from nablatex.algebra.build import number
from nablatex.algebra.core import Add, Mul, Power
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.matrix_functions import MatrixFunction
from nablatex.algebra.reductions import Det, Norm, Trace

MAX_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class LinearMap:
    """argument ↦ value, linear in the argument."""

    argument: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a derivation: the expression, equal to that of the line above, and the rules that lead to it.

    remainder: the h of ``+ o(h)``; such a line equals the others to first order in h.
    maps: linear maps v ↦ value, outermost first, whose composition (applied to v) the expression is.
    """

    value: Expr
    rules: tuple[str, ...] = ()
    remainder: Expr | None = None
    maps: tuple[LinearMap, ...] = ()


Moving = Mapping[Expr, Expr]
"""The symbols that vary, with their differentials."""


def unfold(f: Expr, x: Expr, dx: Expr) -> list[Line]:
    """df = … = an expression linear in dx, without formal differentials; the first line is df itself.

    f has no formal derivative in it.  Every line has the shape of f.  NotDifferentiable where no rule holds.
    """
    return unfold_all(directional(f, {x: dx}))


def unfold_all(e: Expr) -> list[Line]:
    """An expression with formal differentials in it, worked out one rule a line; the first line is e."""
    lines = [Line(e)]
    for _ in range(MAX_ROUNDS):
        current = lines[-1].value
        if not any(isinstance(n, Directional) for n in current.walk()):
            return lines
        rules: list[str] = []
        lines.append(Line(_round(current, rules), _told(rules)))
    raise NotDifferentiable("the differential is nested too deeply to be written out")


def _told(rules: list[str]) -> tuple[str, ...]:
    """Each rule once; linearity is told where it is all there is."""
    names = tuple(dict.fromkeys(rules))
    return tuple(r for r in names if r != "linearity") or names


def _round(e: Expr, rules: list[str]) -> Expr:
    """Every pending differential in e with one rule applied."""
    if isinstance(e, Directional):
        return _differential(e.args[0], dict(zip(e.params, e.args[1:], strict=True)), rules)
    if not any(isinstance(n, Directional) for n in e.walk()):
        return e
    return e.rebuild([_round(a, rules) for a in e.args])


def _differential(f: Expr, moving: Moving, rules: list[str]) -> Expr:
    """d f by the rule of its outermost operator; linear operators below it are gone through at once."""
    if f in moving:
        return moving[f]
    if fuses(f):
        below: list[str] = []
        out = _apply(f, moving, below, through=lambda a: True)
        rules.extend(("trace of a matrix function",) if isinstance(f, Trace) else below)
        return out
    if not passes(f):
        return _apply(f, moving, rules, through=lambda a: all(only_linear(a, x) for x in moving))
    return _apply(f, moving, rules, through=lambda a: passes(a) or fuses(a))


def _apply(f: Expr, moving: Moving, rules: list[str], through: Callable[[Expr], bool]) -> Expr:
    tangents: list[Expr | None] = []
    below: list[str] = []
    for a in f.args:
        if not a.free_symbols & moving.keys():
            tangents.append(None)
        elif a in moving:
            tangents.append(moving[a])
        elif through(a):
            tangents.append(_differential(a, moving, below))
        else:
            tangents.append(directional(a, moving))
    out = f.differential(tangents)
    if out is None:
        raise NotDifferentiable(f"{f.name} does not depend on the variable")
    count = sum(t is not None for t in tangents)
    if f.rule and not (isinstance(f, Mul) and count == 1) and not isinstance(f, (Add, Summing)):
        rules.append(f.rule.removesuffix(", entry by entry") if f.is_scalar else f.rule)
    elif not below and not rules and count:
        rules.append("linearity")
    rules.extend(below)
    return out


def passes(e: Expr) -> bool:
    """Sums, products, traces, transposes, ...: a differential goes through them without a line of its own."""
    return e.linear


def fuses(e: Expr) -> bool:
    """log det X, ‖X‖², tr f(X): det X and ‖X‖ cancel, the Fréchet derivative is f'(X); nobody writes them down."""
    if isinstance(e, Power):
        return isinstance(e.args[0], Norm) and e.args[1] == number(2)
    if isinstance(e, Trace):
        return _is_function(e.args[0])
    return e.name == "elementwise" and e.params == ("log", 0) and isinstance(e.args[0], Det)


def _is_function(e: Expr) -> bool:
    """exp X, log X, X^{1/2}: their differentials are Fréchet derivatives."""
    if isinstance(e, Power) and not e.is_scalar:
        return isinstance(e.args[1], Number) and e.args[1].value.denominator != 1
    return isinstance(e, MatrixFunction)


def only_linear(e: Expr, x: Expr) -> bool:
    """Whether x is reached through linear operators alone, if at all."""
    if e == x or x not in e.free_symbols:
        return True
    if not e.linear:
        return False
    return all(only_linear(a, x) for a in e.args if x in a.free_symbols)


def degree_one(e: Expr, x: Expr) -> bool:
    """Whether e is linear in x: no product holds x twice."""
    if e == x:
        return True
    inside = [a for a in e.args if x in a.free_symbols]
    if isinstance(e, Add):
        return all(degree_one(a, x) for a in inside)
    return e.linear and len(inside) == 1 and degree_one(inside[0], x)


__all__ = ["Line", "LinearMap", "degree_one", "fuses", "only_linear", "unfold", "unfold_all"]
