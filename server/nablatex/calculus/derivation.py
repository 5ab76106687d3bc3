"""Whole derivations as data: stages of lines, each line equal to the left side of its stage.

A stage is what an author writes as one block of an ``align``: a left side (df, vec(dF), the derivative itself) and
lines that are equal to it.  `by_differentials` is the method of Magnus and Neudecker; the other styles stand in
modules of their own and return the same data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.binders import INDEXED, At, Derivative, Directional, at
from nablatex.algebra.build import mul, number, transpose
from nablatex.algebra.core import Add, Mul
from nablatex.algebra.dims import ONE
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.simplify import simplify
from nablatex.algebra.structure import vec
from nablatex.calculus.derivatives import expand
from nablatex.calculus.differentials import vectorise
from nablatex.calculus.lemmas import lemma
from nablatex.calculus.trace_trick import collect
from nablatex.calculus.unfolding import Line, unfold, unfold_all

MAX_STAGES = 8


@dataclass(frozen=True, slots=True)
class Stage:
    """left = lines[0] = lines[1] = …

    defines: left is a name for the line.  limit: h, where left is the limit of a difference quotient for h to 0.
    chain: variables Y, X, where left is ∂f/∂Y ∘ ∂Y/∂X, applied to the argument of the lines' maps.
    """

    left: Expr
    lines: tuple[Line, ...]
    defines: bool = False
    limit: Expr | None = None
    chain: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Worked:
    """A derivation; its last line is the closed form of the formula that it was asked for."""

    stages: tuple[Stage, ...]

    @property
    def result(self) -> Expr:
        return self.stages[-1].lines[-1].value


def tangent_of(x: Expr, letter: str = "d") -> Symbol:
    """dX: a symbol of the shape of X."""
    assert isinstance(x, Symbol)
    label = x.label if not x.label.startswith("\\") or letter.startswith("\\") else " " + x.label
    return Symbol((), (letter + label.strip(), x.shape, frozenset()))


def by_differentials(formal: Expr, style: str = "trace", letter: str = "d") -> Worked:
    """The derivation of a formal derivative, differential, or expression with such in it.

    style: ``trace`` (trace trick) or ``frobenius`` (products written A : B); letter: how this author writes d.
    NotDifferentiable where no rule holds or there is nothing to derive.
    """
    stages = list(_stages(formal, style, letter))
    if not stages or len(stages) > MAX_STAGES:
        raise NotDifferentiable("there is no derivation of a readable length")
    return Worked(tuple(stages))


def _stages(formal: Expr, style: str, letter: str) -> list[Stage]:
    if isinstance(formal, Derivative):
        return _of_derivative(formal, style, letter)
    if isinstance(formal, Directional):
        return _of_differential(formal)
    inner = [e for e in _outermost(formal)]
    stages: list[Stage] = []
    table: dict[Expr, Expr] = {}
    for e in inner:
        if e not in table:
            stages.extend(_stages(e, style, letter))
            table[e] = stages[-1].lines[-1].value
    put = formal.substitute(table) if not isinstance(formal, At) else _at_point(formal, table)
    lines = [Line(put, ("substitution",))]
    lines.extend(_simplified(put))
    return [*stages, Stage(formal, tuple(lines))]


def _at_point(formal: At, table: dict[Expr, Expr]) -> Expr:
    body = table.get(formal.args[0])
    body = expand(formal.args[0]) if body is None else body
    return at(body, dict(zip(formal.params, formal.args[1:], strict=True)))


def _outermost(e: Expr) -> list[Expr]:
    if isinstance(e, (Derivative, Directional)):
        return [e]
    return [d for a in e.args for d in _outermost(a)]


def _simplified(e: Expr) -> list[Line]:
    closed = simplify(expand(e))
    return [] if closed == e else [Line(closed, ("simplification",))]


def _of_derivative(formal: Derivative, style: str, letter: str) -> list[Stage]:
    f, x = formal.args
    before: list[Stage] = []
    if any(e.binds for e in f.walk() if e.name not in INDEXED):
        before = _stages(f, style, letter)
        f = before[-1].lines[-1].value
    if not isinstance(x, Symbol):
        return [*before, *_by_entry(formal, f, x, style, letter)]
    dx = tangent_of(x, letter)
    lines = unfold(f, x, dx)
    linear = lines[-1].value
    left = lines[0].value
    if x not in f.free_symbols:
        raise NotDifferentiable("the variable does not occur")
    if f.is_scalar and not x.is_scalar:
        more, gradient = collect(linear, dx, style)
        shown = without_repeats(left, [*lines[1:], *more])
        return [*before, Stage(left, shown), *read_off(formal, gradient)]
    if x.is_scalar:
        rate = simplify(linear.substitute({dx: number(1)}))
        shown = without_repeats(left, [*lines[1:], Line(mul(rate, dx), ("collecting terms",))])
        return [*before, Stage(left, shown), Stage(formal, (Line(rate, ("reading off the derivative",)),))]
    jacobian = simplify(vectorise(linear, dx))
    vectors = ONE in f.shape and ONE in x.shape
    if vectors and f.shape[1] == ONE and x.shape[1] == ONE:
        shown = without_repeats(left, [*lines[1:], Line(mul(jacobian, dx), ("collecting terms",))])
        stages = [Stage(left, shown)]
    else:
        product = Line(mul(jacobian, vec(dx)), ("vec of a product",))
        stages = [Stage(left, without_repeats(left, lines[1:])), Stage(vec(left), (product,))]
        stages = [s for s in stages if s.lines]
    result = jacobian if formal.params[0] == "numerator" else simplify(transpose(jacobian))
    return [*before, *stages, Stage(formal, (Line(result, (reading_off(formal, "Jacobian"),)),))]


def _by_entry(formal: Derivative, f: Expr, x: Expr, style: str, letter: str) -> list[Stage]:
    """∂f/∂X_{ij}: of a scalar, the entry of its gradient."""
    closed = simplify(expand(formal))
    base = x.args[0]
    if not f.is_scalar or not isinstance(base, Symbol):
        return [Stage(formal, (Line(closed, ("entry of a differential",)),))]
    whole = Derivative((f, base), ("denominator",))
    stages = _of_derivative(whole, style, letter)
    entry = x.rebuild([stages[-1].lines[-1].value, *x.args[1:]])
    lines = [Line(entry, ("entry of the gradient",))]
    if closed != entry:
        lines.append(Line(closed, ("simplification",)))
    return [*stages, Stage(formal, tuple(lines))]


def _of_differential(formal: Directional) -> list[Stage]:
    f = formal.args[0]
    if any(e.binds for e in f.walk() if e.name not in INDEXED):
        raise NotDifferentiable("the differential of something that holds a derivative")
    shown = lemma(formal)
    if shown is not None:
        return [Stage(left, lines) for left, lines in shown]
    lines = unfold_all(formal)
    lines.extend(_simplified(lines[-1].value))
    return [Stage(formal, without_repeats(formal, lines[1:]))]


def read_off(formal: Derivative, gradient: Expr) -> list[Stage]:
    result = gradient if formal.params[0] == "denominator" else simplify(transpose(gradient))
    return [Stage(formal, (Line(result, (reading_off(formal, "gradient"),)),))]


def reading_off(formal: Derivative, what: str) -> str:
    layout = formal.params[0]
    turned = (what == "gradient") == (layout == "numerator")
    return f"reading off the {what}" + (f", transposed in {layout} layout" if turned else "")


def _unordered(e: Expr) -> Hashable:
    """An expression as a value that does not know the order of numbers in a product, nor of terms in a sum."""
    if isinstance(e, Mul):
        scalars, chain = e.parts()
        return ("mul", _bag(scalars), tuple(map(_unordered, chain)))
    return (e.name, e.params, _bag(e.args) if isinstance(e, Add) else tuple(map(_unordered, e.args)))


def _bag(exprs: Iterable[Expr]) -> Hashable:
    return frozenset(Counter(map(_unordered, exprs)).items())


def without_repeats(left: Expr, lines: list[Line]) -> tuple[Line, ...]:
    """Lines that say the same as the one above are dropped, their rules kept for the next one that differs."""
    out: list[Line] = []
    before: Expr = left
    rules: tuple[str, ...] = ()
    for line in lines:
        rules = tuple(dict.fromkeys((*rules, *line.rules)))
        if line.value == before or _unordered(line.value) == _unordered(before):
            continue
        out.append(replace(line, rules=rules))
        before, rules = line.value, ()
    return tuple(out)
