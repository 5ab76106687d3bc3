"""Solve for the stationary point: from the gradient to the equation, its closed form, and the second-order condition."""

from __future__ import annotations

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.binders import At, derivative
from nablatex.algebra.binders import Derivative as FormalDerivative
from nablatex.algebra.build import transpose, zero
from nablatex.algebra.core import Mul, Transpose
from nablatex.algebra.dims import ONE
from nablatex.algebra.expr import Expr
from nablatex.calculus.linear_equations import Solved
from nablatex.calculus.stationary import Stationary, consistent, stationary_point
from nablatex.checking.sampling import Assumptions
from nablatex.checking.verdict import decide, verify
from nablatex.document.context import Context
from nablatex.document.elaborate import elaborate
from nablatex.document.notation import Notation
from nablatex.document.printing import Unprintable
from nablatex.features.derivations import Derivation, NamedPrinter, Step, author_names
from nablatex.features.engine import NO_RESULT, assumptions_of
from nablatex.latex.tree import Node

STYLE = "stationary"


def tied_again(formal: Expr) -> Expr:
    """The derivative by a structured X itself, of one that was taken with independent entries and put at X."""
    if isinstance(formal, At) and isinstance(formal.args[0], FormalDerivative) and len(formal.params) == 1:
        (free,), given = formal.params, formal.args[1]
        f, x = formal.args[0].args
        if x == free and isinstance(given, Symbol) and given.label == free.label:
            return FormalDerivative((f.substitute({free: given}), given), formal.args[0].params)
    return formal


def solve_stationary(
    tree: Node, context: Context, layout: str = "denominator", notation: Notation | None = None, source: str = ""
) -> Derivation:
    """The steps from ∂f/∂X to X = …, as far as there is a closed form; every one of them checked."""
    notation = notation or Notation()
    found = elaborate(tree, context, layout, source)
    if not found.readings:
        message = found.failure.message if found.failure is not None else "not understood"
        return Derivation(STYLE, "unsupported", message, layout=layout)
    reading = found.readings[0]
    formal = tied_again(reading.sides[0])
    if not isinstance(formal, FormalDerivative) or not isinstance(formal.args[1], Symbol):
        return Derivation(STYLE, "unsupported", "there is no single derivative by a variable here", layout=layout)
    given = assumptions_of(reading, context)
    try:
        point = stationary_point(formal.args[0], formal.args[1])
        printer = NamedPrinter(notation, author_names(tree, formal, source), formal)
        return _written(formal, formal.args[1], point, printer, given, layout)
    except Unprintable as error:
        return Derivation(STYLE, "unsupported", str(error), layout=layout)
    except NO_RESULT as error:
        return Derivation(STYLE, "unsupported", str(error) or type(error).__name__, layout=layout)


def _written(
    formal: FormalDerivative, x: Symbol, point: Stationary, printer: NamedPrinter, given: Assumptions, layout: str
) -> Derivation:
    shown = point.gradient if formal.params[0] == "denominator" else transpose(point.gradient)
    wrong = verify(formal, shown, given) or _wrong_solution(point, x, given)
    if wrong is not None:
        return Derivation(STYLE, "unsupported", f"the solution could not be confirmed: {wrong}", layout=layout)
    steps = [
        Step(printer.left(formal), printer.print(shown), "gradient", "holds"),
        Step(printer.print(shown), "0", "first-order condition", "condition"),
    ]
    if point.cleared is not None:
        words = f"multiplied by ${printer.print(x)}$ from both sides"
        steps.append(Step(printer.print(point.cleared), "0", words, "condition"))
    solved = point.solved
    if solved is None:
        steps[-1] = Step(steps[-1].left, "0", point.reason, "condition")
        return Derivation(STYLE, "ok", point.reason, tuple(steps), None, layout)
    left = printer.print(solved.left)
    if left != printer.print(x):
        steps.append(Step(left, printer.print(solved.right), solved.form, "condition"))
    result = None
    if solved.closed is not None:
        result = printer.print(solved.closed)
        steps.append(Step(printer.print(x), result, _condition(solved, printer), "holds"))
    steps.extend(_second_order(formal, x, point, printer, given))
    return Derivation(STYLE, "ok", solved.form, tuple(steps), result, layout)


def _wrong_solution(point: Stationary, x: Symbol, given: Assumptions) -> str | None:
    """Why the closed form is none: the gradient there has to vanish, by the checker."""
    at = consistent(point, x)
    if at is None:
        return None
    verdict = decide(at, zero(at.shape), given)
    return None if verdict.name in ("proved", "holds") else verdict.message


def _condition(solved: Solved, printer: NamedPrinter) -> str:
    """What the closed form needs: full rank of A for A^T A, no common eigenvalue for a Sylvester equation."""
    m = solved.invertible
    if m is None:
        return "solved"
    if solved.form in ("Sylvester equation", "Lyapunov equation"):
        return "if the two coefficients have no eigenvalues $\\lambda$ and $-\\lambda$"
    if isinstance(m, Mul):
        chain = m.parts()[1]
        if len(chain) == 2 and transpose(chain[0]) == chain[1]:
            rows = isinstance(chain[1], Transpose)
            of = printer.print(chain[0] if rows else chain[1])
            return f"if ${of}$ has full {'row' if rows else 'column'} rank"
    return f"if ${printer.print(m)}$ is invertible"


def _second_order(
    formal: FormalDerivative, x: Symbol, point: Stationary, printer: NamedPrinter, given: Assumptions
) -> list[Step]:
    """The Hessian and what its form says; nothing where it says nothing."""
    hessian = point.hessian
    if hessian is None or not point.curvature:
        return []
    first = derivative(formal.args[0], x, "denominator")
    if verify(derivative(first, x, "numerator"), hessian, given) is not None:
        return []
    sign = "\\succeq 0" if point.curvature == "minimum" else "\\preceq 0"
    if x.is_scalar:
        sign = "\\geq 0" if point.curvature == "minimum" else "\\leq 0"
    shape = "convex" if point.curvature == "minimum" else "concave"
    words = f"{shape}, so this is a {point.curvature}"
    return [Step(_hessian_sign(formal.args[0], x, printer), f"{printer.print(hessian)} {sign}", words, "holds")]


def _hessian_sign(f: Expr, x: Symbol, printer: NamedPrinter) -> str:
    name, of = printer.names.get(f, ""), printer.print(x)
    if x.is_scalar:
        return (
            f"\\frac{{\\partial^2 {name}}}{{\\partial {of}^2}}"
            if name
            else f"\\frac{{\\partial^2}}{{\\partial {of}^2}} {printer.print(f, 2)}"
        )
    if x.shape[1] == ONE:
        return f"\\nabla^2_{{{of}}} {name or printer.print(f, 2)}"
    return f"\\nabla^2_{{\\operatorname{{vec}}({of})}} {name or printer.print(f, 2)}"
