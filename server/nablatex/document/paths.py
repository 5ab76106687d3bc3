r"""Quantities with a parameter: A(t), x(t), K(\theta), x(k + 1).

Nobody writes the product of A and t as A(t).  Where a formula differentiates by the parameter, or takes the quantity at
several of its values, it is a smooth function of it; elsewhere the parameter changes nothing, and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nablatex.algebra.dims import ONE, SCALAR
from nablatex.document.context import Context
from nablatex.document.names import Key, is_upper, is_word, key_of
from nablatex.latex.tree import Call, Derivative, Name, Node, Scripted

PARAMETERS = frozenset(
    (
        "t",
        "s",
        "k",
        "\\tau",
        "\\theta",
        "\\lambda",
        "\\alpha",
        "\\beta",
        "\\epsilon",
        "\\varepsilon",
        "\\omega",
        "\\xi",
        "\\eta",
    )
)
"""Letters that stand for a parameter where nothing says what they are."""
FUNCTION_LETTERS = frozenset(("f", "g", "h", "\\sigma", "\\phi", "\\varphi", "\\psi", "\\rho", "F", "G", "L", "\\ell"))
"""Letters of functions: what is not declared otherwise acts entry by entry (`document.calls`)."""
OTHERS = frozenset(("d", "O", "o", "I", "0", "1", "\\nabla", "\\partial", "\\delta", "\\Delta"))
"""Letters that mean something else before parentheses: orders of magnitude, operators, constants."""
DOTS = {"dot": 1, "ddot": 2}

Paths = Mapping[Key, tuple[Node, ...]]


def dotted(key: Key) -> tuple[Key, int]:
    """The symbol under the dots that stand for derivatives, and how many."""
    order = DOTS.get(key.accents[-1], 0) if key.accents else 0
    return (replace(key, accents=key.accents[:-1]), order) if order else (key, 0)


def unprimed(head: Node) -> tuple[Node, int]:
    """``A'`` as A and 1."""
    if isinstance(head, Scripted) and head.primes:
        bare = head.base if head.sub is None and head.sup is None else replace(head, primes=0)
        return bare, head.primes
    return head, 0


def declared_path(node: Call, context: Context) -> Key | None:
    r"""x of ``x(t) \in \mathbb{R}^n``; None where the call is one of a function."""
    key = key_of(node.head)
    return key if key is not None and _parametrised(key, node, context, set()) else None


def paths_in(nodes: Sequence[Node], context: Context) -> Paths:
    """What the symbols with a parameter depend on in a formula of these nodes; () where nothing moves the parameter."""
    calls = [n for n in nodes if isinstance(n, Call)]
    if not calls:
        return {}
    variables = {key_of(v.target) for n in nodes if isinstance(n, Derivative) for v in n.variables}
    found: dict[Key, tuple[Node, ...]] = {}
    for n in calls:
        key = key_of(unprimed(n.head)[0])
        key = dotted(key)[0] if key is not None else None
        if key is not None and key not in found and _parametrised(key, n, context, variables):
            found[key] = n.argument.items
    return {k: a if _moves(k, a, nodes, variables) else () for k, a in found.items()}


def _parametrised(key: Key, call: Call, context: Context, variables: set[Key | None]) -> bool:
    """Whether a call says what its head depends on: the head is no function, the argument a letter that is a number."""
    if key in context.unspecified or key in context.functions or key.plain() in context.functions:
        return False
    if context.definition(key) is not None or key.base in OTHERS or is_word(key):
        return False
    said = context.find(key)
    shape = said[1].shape if said is not None else None
    if shape is None and (key.base in FUNCTION_LETTERS or len(call.argument.items) > 1):
        return False
    matrix = is_upper(key) if shape is None else ONE not in shape
    return all(_parameter(a, context, variables, matrix) for a in call.argument.items)


def _parameter(node: Node, context: Context, variables: set[Key | None], of_matrix: bool) -> bool:
    key = key_of(node)
    if key is None or not isinstance(node, (Name, Scripted)):
        return False
    said = context.find(key)
    if said is not None and said[1].shape is not None:
        return said[1].shape == SCALAR or not of_matrix  # A(x) of a vector x may be the product
    return key.base in PARAMETERS or key in variables


def _moves(key: Key, arguments: tuple[Node, ...], nodes: Sequence[Node], variables: set[Key | None]) -> bool:
    """Whether the formula differentiates by a parameter of the symbol, or takes it at several values."""
    if key in variables:
        return False
    if any(key_of(a) in variables for a in arguments):
        return True
    for n in nodes:
        if isinstance(n, (Name, Scripted)) and (k := key_of(n)) is not None and k != key and dotted(k)[0] == key:
            return True
        if isinstance(n, Call):
            head, primes = unprimed(n.head)
            if key_of(head) == key and (primes or n.argument.items != arguments):
                return True
    return False


__all__ = ["Paths", "declared_path", "dotted", "paths_in", "unprimed"]
