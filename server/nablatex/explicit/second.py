"""The second reader: latex2sympy2 behind an adapter, and the gate that says what goes through it.

The routing rule (docs/evaluate.md):

1. matrices, vectors, transposes, limits, the author's functions, and functions whose reach has to be inferred are read
   by our own reader alone: latex2sympy2 loses the order of products, reads ``A^T`` as a power, and takes every limit
   from the right;
2. arithmetic of numbers and names alone is read by our own reader: there is nothing to gain;
3. every other scalar formula is read by both.  latex2sympy2 gets it written anew with neutral names.  Where the two
   disagree at a random point the formula is not understood; where latex2sympy2 gives up, ours stands.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import sympy

from nablatex.document.names import Key, key_of, label_of
from nablatex.explicit import numeric
from nablatex.explicit.names import NameReading
from nablatex.explicit.neutral import NotWritable, Writer
from nablatex.explicit.values import NotExplicit, is_scalar
from nablatex.latex.tree import BigOperator, Derivative, Name, Node, Operator, Scripted


@lru_cache(maxsize=1)
def reader() -> Callable[[str], Any] | None:
    """latex2sympy2, or the fork that stands in for it from Python 3.13 on; None where neither can be imported."""
    try:
        return original() if sys.version_info < (3, 13) else fork()
    except ImportError:
        return None


def original() -> Callable[[str], Any]:
    """latex2sympy2 keeps what one call defined for the next: each is given a clean state."""
    import latex2sympy2

    def read(text: str) -> Any:
        latex2sympy2.set_variances({})
        return latex2sympy2.latex2sympy(text)

    return read


def fork() -> Callable[[str], Any]:
    """latex2sympy2_extended."""
    from latex2sympy2_extended import latex2sympy

    return lambda text: latex2sympy(text)


def worth_it(formula: Node) -> bool:
    """Whether a formula holds more than arithmetic."""
    return any(isinstance(n, (Operator, Derivative, BigOperator)) for n in formula.walk())


def read_by_both(formula: Node, ours: Any, by: NameReading) -> str:
    """Who has read a scalar formula: ``both`` or ``ours``; NotExplicit where the two readings differ."""
    parse = reader()
    if parse is None or not is_scalar(ours) or not worth_it(formula):
        return "ours"
    writer = Writer()
    try:
        text = writer.write(formula)
        theirs = parse(text)
        theirs = theirs.xreplace(symbols(theirs, writer, formula, by))
    except (NotWritable, NotExplicit):
        return "ours"
    except Exception:  # whatever a foreign parser raises, it has given up
        return "ours"
    if not isinstance(theirs, sympy.Expr):
        return "ours"
    if theirs == ours:
        return "both"
    try:
        agreed, where = numeric.compare(ours, theirs, points=2)
    except (ValueError, TypeError, ArithmeticError, AttributeError):
        return "ours"
    if where is not None:
        raise NotExplicit("this can be read in two ways; write parentheses", formula.span)
    return "both" if agreed else "ours"


def symbols(theirs: Any, writer: Writer, formula: Node, by: NameReading) -> Mapping[Any, Any]:
    """What the neutral symbols stand for."""
    by_name = {_plain(name): key for key, name in writer.names.items()}
    nodes: dict[Key, Node] = {}
    for n in formula.walk():
        if isinstance(n, (Name, Scripted)):
            key = key_of(n)
            if key is not None:
                nodes.setdefault(key, n)
    out: dict[Any, Any] = {}
    for s in theirs.atoms(sympy.Symbol):
        key = by_name.get(_plain(s.name))
        if key is None:
            raise NotWritable
        node = nodes[key]
        if key in writer.summed:
            out[s] = sympy.Symbol(label_of(node), integer=True)
        elif key in writer.bound:
            out[s] = by.symbol(key, label_of(node))
        else:
            out[s] = by.read(node)
    return out


def _plain(name: str) -> str:
    return re.sub(r"[{}]", "", name)
