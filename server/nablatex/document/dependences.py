r"""What a formula says of the dependence of its symbols: z on y and y on x in \frac{dz}{dx} = \frac{dz}{dy}\frac{dy}{dx}.

A chain rule speaks of functions that the text does not define.  Its own derivatives and calls say what depends on
what; where they leave a choice, each is tried (`dependences`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from nablatex.algebra.dims import ONE, SCALAR, dim
from nablatex.document.context import Context, Declared
from nablatex.document.names import Key, key_of, label_of, transpose_mark
from nablatex.latex.tree import Call, Derivative, Differential, Fence, Name, Node, Scripted

Graph = dict[Key, tuple[Node, ...]]
"""What each symbol or function directly depends on: names, in the order of its arguments."""

ENTRYWISE = frozenset(("\\sigma", "\\phi", "\\varphi", "\\psi", "\\rho"))
"""Letters of functions that act on every entry."""
MAX_UNKNOWNS = 12


def dependences(left: Node, right: Node, context: Context) -> Iterator[Context]:
    """Contexts in which the functions that left = right differentiates, and does not define, are arbitrary ones."""
    context = _with_vectors(context, left, right)
    direct, said = _edges((left, right, *(d.body for d in context.definitions)), (left, right), context)
    if not direct or len(direct) > MAX_UNKNOWNS:
        return
    seen: list[Graph] = []
    for graph in (_reduced(direct, said), _without_total(direct, said, left), direct):
        for keep in (True, False):
            chosen = {k: p for k, p in graph.items() if not (keep and _defined(k, context))}
            if chosen and chosen not in seen and not _circular(chosen):
                seen.append(chosen)
                yield _supposing(context, chosen, keep)


def _supposing(context: Context, graph: Graph, keep: bool) -> Context:
    """The context with these dependences; without definitions of what they speak of, unless they are kept."""
    spoken = set(graph) | {k for p in graph.values() for n in p if (k := key_of(n)) is not None}
    kept = context.definitions if keep else tuple(d for d in context.definitions if d.key not in spoken)
    return replace(context, definitions=kept, unspecified=graph)


def _defined(key: Key, context: Context) -> bool:
    return context.definition(key) is not None


def _with_vectors(context: Context, left: Node, right: Node) -> Context:
    """With a shape for x where ∂x_i stands beside f(x): x is a vector then, however it is set."""
    names = [n for side in (left, right) for n in side.walk()]
    arguments = {k: a for n in names if isinstance(n, Call) for a in n.argument.items if (k := key_of(a)) is not None}
    for n in names:
        for v in n.variables if isinstance(n, Derivative) else ():
            target = _bare(v.target)
            if not isinstance(target, Scripted) or target.sub is None or context.find(key_of(target) or Key("")):
                continue
            base = key_of(target.base)
            for k, a in arguments.items():
                if base is not None and k.alike(base) and context.find(k) is None:
                    shape = (dim(f"|{k.base}|"), ONE)
                    context = context.declare(k, Declared(label_of(a), shape, frozenset(), "inferred"))
    return context


def _owner(node: Node, context: Context) -> Node:
    """x for x_i where x is a vector."""
    if isinstance(node, Scripted) and node.sub is not None and context.find(key_of(node) or Key("")) is None:
        whole = context.find(key_of(node.base) or Key(""))
        if whole is not None and whole[1].shape not in (None, SCALAR):
            return node.base
    return node


def _edges(everywhere: Sequence[Node], claim: Sequence[Node], context: Context) -> tuple[Graph, frozenset[Key]]:
    """Direct dependences, and the keys whose arguments a call says."""
    derived: dict[Key, dict[Key, Node]] = {}
    called: Graph = {}
    differentiated: set[Key] = set()
    for n in (n for side in claim for n in side.walk()):
        if not isinstance(n, Derivative) or n.operand is None:
            continue
        operand = _owner(_bare(n.operand), context)
        head = operand.head if isinstance(operand, Call) else operand
        key = key_of(head)
        if key is None:
            continue
        differentiated.add(key)
        if not isinstance(operand, Call):
            edges = derived.setdefault(key, {})
            for v in n.variables:
                target = _owner(_bare(v.target), context)
                variable = key_of(target)
                if variable is not None and variable != key:
                    edges.setdefault(variable, target)
    for n in (n for side in everywhere for n in side.walk()):
        if not isinstance(n, Call):
            continue
        key = key_of(n.head)
        if key is None or key.base in ENTRYWISE or key in called:
            continue
        if len(n.argument.items) > 1 or key in differentiated:
            arguments = [a.head if isinstance(a, Call) else a for a in n.argument.items]
            if all(key_of(a) not in (None, key) for a in arguments):
                called[key] = tuple(arguments)
    graph: Graph = {k: tuple(p.values()) for k, p in derived.items() if p}
    return {**graph, **called}, frozenset(called)


def _bare(node: Node) -> Node:
    """Without parentheses and the transpose of a row, an entry of x as x_i."""
    while isinstance(node, Fence) and node.kind == "paren" and len(node.items) == 1:
        node = node.items[0]
    if isinstance(node, Scripted) and (transpose_mark(node.sup) or (node.primes == 1 and node.sup is None)):
        return node.base if node.sub is None else Scripted(node.span, node.base, node.sub)
    return node


def _reduced(graph: Graph, said: frozenset[Key]) -> Graph:
    """z depends on x only through y where dz/dy and dy/dx occur as well."""
    return {k: p if k in said else tuple(n for n in p if not _through(graph, k, n)) for k, p in graph.items()}


def _without_total(graph: Graph, said: frozenset[Key], left: Node) -> Graph:
    """The same for the derivative on the left alone: those on the right are partial ones."""
    if not isinstance(left, Derivative) or left.operand is None:
        return graph
    key = key_of(_bare(left.operand))
    if key is None or key in said or key not in graph:
        return graph
    total = {key_of(_bare(v.target)) for v in left.variables}
    rest = tuple(n for n in graph[key] if key_of(n) not in total)
    return {**graph, key: rest} if rest else graph


def _through(graph: Graph, key: Key, node: Node) -> bool:
    """Whether another direct argument of a key leads to this one."""
    wanted = key_of(node)
    starts = [k for n in graph[key] if (k := key_of(n)) is not None and k != wanted]
    return any(wanted in reach(graph, k) for k in starts)


def reach(graph: Mapping[Key, tuple[Node, ...]], key: Key) -> frozenset[Key]:
    """All that a key depends on, directly or not."""
    found: set[Key] = set()
    waiting = [key]
    while waiting:
        for n in graph.get(waiting.pop(), ()):
            k = key_of(n)
            if k is not None and k not in found:
                found.add(k)
                waiting.append(k)
    return frozenset(found)


def _circular(graph: Graph) -> bool:
    return any(k in reach(graph, k) for k in graph)


def speaks_of_functions(left: Node, right: Node) -> bool:
    """Whether anything is differentiated that a dependence could be unsaid of."""
    return any(
        isinstance(n, Differential)
        or (isinstance(n, Derivative) and isinstance(_bare(n.operand or n), (Name, Scripted, Call)))
        for side in (left, right)
        for n in side.walk()
    )


__all__ = ["dependences", "reach", "speaks_of_functions"]
