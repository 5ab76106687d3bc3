"""Functions that nothing defines: what is said of them defines them, or rests on what they are; it is never wrong."""

from __future__ import annotations

from collections.abc import Iterator

from nablatex.document.calls import HALVES
from nablatex.document.context import Context
from nablatex.document.names import Key, is_upper, is_word, key_of, label_of
from nablatex.document.paths import PARAMETERS, dotted, unprimed
from nablatex.latex.tree import Call, Derivative, Differential, Fence, Juxtaposition, Name, Node, Scripted, Sum


def unknown_function(left: Node, right: Node, context: Context) -> str | None:
    """Why a claim about such a function is not refuted; None where it holds none."""
    found = [*_unknown(left, context)]
    behind = [*_unknown(right, context)]
    if any(isinstance(n, (Derivative, Differential)) for side in (left, right) for n in side.walk()):
        named = [n for n, key, _ in (*found, *behind) if is_word(key)]
    elif isinstance(left, Call) and found and found[0][1] not in {key for _, key, _ in behind}:
        named = [found[0][0]]
    else:
        named = [n for n, key, of_matrix in (*found, *behind) if is_word(key) or of_matrix]
    return f"what {label_of(named[0])} is, is not said" if named else None


def _unknown(node: Node, context: Context) -> Iterator[tuple[Name | Scripted, Key, bool]]:
    """Heads of calls that nothing defines, and whether a product of matrices alone stands in the parentheses."""
    for n in node.walk():
        if isinstance(n, Call):
            yield from _of_call(n.head, n.argument, context)
        elif isinstance(n, Juxtaposition):
            for a, b in zip(n.factors, n.factors[1:], strict=False):
                if isinstance(b, Fence) and b.kind in ("bracket", "brace"):
                    yield from ((a, k, m) for a, k, m in _of_call(a, b, context) if is_word(k))


def _of_call(head: Node, argument: Fence, context: Context) -> Iterator[tuple[Name | Scripted, Key, bool]]:
    bare, _ = unprimed(head)
    bare = bare.base if isinstance(bare, Scripted) and key_of(bare) is None else bare
    key = key_of(bare)
    if key is None or not isinstance(bare, (Name, Scripted)) or _is_known(key, context):
        return
    inside = [k for n in argument.walk() if isinstance(n, Name) and (k := key_of(n)) is not None]
    if is_word(key) or not (inside and all(k.base in PARAMETERS for k in inside)):
        product = any(isinstance(item, Sum) for item in argument.items)  # \mu(A + B) is \mu times the sum
        yield bare, key, bool(inside) and not product and all(is_upper(k) or k.base == "\\top" for k in inside)


def _is_known(key: Key, context: Context) -> bool:
    plain = dotted(key)[0]
    if plain.base in HALVES or context.arguments(plain) is not None:
        return True
    if any(k in context.functions for k in (plain, plain.plain())) or context.find(plain) is not None:
        return True
    return context.definition(plain) is not None


__all__ = ["unknown_function"]
