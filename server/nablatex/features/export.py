"""Formulas as programs: any formula, derivative or Hessian as a complete file in a language, checked before it is handed out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, permutations

import numpy as np

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.binders import At, Derivative, at
from nablatex.algebra.evaluate import Evaluator
from nablatex.algebra.expr import Expr
from nablatex.algebra.simplify import simplify
from nablatex.algebra.spelling import LANGUAGES as NAMES
from nablatex.calculus import expand
from nablatex.checking.sampling import NO_VALUE, draw_symbol
from nablatex.checking.verdict import verify
from nablatex.codegen.check import SMALL, Question, check_lines
from nablatex.codegen.graph import NotExportable
from nablatex.codegen.languages import LANGUAGES
from nablatex.codegen.program import Program, Signature, file_of, functions
from nablatex.document.context import Context
from nablatex.document.notation import Notation
from nablatex.document.printing import Unprintable, to_latex
from nablatex.features.engine import MAX_NODES, NO_RESULT, Derived, assumptions_of
from nablatex.features.operand import understood
from nablatex.latex.tree import Node

TRIED = 24
"""Assignments of sizes that are tried for a check."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file holds.  value: the function beside its derivative, sharing work; check: a gradient check that runs;
    sizes: expected sizes of dimension letters, to associate products by.
    """

    language: str = "numpy"
    value: bool = False
    check: bool = False
    sizes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exported:
    """status: ok | unsupported | ill-shaped | error, with a message; code, function and arguments where it is ok."""

    status: str
    message: str = ""
    language: str = "numpy"
    code: str = ""
    function: str = ""
    arguments: tuple[str, ...] = ()
    extension: str = "py"


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as it is exported: closed forms from the function up to the last derivative.

    levels: f, ∂f/∂x, …; a formula without derivatives has one.  formal: the last one as it was asked for.
    """

    levels: tuple[Expr, ...]
    formal: Expr
    latex: str = ""

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """In the order in which the formula says them."""
        free = self.formal.free_symbols | self.levels[-1].free_symbols
        order = [e for root in (self.formal, *self.levels) for e in root.walk()]
        return tuple(dict.fromkeys(e for e in order if isinstance(e, Symbol) and e in free))

    @property
    def outer(self) -> tuple[Expr, dict[Expr, Expr]]:
        """The formula without its evaluation at a point, and that point.

        A derivative by a symmetric matrix is one by any matrix, evaluated at the symmetric one.
        """
        if isinstance(self.formal, At):
            return self.formal.args[0], dict(zip(self.formal.params, self.formal.args[1:], strict=True))
        return self.formal, {}

    @property
    def checkable(self) -> bool:
        """Whether it is a derivative with respect to a symbol, which can be compared with differences."""
        body, point = self.outer
        if not isinstance(body, Derivative) or not isinstance(body.args[1], Symbol):
            return False
        named = all(isinstance(x, Symbol) and x.label == v.params[0] for v, x in point.items())
        return named and not any(x in body.free_symbols for x in point.values())


def formula_of(
    tree: Node, context: Context, layout: str = "denominator", notation: Notation | None = None, source: str = ""
) -> Formula | Exported:
    """The formula that is exported, verified as an inserted one is; an Exported that says why not."""
    found = understood(tree, context, layout, source)
    if not found.readings:
        failure = found.failure
        status = "ill-shaped" if failure is not None and failure.kind == "ill-shaped" else "unsupported"
        return Exported(status, failure.message if failure is not None else "not understood")
    reading = found.readings[0]
    formal = reading.sides[0]
    try:
        if sum(1 for _ in formal.walk()) > MAX_NODES:
            return Exported("unsupported", "too large")
        levels = tuple(simplify(expand(e)) for e in levels_of(formal))
        wrong = verify(formal, levels[-1], assumptions_of(reading, context)) if formal != levels[-1] else None
        if wrong is not None:
            return Exported("unsupported", wrong)
    except NO_RESULT as error:
        return Exported("unsupported", str(error) or type(error).__name__)
    try:
        latex = to_latex(levels[-1], notation)
    except Unprintable:
        latex = ""
    return Formula(levels, formal, latex)


def levels_of(formal: Expr) -> list[Expr]:
    """The function under a derivative, the derivatives between, and the formula itself."""
    levels = [formal]
    e = formal
    points: list[dict[Expr, Expr]] = []
    while True:
        while isinstance(e, At):
            points.insert(0, dict(zip(e.params, e.args[1:], strict=True)))
            e = e.args[0]
        if not isinstance(e, Derivative):
            return levels
        e = e.args[0]
        level = e
        for point in points:
            level = at(level, point)
        levels.insert(0, level)


