r"""Laplacians and divergences: ``\Delta_x f``, ``\nabla \cdot F``, ``\operatorname{div} F``, and ``\nabla^2 f`` that is a number."""

from __future__ import annotations

from collections.abc import Sequence

from nablatex.algebra import ops
from nablatex.algebra.dims import ONE, SCALAR, ShapeError
from nablatex.document.base import Unsupported
from nablatex.document.context import Context
from nablatex.document.drafts import Draft
from nablatex.document.gradients import GradientReading
from nablatex.document.maps import with_maps
from nablatex.document.names import Key, key_of
from nablatex.latex.tree import (
    Call,
    Derivative,
    Fence,
    Juxtaposition,
    Name,
    Node,
    Operator,
    Scripted,
    Span,
    Variable,
    rewritten,
)

LAPLACIAN, DIVERGENCE, CURL = "Laplacian", "divergence", "curl"
"""What `written_out` makes of the signs; no author's word is spelled so."""
WORDS = {"div": DIVERGENCE, "curl": CURL, "rot": CURL}
MAX_UNFOLD = 6


def written_out(node: Node, context: Context) -> Node:
    """The formula with what authors write for short as derivatives: J_f and H_f, Laplacians, divergences."""
    node = with_maps(node, context)
    marks = any(
        (isinstance(n, Name) and ("\\Delta" in (n.base, n.prefix) or (n.base in WORDS and n.font == "rm")))
        or (isinstance(n, Derivative) and n.operand is None)
        for n in node.walk()
    )
    return rewritten(node, lambda n: _traced(n, context)) if marks else node


def _traced(node: Node, context: Context) -> Node | None:
    """A node that is a Laplacian, a divergence or a curl, or a product that one of them ends."""
    if isinstance(node, Name) and node.prefix == "\\Delta" and not node.accents:
        bare = Name(node.span, node.base, node.font)
        defined = context.definition(key_of(bare) or Key(""))
        return _laplacian(node, bare, None, context) if defined is not None and defined.parameters else None
    if isinstance(node, Call):
        kind, below = _sign(node.head)
        return _made(kind, node, node.argument, below, context) if kind else None
    if isinstance(node, Scripted) and isinstance(node.base, Name) and node.base.prefix == "\\Delta":
        if node.base.base != "e" or node.sup is None:  # \Delta e^{-x^T x}: what else is a difference in e?
            return None
        power = Scripted(node.span, Name(node.base.span, "e", node.base.font), None, node.sup)
        return _laplacian(node, power, None, context)
    if not isinstance(node, Juxtaposition):
        return None
    for k, f in enumerate(node.factors[:-1]):
        rest = node.factors[k + 1 :]
        operand = (
            rest[0] if len(rest) == 1 else Juxtaposition(rest[0].span.join(rest[-1].span), rest, node.marks[k + 1 :])
        )
        kind, below = _sign(f) if not node.marks[k] else ("", None)
        if isinstance(f, Derivative) and f.operand is None and f.style == "nabla" and f.order == 1:
            kind = {"\\cdot": DIVERGENCE, "\\times": CURL}.get(node.marks[k], "")
            below = f.variables[0].target if f.variables else None
        made = _made(kind, f, operand, below, context) if kind else None
        if made is not None:
            before = node.factors[:k]
            return made if not before else Juxtaposition(node.span, (*before, made), node.marks[:k])
    return None


def _sign(node: Node) -> tuple[str, Node | None]:
    r"""Of \Delta_x, \Delta and div_x: which they are, and the variable below."""
    below = node.sub if isinstance(node, Scripted) and node.sup is None and not node.primes else None
    base = node.base if below is not None and isinstance(node, Scripted) else node
    if not isinstance(base, Name) or base.accents or base.prefix:
        return "", None
    if base.base == "\\Delta":
        return LAPLACIAN, below
    return (WORDS.get(base.base, "") if base.font == "rm" else ""), below


def _made(kind: str, sign: Node, operand: Node, below: Node | None, context: Context) -> Node | None:
    if kind == LAPLACIAN:
        return _laplacian(sign, operand, below, context)
    inner = operand.items[0] if isinstance(operand, Fence) and len(operand.items) == 1 else operand
    gradient = isinstance(inner, Derivative) and inner.style == "nabla" and inner.order == 1
    if kind == DIVERGENCE and gradient and isinstance(inner, Derivative) and inner.operand is not None:  # div grad f
        target = inner.variables[0].target if inner.variables else below
        return _laplacian(inner, inner.operand, target, context) or _unknown(sign, operand)
    target = _variable(operand, below, context)
    if target is None:
        return _unknown(sign, operand)
    row = Scripted(target.span, target, None, Name(target.span, "\\top"))
    d = Derivative(_over(sign, operand), "partial", operand, (Variable(target.span, row),), 1, False, sign.span)
    return Operator(d.span, kind, (d,), False)


