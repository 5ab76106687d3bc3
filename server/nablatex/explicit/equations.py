"""Equations and systems: solved by the symbol that the author points at, solutions put back into the equation."""

from __future__ import annotations

import itertools
from typing import Any

import sympy

from nablatex.explicit.answers import Answer, Declined, Subject, operation, place
from nablatex.explicit.names import NameReading
from nablatex.explicit.scalars import done, tidy
from nablatex.explicit.values import NotExplicit, Value, is_matrix
from nablatex.latex.tree import Fence, List, Matrix, Missing, Node, Relation

MAX_SOLUTIONS = 8


def sides_of(tree: Node, reader: NameReading) -> list[tuple[Value, Value]]:
    """The equations of a formula: one relation, several between commas, or the rows of a cases environment."""
    if isinstance(tree, Fence) and len(tree.items) == 1:
        return sides_of(tree.items[0], reader)
    if isinstance(tree, List):
        return [pair for item in tree.items for pair in sides_of(item, reader)]
    if isinstance(tree, Matrix):
        rows = [_row(row) for row in tree.rows]
        return [pair for row in rows for pair in sides_of(row, reader)]
    if isinstance(tree, Relation) and any(isinstance(x, List) for x in tree.sides[1:-1]):
        return [pair for r in _split(tree) for pair in sides_of(r, reader)]
    if isinstance(tree, Relation) and all(op == "=" for op in tree.ops):
        if any(isinstance(s, Missing) for s in tree.sides):
            raise NotExplicit("a side of the equation is missing", tree.span)
        read = [reader.read(s) for s in tree.sides]
        return list(itertools.pairwise(read))
    if isinstance(tree, Relation):
        raise NotExplicit("this is no equation", tree.span)
    return [(reader.read(tree), sympy.S.Zero)]


def _split(tree: Relation) -> list[Node]:
    """``a = b, c = d`` as its relations: between two signs of equality the list ends one and begins the next."""
    out: list[Node] = []
    sides: list[Node] = [tree.sides[0]]
    ops: list[str] = []
    for op, side in zip(tree.ops, tree.sides[1:], strict=True):
        ops.append(op)
        if not isinstance(side, List) or side is tree.sides[-1]:
            sides.append(side)
            continue
        if len(side.items) != 2:
            raise NotExplicit("a list between signs of equality", side.span)
        sides.append(side.items[0])
        out.append(Relation(sides[0].span.join(sides[-1].span), tuple(sides), tuple(ops)))
        sides, ops = [side.items[1]], []
    out.append(Relation(sides[0].span.join(sides[-1].span), tuple(sides), tuple(ops)))
    return out


def _row(cells: tuple[Node, ...]) -> Node:
    """A row of a system; the cells around an aligned equals sign are one relation."""
    relations = [c for c in cells if isinstance(c, Relation)]
    if len(cells) == 1:
        return cells[0]
    if len(cells) == 2 and len(relations) == 1 and isinstance(cells[1], Relation):
        right = cells[1]
        if isinstance(right.sides[0], Missing):
            return Relation(cells[0].span.join(right.span), (cells[0], *right.sides[1:]), right.ops)
    raise NotExplicit("a row that is no equation", cells[0].span)


@operation("solve", "Solve", "equation", variable=True)
def solve(s: Subject) -> Answer:
    """All solutions of one equation by one symbol, or of a system by as many symbols as it has equations."""
    equations: list[tuple[Any, Any]] = []
    for left, right in s.sides:
        equations.extend(_entries(left, right))
    if len(equations) > 1:
        return _system(s, equations)
    x = s.needs_variable()
    left, right = (done(e) for e in equations[0])
    return _one(s, x, left, right)


def _entries(left: Value, right: Value) -> list[tuple[Any, Any]]:
    if is_matrix(left) and is_matrix(right) and left.shape == right.shape:
        return list(zip(left, right, strict=True))
    if is_matrix(left) or is_matrix(right):
        raise Declined("a matrix beside a number")
    return [(left, right)]


