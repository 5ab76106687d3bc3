"""What a formula can see of what is known: the rest can change without its being read or judged anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nablatex.document.context import ON_MATRICES, Context, Definition
from nablatex.document.names import Key
from nablatex.latex.tree import Name, Node


def relevant(context: Context, *nodes: Node) -> Context:
    """The context without what these formulas cannot reach: by a letter of theirs, of a definition that they use, or of an
    equation or condition that shares a letter with them."""
    letters: set[str] = set()
    for node in nodes:
        letters |= letters_of(node)
    waiting: Sequence[Definition] = context.definitions
    found: list[Definition] = []
    relations = [(pair, letters_of(pair[0]) | letters_of(pair[1])) for pair in context.equations]
    conditions = [(c, letters_of(c[1])) for c in context.conditions]
    last: dict[Key, Definition] = {}
    size = -1
    while size != len(letters):
        size = len(letters)
        rest: list[Definition] = []
        for d in waiting:
            if d.key.base in letters:
                found.append(d)
            else:
                rest.append(d)
        waiting = rest
        last = {d.key: d for d in found}
        for d in last.values():
            letters |= letters_of(d.body)
        for _, theirs in (*relations, *conditions):
            if not letters.isdisjoint(theirs):
                letters |= theirs
    symbols = {k: d for k, d in context.symbols.items() if k.base in letters}
    sizes = letters.union(*(s.letters() for d in symbols.values() for s in (d.shape or ())))
    return replace(
        context,
        symbols=symbols,
        definitions=tuple(d for d in context.definitions if d.key.base in letters and last[d.key] is d),
        functions={k: what for k, what in context.functions.items() if k.base in letters or what in ON_MATRICES},
        equations=tuple(pair for pair, theirs in relations if not letters.isdisjoint(theirs)),
        conditions=tuple(c for c, theirs in conditions if not letters.isdisjoint(theirs)),
        dimensions=context.dimensions & sizes,
        ordering=tuple(pair for pair in context.ordering if not sizes.isdisjoint(pair)),
        not_understood=(),
        moved=frozenset(k for k in context.moved if k.base in letters),
    )


def letters_of(node: Node) -> set[str]:
    """The letters and words of a formula, fonts and accents apart."""
    return {n.base for n in node.walk() if isinstance(n, Name)}


def fingerprint(context: Context) -> tuple[object, ...]:
    """A context as a key: equal where formulas are read and judged alike."""
    return (
        frozenset((k, d.shape, d.properties) for k, d in context.symbols.items()),
        tuple((d.key, d.parameters, d.body) for d in context.definitions),
        frozenset(context.functions.items()),
        context.equations,
        context.conditions,
        context.dimensions,
        context.ordering,
        context.moved,
        context.bold_vectors,
        context.bold_matrices,
    )


__all__ = ["fingerprint", "letters_of", "relevant"]
