"""Capital letters of which nothing is said: numbers where only a number can stand, else perhaps matrices."""

from __future__ import annotations

from nablatex.document.names import Key, is_upper, key_of
from nablatex.latex.tree import (
    BigOperator,
    Fraction,
    Juxtaposition,
    Matrix,
    Name,
    Node,
    Operator,
    Relation,
    Scripted,
    Variable,
)

OF_NUMBERS = frozenset("sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh ln log sqrt max min binom".split())


def scalars_by_place(tree: Node) -> frozenset[Key]:
    """Capitals in a denominator, an exponent, a bound, a cell, an argument of sin or log, or differentiated by."""
    found: set[Key] = set()

    def take(node: Node | None) -> None:
        for n in node.walk() if node is not None else ():
            key = key_of(n) if isinstance(n, (Name, Scripted)) else None
            if key is not None and is_upper(key):
                found.add(key)

    for n in tree.walk():
        if isinstance(n, Fraction):
            take(n.denominator)
        elif isinstance(n, Juxtaposition):
            for mark, factor in zip(n.marks, n.factors[1:], strict=True):
                if mark == "/":
                    take(factor)
        elif isinstance(n, Scripted) and n.sup is not None and not isinstance(n.sup, Name):
            take(n.sup)
        elif isinstance(n, Operator) and n.word in OF_NUMBERS:
            for argument in n.arguments:
                take(argument)
        elif isinstance(n, BigOperator):
            take(n.lower)
            take(n.upper)
            take(n.measure)
        elif isinstance(n, Matrix):
            for row in n.rows:
                for cell in row:
                    take(cell)
        elif isinstance(n, Variable):
            take(n.target)
        elif isinstance(n, Relation):  # E = m c^2: equal to a number
            for side in n.sides:
                others = [x for s in n.sides if s is not side for x in s.walk() if isinstance(x, (Name, Scripted))]
                plain = not any((k := key_of(x)) is not None and is_upper(k) for x in others)
                if isinstance(side, (Name, Scripted)) and plain and not any(isinstance(x, Matrix) for x in tree.walk()):
                    take(side)
    return frozenset(found)