def exportable(derived: Derived) -> Formula | None:
    """The formula of a derivative that was worked out and verified; only the last level is closed."""
    if derived.expr is None or derived.formal is None:
        return None
    return Formula((*levels_of(derived.formal)[:-1], derived.expr), derived.formal, derived.latex or "")


def export_formula(formula: Formula, wanted: Wanted) -> Exported:
    """A file with the function; NotExportable becomes a message."""
    language = LANGUAGES.get(wanted.language)
    if language is None:
        return Exported("error", f"{wanted.language!r} is none of {', '.join(NAMES)}")
    try:
        question = _question(formula) if wanted.check else None
        signature, texts = functions(_programs(formula, wanted), language)
        if question is not None:
            texts = [*texts, check_lines(question, signature, language)]
            if language.name == "matlab":  # a file of MATLAB is called by its first function
                texts = [texts[-1], *texts[:-1]]
    except NotExportable as error:
        return Exported("unsupported", str(error), wanted.language)
    first = _programs(formula, wanted)[0].function
    code = file_of(texts, language)
    return Exported("ok", "", wanted.language, code, first, signature.arguments, language.extension)


def _programs(formula: Formula, wanted: Wanted) -> list[Program]:
    """The functions of the file; the one that was asked for comes first."""
    last = formula.levels[-1]
    symbols = formula.symbols

    def program(results: Sequence[Expr], name: str, title: str, latex: str = "") -> Program:
        return Program(tuple(results), symbols, name, title, latex, wanted.sizes)

    if len(formula.levels) == 1:
        return [program((last,), "value", "The value of a formula.", formula.latex)]
    out = [program((last,), "derivative", title_of(formula), formula.latex)]
    if wanted.value:
        words = "The function and its derivatives" if len(formula.levels) > 2 else "The function and its derivative"
        out.insert(0, program(formula.levels, "value_and_derivative", f"{words}, which share work."))
    if wanted.check:
        what = "The function that is differentiated." if len(formula.levels) == 2 else "The derivative before the last."
        body, point = formula.outer
        general = {x: v for v, x in point.items()}
        same = tuple(general.get(s, s) for s in symbols)
        f = simplify(expand(body.args[0]))
        out.append(replace(program((f,), "value", what), symbols=same, general=True))  # type: ignore[arg-type]
    return out


def title_of(formula: Formula) -> str:
    """What the derivative is of and by, and in which layout."""
    formal, _ = formula.outer
    if not isinstance(formal, Derivative):
        return "The value of a formula."
    order = {2: "derivative", 3: "second derivative"}.get(len(formula.levels), "derivative")
    variable = formal.args[1]
    by = variable.label if isinstance(variable, Symbol) else "an entry"
    layout = "" if formal.args[0].is_scalar and variable.shape == formal.shape else f", in {formal.params[0]} layout"
    return f"The {order} with respect to {by}{layout}."


def _question(formula: Formula) -> Question:
    """What the check compares; NotExportable for a formula that is no derivative by a symbol."""
    formal, point = formula.outer
    if not formula.checkable:
        raise NotExportable("a gradient check needs a derivative with respect to a symbol")
    variable = point.get(formal.args[1], formal.args[1])
    assert isinstance(variable, Symbol)
    f = formula.levels[-2]
    return Question("value", "derivative", variable, formal.params[0], f.is_scalar, workable_sizes(formula))


def workable_sizes(formula: Formula) -> dict[str, int]:
    """Small sizes at which the derivative has a value (X^T X is singular where X is wide); none where none is found."""
    symbols = formula.symbols
    letters = list(dict.fromkeys(x for e in formula.formal.walk() for d in e.shape for x in sorted(d.letters())))
    for sizes in islice(permutations(SMALL[: max(3, len(letters))], len(letters)), TRIED):
        chosen = dict(zip(letters, sizes, strict=True))
        rng = np.random.default_rng(0)
        try:
            ev = Evaluator({s: draw_symbol(s, chosen, rng, "positive") for s in symbols}, chosen)
            if all(np.all(np.isfinite(ev(e))) for e in formula.levels[-2:]):
                return chosen
        except NO_VALUE:
            continue
    return {}


def codes_of(formula: Formula) -> dict[str, str]:
    """The formula in every language that can say it."""
    done = {name: export_formula(formula, Wanted(name)) for name in NAMES}
    return {name: e.code for name, e in done.items() if e.status == "ok"}


__all__ = ["Exported", "Formula", "Signature", "Wanted", "codes_of", "export_formula", "exportable", "formula_of"]