def _unknown(sign: Node, operand: Node) -> Operator:
    return Operator(_over(sign, operand), DIVERGENCE, (operand,), False)


def _over(sign: Node, operand: Node) -> Span:
    return sign.span.join(operand.span)


def _laplacian(sign: Node, operand: Node, below: Node | None, context: Context) -> Node | None:
    r"""None where a \Delta is more likely a difference, or a letter.  The operator's `sub` is the variable, where that is said."""
    letters = {k for k in (Key("\\Delta"), Key("", prefix="\\Delta")) if context.find(k) or context.definition(k)}
    change = below is None and isinstance(sign, (Name, Call)) and _changes(operand, context)
    target = None if letters or change else _variable(operand, below, context)
    if target is None:
        return None
    d = Derivative(_over(sign, operand), "nabla", operand, (Variable(target.span, target),), 2, False, sign.span)
    said = below or (target if isinstance(sign, Derivative) else None)
    return Operator(d.span, LAPLACIAN, (d,), False, said)


def _changes(operand: Node, context: Context) -> bool:
    """Whether a name comes first, which is no function: what stands before it is a difference."""
    first = operand.factors[0] if isinstance(operand, Juxtaposition) else operand
    key = key_of(first)
    known = context.definition(key) if key is not None else None
    return key is not None and not (known is not None and known.parameters)


def _variable(operand: Node, below: Node | None, context: Context) -> Node | None:
    """What stands below the sign, if the operand speaks of it; else the only vector that the operand speaks of."""
    spoken = list(_names(operand, context, 0))
    if below is not None:
        wanted = key_of(below)
        return below if wanted in [k for k, _ in spoken] else None
    vectors: dict[Key, Node] = {}
    for key, name in spoken:
        found = context.find(key)
        shape = found[1].shape if found is not None else None
        constant = found is not None and found[1].properties & {"ones", "constant", "unit"}
        if found is not None and not constant and shape is not None and shape != SCALAR and shape[1] == ONE:
            vectors[found[0]] = name
    return next(iter(vectors.values())) if len(vectors) == 1 else None


def _names(node: Node, context: Context, depth: int) -> Sequence[tuple[Key, Node]]:
    """The names in a formula, definitions unfolded; parameters of functions count for what they are called with."""
    below = {id(x) for n in node.walk() if isinstance(n, Scripted) and n.sub is not None for x in n.sub.walk()}
    out: list[tuple[Key, Node]] = []
    for n in node.walk():
        key = key_of(n) if isinstance(n, (Name, Scripted)) and id(n) not in below else None
        if key is None:
            continue
        defined = context.definition(key)
        out.append((key, n))
        if defined is not None and depth < MAX_UNFOLD:
            out += [(k, x) for k, x in _names(defined.body, context, depth + 1) if key_of(x) is not None]
    return out


class VectorCalculusReading(GradientReading):
    """Traces of Hessians and of Jacobian matrices."""

    def derivative(self, node: Derivative) -> Draft:
        value = super().derivative(node)
        if node.style == "nabla" and node.order == 2 and len(node.variables) <= 1 and not self.scalar(value):
            rows, columns = self.shape(value)
            if rows == columns and self.choose(0.0, 1.4, once="nabla squared") == 1:
                return self.traced(value)
        return value

    def operator(self, node: Operator) -> Draft:
        if node.word == CURL:
            raise Unsupported("a curl, which is one of three components alone", node.span)
        if node.word not in (LAPLACIAN, DIVERGENCE):
            return super().operator(node)
        inside = node.arguments[0]
        if not isinstance(inside, Derivative):
            raise Unsupported(f"the {node.word} by which variable?", node.span)
        value = super().derivative(inside)
        try:
            rows, columns = self.shape(value)
            self.unify.equate(rows, columns, "")
        except ShapeError as error:
            what = "no number" if node.word == LAPLACIAN else "no vector as long as its variable"
            raise Unsupported(f"the {node.word} of something that is {what}", node.span) from error
        return self.traced(value)

    def traced(self, value: Draft) -> Draft:
        return Draft(SCALAR, lambda xs: ops.trace(xs[0]), (value,))


__all__ = ["VectorCalculusReading", "written_out"]