def _one(s: Subject, x: Any, left: Any, right: Any) -> Answer:
    difference = left - right
    keep = x.is_positive or x.is_integer or difference.has(sympy.Abs, sympy.sign, sympy.Max, sympy.Min)
    free = x if keep else sympy.Symbol(x.name)
    difference = difference.subs(x, free)
    if not difference.has(free):
        raise Declined(f"{s.show(x)} is not in the equation")
    try:
        found = sympy.solve(difference, free, dict=False)
    except (NotImplementedError, ValueError):
        raise Declined("no solution in closed form was found") from None
    found = list(dict.fromkeys(tidy(e) for e in found))
    if not found:
        raise Declined("no solution was found")
    if len(found) > MAX_SOLUTIONS or any(e.has(sympy.CRootOf, sympy.Piecewise) for e in found):
        raise Declined("no readable solution was found")
    found = sorted(found, key=_order)
    checks = [(left.subs(x, e), right.subs(x, e)) for e in found]
    _complete(difference, free, found, checks)
    name = s.show(x)
    parts = [f"{name} = {place(i)}" for i in range(len(found))]
    text = " \\;\\text{ or }\\; ".join(parts)
    return Answer(f" \\quad\\Longrightarrow\\quad {text}", text, tuple(found), tuple(checks))


def _order(e: Any) -> tuple[float, float, str]:
    try:
        n = complex(e)
    except TypeError:
        return (0.0, 0.0, str(e))
    return (n.real, n.imag, str(e))


def _complete(difference: Any, x: Any, found: list[Any], checks: list[tuple[Any, Any]]) -> None:
    """Solutions of a polynomial must be all of them: their product with multiplicities is the polynomial again.

    For what is no polynomial completeness cannot be shown, and periodic equations are declined.
    """
    numerator = sympy.numer(sympy.together(difference))
    if numerator.is_polynomial(x):
        roots = sympy.roots(sympy.Poly(numerator, x))
        total = sum(roots.values())
        if total == sympy.degree(numerator, x):
            lead = sympy.LC(sympy.Poly(numerator, x))
            product = lead * sympy.prod([(x - r) ** k for r, k in roots.items()])
            checks.append((product, numerator))
            shown = {sympy.simplify(r) for r in roots if sympy.simplify(difference.subs(x, r)) == 0}
            if any(all(sympy.simplify(r - e) != 0 for e in found) for r in shown):
                raise Declined("not all solutions were found")
            return
        raise Declined("not all solutions have a closed form")
    if difference.has(sympy.sin, sympy.cos, sympy.tan, sympy.cot):
        raise Declined("it has infinitely many solutions")


def _system(s: Subject, equations: list[tuple[Any, Any]]) -> Answer:
    unknowns = sorted(s.symbols.values(), key=str)
    if s.variable is not None and len(unknowns) > len(equations):
        unknowns = [s.variable, *[u for u in unknowns if u != s.variable]]
    differences = [done(a) - done(b) for a, b in equations]
    if len(unknowns) > len(equations):
        unknowns = unknowns[: len(equations)]
    try:
        found = sympy.solve(differences, unknowns, dict=True)
    except (NotImplementedError, ValueError):
        raise Declined("no solution in closed form was found") from None
    if not found:
        raise Declined("the system has no solution")
    if len(found) > MAX_SOLUTIONS:
        raise Declined("there are too many solutions")
    parts: list[str] = []
    values: list[Any] = []
    checks: list[tuple[Any, Any]] = []
    for solution in found:
        names = []
        for u in unknowns:
            if u in solution:
                names.append(f"{s.show(u)} = {place(len(values))}")
                values.append(tidy(solution[u]))
        parts.append(",\\; ".join(names))
        checks.extend((a.subs(solution), b.subs(solution)) for a, b in equations)
    text = " \\;\\text{ or }\\; ".join(parts)
    return Answer(f" \\quad\\Longrightarrow\\quad {text}", text, tuple(values), tuple(checks))
