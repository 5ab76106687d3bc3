"""Derivatives, checks, simplification and programs, of LaTeX text or of expressions that were built in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nablatex.algebra import ops
from nablatex.algebra import simplify as simplifying
from nablatex.algebra.atoms import Symbol
from nablatex.algebra.dims import ONE, shape_text
from nablatex.algebra.evaluate import Array, Evaluator
from nablatex.algebra.expr import Expr
from nablatex.calculus import expand
from nablatex.checking.verdict import decide, verify
from nablatex.document.elaborate import elaborate
from nablatex.document.notation import notation_of
from nablatex.document.printing import Unprintable, to_latex
from nablatex.features import export as exporting
from nablatex.features import standalone
from nablatex.features.derivations import Derivation
from nablatex.features.engine import NO_RESULT, only_expression


class CalculusError(ValueError):
    """There is no answer; the message says why (not understood, ill-shaped, not differentiable, not verified)."""


@dataclass(frozen=True, slots=True)
class Result:
    """A formula that was worked out.  expr: as an expression; latex: as an author writes it; shape: rows and columns."""

    expr: Expr
    latex: str
    layout: str = "denominator"

    @property
    def shape(self) -> str:
        return shape_text(self.expr.shape)

    def __call__(self, **values: Any) -> Array | float:
        """The value for arrays by the names of symbols; numbers and vectors come back as such.  CalculusError without a value."""
        return value_of(self.expr, values)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def __str__(self) -> str:
        return self.latex


@dataclass(frozen=True, slots=True)
class Checked:
    """verdict: proved | holds | conditional | fails | ill-shaped | unknown; fixes: right sides that hold, as LaTeX."""

    verdict: str
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    fixes: tuple[str, ...] = ()

    @property
    def right(self) -> bool | None:
        """True where it holds, False where it is wrong, None where that is not known or depends on a condition."""
        return {"proved": True, "holds": True, "fails": False, "ill-shaped": False}.get(self.verdict)

    def __str__(self) -> str:
        return f"{self.verdict}: {self.message}"


def derivative(
    formula: str | Expr,
    wrt: str | Symbol | None = None,
    *,
    declare: Sequence[str] = (),
    assume: Sequence[str] = (),
    context: Sequence[str] = (),
    preamble: str = "",
    layout: str = "denominator",
) -> Result:
    r"""The derivative, simplified and verified against differences of the function.

    formula: LaTeX of a function (then wrt is needed) or of a derivative such as ``\frac{\partial f}{\partial X}``; or an
    expression.  declare: ``X \in \mathbb{R}^{m \times n}`` and the like; assume: ``W symmetric``; context: ``f = a^T X b``.
    CalculusError where there is none.
    """
    if isinstance(formula, Expr):
        return _derivative_of(formula, _symbol(formula, wrt), layout)
    name = wrt.label if isinstance(wrt, Symbol) else wrt
    done = standalone.derive(_given(formula, declare, assume, context, preamble, layout), name)
    if done.expr is None or done.latex is None:
        raise CalculusError(f"{done.status}: {done.message}")
    return Result(done.expr, done.latex, done.layout)


def _derivative_of(f: Expr, x: Symbol, layout: str) -> Result:
    try:
        formal = ops.derivative(f, x, layout)
        closed = simplifying.simplify(expand(formal))
        wrong = verify(formal, closed)
    except NO_RESULT as error:
        raise CalculusError(str(error)) from error
    if wrong is not None:
        raise CalculusError(wrong)
    return Result(closed, _latex(closed), layout)


def check(
    claim: str | Expr,
    right: Expr | None = None,
    *,
    declare: Sequence[str] = (),
    assume: Sequence[str] = (),
    context: Sequence[str] = (),
    preamble: str = "",
    layout: str = "auto",
) -> Checked:
    """The verdict on ``left = right`` (LaTeX, also a chain), or on two expressions.  A claim that cannot be judged is unknown."""
    if isinstance(claim, Expr):
        if right is None:
            raise TypeError("check(left, right) takes two expressions")
        try:
            verdict = decide(claim, right)
        except NO_RESULT as error:
            return Checked("unknown", str(error))
        return Checked(verdict.name, verdict.message, verdict.evidence)
    done = standalone.check(_given(claim, declare, assume, context, preamble, layout))
    return Checked(done.verdict.name, done.verdict.message, done.evidence or done.verdict.evidence, done.fixes)


def simplify(
    formula: str | Expr,
    *,
    declare: Sequence[str] = (),
    assume: Sequence[str] = (),
    context: Sequence[str] = (),
    preamble: str = "",
) -> Result:
    """The formula in the form that an author would write; derivatives in it are worked out."""
    e = parse(formula, declare=declare, assume=assume, context=context, preamble=preamble)
    notation = notation_of(formula) if isinstance(formula, str) else None
    try:
        closed = simplifying.simplify(expand(e))
        return Result(closed, to_latex(closed, notation))
    except Unprintable as error:
        raise CalculusError(str(error)) from error
    except NO_RESULT as error:
        raise CalculusError(str(error)) from error


def parse(
    formula: str | Expr,
    *,
    declare: Sequence[str] = (),
    assume: Sequence[str] = (),
    context: Sequence[str] = (),
    preamble: str = "",
    layout: str = "denominator",
) -> Expr:
    """The expression that a formula means, by the likeliest reading.  CalculusError where there is none."""
    if isinstance(formula, Expr):
        return formula
    given = _given(formula, declare, assume, context, preamble, layout)
    known = given.known()
    tree, problem = standalone.read(given, known)
    if problem is not None:
        raise CalculusError(f"not read: {problem}")
    found = elaborate(only_expression(tree), known, layout, formula)
    if not found.readings:
        raise CalculusError(found.failure.message if found.failure is not None else "not understood")
    return found.readings[0].sides[0]


def steps(
    formula: str,
    wrt: str | None = None,
    *,
    style: str = "trace",
    declare: Sequence[str] = (),
    assume: Sequence[str] = (),
    context: Sequence[str] = (),
    preamble: str = "",
    layout: str = "denominator",
) -> Derivation:
    """The derivation of a derivative, each step with its rule and checked.  CalculusError where there is none."""
    done = standalone.derive_with_steps(_given(formula, declare, assume, context, preamble, layout), style, wrt)
    if done.status != "ok":
        raise CalculusError(f"{done.status}: {done.message}")
    return done


def export(
    formula: str | Expr | Result,
    language: str = "numpy",
    wrt: str | Symbol | None = None,
    *,
    value: bool = False,
    gradient_check: bool = False,
    sizes: Mapping[str, int] | None = None,
    declare: Sequence[str] = (),
    assume: Sequence[str] = (),
    context: Sequence[str] = (),
    preamble: str = "",
    layout: str = "denominator",
) -> str:
    """The formula, or its derivative by wrt, as the source of a complete file in a language.

    language: numpy, jax, torch, julia, matlab, sympy.  value: the function beside its derivative, sharing work;
    gradient_check: a check that runs with the file; sizes: expected sizes of dimension letters, to order products by.
    CalculusError where the language cannot say it.
    """
    wanted = exporting.Wanted(language, value, gradient_check, dict(sizes or {}))
    if isinstance(formula, Result):
        formula = formula.expr
    if isinstance(formula, Expr):
        f = ops.derivative(formula, _symbol(formula, wrt), layout) if wrt is not None else formula
        try:
            levels = tuple(simplifying.simplify(expand(e)) for e in exporting.levels_of(f))
        except NO_RESULT as error:
            raise CalculusError(str(error)) from error
        done = exporting.export_formula(exporting.Formula(levels, f, _latex(levels[-1])), wanted)
    else:
        name = wrt.label if isinstance(wrt, Symbol) else wrt
        done = standalone.export(_given(formula, declare, assume, context, preamble, layout), wanted, name)
    if done.status != "ok":
        raise CalculusError(f"{done.status}: {done.message}")
    return done.code


def value_of(e: Expr, values: Mapping[str, Any]) -> Array | float:
    """The value of an expression for arrays by the labels of its symbols.  CalculusError names what is missing or wrong."""
    given: dict[Expr, Array] = {}
    sizes: dict[str, int] = {}
    for s in sorted((s for s in e.free_symbols if isinstance(s, Symbol)), key=lambda s: s.label):
        if s.label not in values:
            raise CalculusError(f"no value for {s.label}")
        x = np.asarray(values[s.label], dtype=float)
        x = x.reshape(-1, 1) if x.ndim < 2 and s.shape[1] == ONE else np.atleast_2d(x)
        for d, size in zip(s.shape, x.shape, strict=True):
            letter = d.letter
            if (letter is None and d.value is not None and d.value != size) or (
                letter is not None and sizes.setdefault(letter, size) != size
            ):
                raise CalculusError(f"{s.label} is {x.shape[0]}×{x.shape[1]}, and {shape_text(s.shape)} is expected")
        given[s] = x
    try:
        out = Evaluator(given, sizes)(e)
    except (ArithmeticError, ValueError, KeyError, np.linalg.LinAlgError) as error:
        raise CalculusError(f"no value there: {error}") from error
    return float(out[0, 0]) if out.shape == (1, 1) else out[:, 0] if out.shape[1] == 1 else out


def _given(
    latex: str, declare: Sequence[str], assume: Sequence[str], context: Sequence[str], preamble: str, layout: str
) -> standalone.Formula:
    return standalone.Formula(latex, tuple(declare), tuple(assume), tuple(context), preamble, layout)


def _symbol(e: Expr, wrt: str | Symbol | None) -> Symbol:
    """The variable: a symbol, or the one of this label; without any the only one that there is."""
    if isinstance(wrt, Symbol):
        return wrt
    found = [s for s in e.free_symbols if isinstance(s, Symbol) and (wrt is None or s.label == wrt)]
    if len(found) != 1:
        raise CalculusError("with respect to which symbol?" if wrt is None else f"there is no symbol {wrt}")
    return found[0]


def _latex(e: Expr) -> str:
    try:
        return to_latex(e, None)
    except Unprintable:
        return repr(e)
