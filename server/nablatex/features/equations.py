"""Solve for X: an equation that is linear in the symbol under the cursor, its solution, and what is free."""

from __future__ import annotations

from dataclasses import replace

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.binders import at
from nablatex.algebra.build import add
from nablatex.algebra.dims import ONE
from nablatex.algebra.expr import Expr
from nablatex.calculus.general_solutions import General, general_solution
from nablatex.calculus.linear_equations import NotLinear
from nablatex.checking.sampling import Assumptions
from nablatex.checking.verdict import decide
from nablatex.document.elaborate import elaborate
from nablatex.document.notation import Notation
from nablatex.document.printing import Unprintable, to_latex
from nablatex.document.statements import Statement as Read
from nablatex.features.derivations import Derivation, Step
from nablatex.features.engine import NO_RESULT, assumptions_of
from nablatex.latex.tree import Relation

STYLE = "solved"


def solve_for(read: Read, label: str, layout: str, notation: Notation, source: str) -> Derivation:
    """The steps from an equation to the symbol of this label; the solution put in satisfies it, by the checker."""
    if not isinstance(read.tree, Relation) or read.tree.ops != ("=",):
        return Derivation(STYLE, "unsupported", "there is no equation here", layout=layout)
    found = elaborate(read.tree, read.context, layout, source)
    if not found.readings:
        message = found.failure.message if found.failure is not None else "not understood"
        return Derivation(STYLE, "unsupported", message, layout=layout)
    reading = found.readings[0]
    left, right = reading.sides
    x = next((s for s in left.free_symbols | right.free_symbols if isinstance(s, Symbol) and s.label == label), None)
    if x is None:
        return Derivation(STYLE, "unsupported", f"{label} does not occur in the equation", layout=layout)
    letters = "zv" if x.shape[1] == ONE else "ZV"
    z = Symbol((), (next(n for n in letters if n != label), x.shape, frozenset()))
    given = assumptions_of(reading, read.context)
    try:
        general = general_solution(left, right, x, z)
        wrong = _wrong(left, right, x, general, given)
        if wrong is not None:
            return Derivation(STYLE, "unsupported", f"the solution could not be confirmed: {wrong}", layout=layout)
        words = general.form
        if general.invertible is not None:
            words += f", if ${to_latex(general.invertible, notation)}$ is invertible"
        least = to_latex(general.least, notation)
        steps = [Step(label, least, words, "holds")]
        if general.free is not None:
            more = f"{least} + {to_latex(general.free, notation)}"
            steps = [
                Step(label, least, f"{general.form}: where it has a solution, this one has the least norm", "holds"),
                Step(label, more, f"all solutions, for any ${z.label}$", "holds"),
            ]
        return Derivation(STYLE, "ok", general.form, tuple(steps), least, layout)
    except NotLinear as error:
        return Derivation(STYLE, "unsupported", str(error), layout=layout)
    except Unprintable as error:
        return Derivation(STYLE, "unsupported", str(error), layout=layout)
    except NO_RESULT as error:
        return Derivation(STYLE, "unsupported", str(error) or type(error).__name__, layout=layout)


def _wrong(left: Expr, right: Expr, x: Symbol, general: General, given: Assumptions) -> str | None:
    """Why the solution is none: both sides at it have to agree.

    An equation that may have no solution is made one that has: its right side becomes what the left one is for an X.
    """
    values = [general.least] if general.free is None else [general.least, add(general.least, general.free)]
    if general.free is not None:
        if not isinstance(right, Symbol) or right in left.free_symbols:
            return "its right side is no symbol of its own"
        some = Symbol((), ("W'", x.shape, frozenset()))
        consistent: dict[Expr, Expr] = {right: left.substitute({x: some})}
        values = [v.substitute(consistent) for v in values]
        right = right.substitute(consistent)
    plain = replace(given, equations=())
    for value in values:
        verdict = decide(at(left, {x: value}), at(right, {x: value}), plain)
        if verdict.name not in ("proved", "holds"):
            return verdict.message
    return None
