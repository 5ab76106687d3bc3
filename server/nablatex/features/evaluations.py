"""What is offered at an explicit formula: little for a cursor, all that applies for a selection.  Nothing is computed."""

from __future__ import annotations

from nablatex.document.context import Context
from nablatex.document.names import is_upper, key_of
from nablatex.explicit.plausible import letters, numbers_only, plausible, promising
from nablatex.features.evaluate import Target, alone, matrix_like, target_at, trimmed
from nablatex.features.model import Action
from nablatex.features.plain import plain
from nablatex.features.simplification import asks_for_derivative
from nablatex.latex.tree import Matrix, Name, Node, Relation, Scripted

KIND = "refactor.rewrite.evaluate"
TITLES = {
    "evaluate": "Evaluate",
    "numerically": "Evaluate numerically",
    "simplify": "Simplify",
    "expand": "Expand",
    "factor": "Factor",
}
OF_SCALARS = {
    "collect": "Collect powers of {}",
    "apart": "Split into partial fractions in {}",
    "differentiate": "Differentiate by {}",
    "integrate": "Integrate over {}",
    "limit": "Limit as {} goes to 0",
    "series": "Expand in a series in {}",
    "sum": "Sum over {}",
}
OF_MATRICES = {
    "det": "Determinant",
    "inverse": "Inverse",
    "transpose": "Transpose",
    "rank": "Rank",
    "rref": "Reduced row echelon form",
    "charpoly": "Characteristic polynomial",
    "eigenvalues": "Eigenvalues",
    "eigenvectors": "Eigenvectors",
    "nullspace": "Null space",
    "lu": "LU factorisation",
    "qr": "QR factorisation",
    "cholesky": "Cholesky factorisation",
    "svd": "Singular value decomposition",
    "power": "Power to the n",
    "exponential": "Matrix exponential",
}
STEPS = {"rref": "Insert the row operations", "det": "Insert the expansion of the determinant", "eigenvalues": "Insert how the eigenvalues are found"}  # fmt: skip


def evaluations(text: str, start: int, end: int) -> tuple[Action, ...]:
    """The actions at a range: two for a cursor in an explicit formula, all that apply for a selection."""
    target = target_at(text, start, end)
    chosen = start != end
    if target is None:
        return ()
    if not numbers_only(target.tree, target.context):
        return (*blocks(text, target, start, end), *simplifications(text, target, start, end))
    if (not chosen and isinstance(target.tree, Name)) or not plausible(target.tree):
        return solutions(text, target)
    if not chosen and target.equals is None and not promising(target.tree, target.context, target.numbers):
        return solutions(text, target)
    whole = alone(text, target)
    out: list[Action] = []

    def offer(operation: str, title: str, variable: str | None = None) -> None:
        data = {"do": "evaluate", "operation": operation, "start": start, "end": end, "variable": variable}
        if whole:
            out.append(Action(KIND, title, {**data, "how": "append"}))
        out.append(Action(KIND, f"{title} and replace", {**data, "how": "replace"}))

    free = _letters(target)
    is_matrix = matrix_like(target.tree, target.context)
    offer("evaluate", TITLES["evaluate"])
    if not free:
        offer("numerically", TITLES["numerically"])
    out.extend(solutions(text, target))
    if not chosen:
        return tuple(out)
    for operation in ("simplify", "expand", "factor"):
        offer(operation, TITLES[operation])
    if is_matrix:
        for operation, title in OF_MATRICES.items():
            offer(operation, title)
        for operation, title in STEPS.items():
            data = {"do": "evaluate", "operation": operation, "start": start, "end": end, "variable": None}
            out.append(Action(KIND, title, {**data, "how": "steps"}))
    else:
        for letter in free[:2]:
            for operation, title in OF_SCALARS.items():
                offer(operation, title.format(plain(letter)), letter)
    return tuple(out)


def blocks(text: str, target: Target, start: int, end: int) -> tuple[Action, ...]:
    """Working matrices made of blocks out, among symbolic ones."""
    if not matrix_like(target.tree, target.context) or isinstance(target.tree, (Matrix, Name, Relation)):
        return ()
    data = {"do": "evaluate", "operation": "evaluate", "start": start, "end": end, "variable": None}
    how = [("append", "Work the blocks out")] if alone(text, target) else []
    how.append(("replace", "Work the blocks out and replace"))
    return tuple(Action(KIND, title, {**data, "how": h}) for h, title in how)


def simplifications(text: str, target: Target, start: int, end: int) -> tuple[Action, ...]:
    """Simplifying a selected formula of symbolic matrices; derivatives are *inserted*."""
    if start == end or isinstance(target.tree, (Name, Scripted, Matrix, Relation)) or asks_for_derivative(target.tree):
        return ()
    data = {"do": "evaluate", "operation": "simplify", "start": start, "end": end, "variable": None}
    how = [("append", "Simplify")] if alone(text, target) else []
    how.append(("replace", "Simplify and replace"))
    return tuple(Action(KIND, title, {**data, "how": h}) for h, title in how)


def solutions(text: str, target: Target) -> tuple[Action, ...]:
    """Solving the equation or system around, by each of its symbols; the one under the cursor first."""
    if target.whole is None or not all(_number(n, target.context) for n in target.whole.walk()):
        return ()
    equation = trimmed(text, target.whole.span)
    out = []
    for letter in _letters(target)[:3]:
        place = {"start": equation.start, "end": equation.end}
        data = {"do": "evaluate", "operation": "solve", **place, "variable": letter, "how": "append"}
        out.append(Action(KIND, f"Solve for {plain(letter)}", data))
    return tuple(out)


def _number(n: Node, context: Context) -> bool:
    """Whether a node is no letter that may be a matrix: an undeclared capital is left to those who solve for matrices."""
    key = key_of(n) if isinstance(n, Name) else None
    if key is None or not is_upper(key) or key.base in ("T", "I"):
        return True
    found = context.find(key)
    return context.definition(key) is not None or (found is not None and found[1].shape is not None)


def _letters(target: Target) -> list[str]:
    """Symbols of the formula without a value, by their spelling; the one under the cursor first."""
    return letters(target.whole or target.tree, target.context, target.numbers, target.variable)
