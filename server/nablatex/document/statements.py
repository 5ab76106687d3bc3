"""The statements of a formula region: claims, definitions, conditions, declarations, each with the context before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nablatex.document.context import Context, Definition
from nablatex.document.declarations import definition_of
from nablatex.document.distributions import with_covariances
from nablatex.document.identities import all_known, could_be_identity, primed, size_of_defined
from nablatex.document.index_sets import runs_over_indices
from nablatex.document.motion import along_trajectories, moved_by
from nablatex.document.names import Key, key_of, key_of_moved, mark_above
from nablatex.document.relations import relations_in
from nablatex.document.suppositions import suppose
from nablatex.document.variations import with_variations
from nablatex.document.vector_calculus import written_out
from nablatex.latex.parse import parse
from nablatex.latex.regions import Region
from nablatex.latex.tree import (
    Annotated,
    BigOperator,
    Call,
    Condition,
    Derivative,
    Differential,
    Dots,
    Fence,
    Juxtaposition,
    Matrix,
    Missing,
    Name,
    Node,
    Number,
    Operator,
    Relation,
    Scripted,
    Span,
    Sum,
    Text,
    Unknown,
)
from nablatex.latex.vocabulary import ARROWS, WHOLE_OPERAND

Kind = Literal["claim", "definition", "condition", "assumption", "declaration", "expression"]
EQUALS = ("=", "\\equiv")
FORWARD = frozenset(r"\Rightarrow \implies \Longrightarrow \iff \Leftrightarrow \Longleftrightarrow \therefore".split())
NEVER_CLAIMED = frozenset(
    r"\approx \propto \leftarrow \gets \sim \leq \le \geq \ge < > \ll \gg \to \simeq \lesssim".split()
)
MAX_STATED = 16
NOISE = frozenset(("\\varepsilon", "\\epsilon", "e", "u"))
"""Letters of errors, which a model adds to what it says of its data."""
_WHERE = re.compile(
    r"(?:[\s,;]|\\[,;:!]|\\q?quad(?![A-Za-z]))*\\(?:text|mbox|textrm|textit)\s*\{\s*(?:where|with)\s*\}"
)
_TRANSPOSED = frozenset(("T", "t", "\\top", "\\intercal"))
_NOT_ASSUMED = (Text, Dots, Unknown, Missing)


@dataclass(frozen=True, slots=True)
class Statement:
    """One formula, or one step of a chain (left = right), with the context before it."""

    kind: Kind
    span: Span
    tree: Node
    context: Context
    left: Node | None = None
    right: Node | None = None
    readable: bool = True
    premise: tuple[Node, Node] | None = None
    """The equation before an arrow, which this one is said to follow from; the context assumes it."""
    silenced: frozenset[str] | None = None
    """Codes that a comment switches off here; all of them where it is empty, none where it is None."""

    @property
    def ignored(self) -> bool:
        """Whether a comment says to leave it alone altogether."""
        return self.silenced is not None and not self.silenced


def statements_of(text: str, region: Region, context: Context) -> Iterator[Statement]:
    """The statements of a region; a chain goes on over rows that begin with a relation."""
    carried: Node | None = None
    last: tuple[Node, Node] | None = None
    rows = [parse(text, macros=context.macros, start=row.start, end=row.end) for row in region.rows]
    context = replace(context, moved=_moved([parsed.tree for parsed in rows], context))
    for row, parsed in zip(region.rows, rows, strict=True):
        tree = parsed.tree
        while isinstance(tree, Condition) or (isinstance(tree, Annotated) and isinstance(tree.body, Relation)):
            if isinstance(tree, Condition):
                context = _with_meanings(_conditioned(context, tree.words), text, tree.body.span.end, row.end)
            tree = tree.body  # \boxed{a = b}
        if parsed.problems and not _continues(tree):
            yield Statement("expression", row, tree, context, readable=False)
            carried = None
            continue
        for part, premise in _implied(tree, last):
            known = context if premise is None else _given(context, premise)
            for statement in _steps(written_out(part, known), row, known, carried, text, premise):
                yield statement
                if statement.left is not None and statement.right is not None and _equates(statement):
                    last = (statement.left, statement.right)
                context = after(context, statement, text)
                if statement.right is not None:
                    schematic = statement.left is not None and _schematic(statement.right, context)
                    carried = statement.left if schematic else statement.right
            if not isinstance(part, Relation):
                carried = part if not isinstance(part, Missing) else carried


def _moved(rows: Sequence[Node], context: Context) -> frozenset[Key]:
    """The symbols whose differentials stand in a display."""
    found = (key_of_moved(n.operand, context.find) for tree in rows for n in tree.walk() if isinstance(n, Differential))
    return frozenset(key for key in found if key is not None and context.definition(key) is None)


def _implied(tree: Node, last: tuple[Node, Node] | None) -> Iterator[tuple[Node, tuple[Node, Node] | None]]:
    """The relations of a row, each with the equation that an arrow says it follows from (`last` is the row above)."""
    if not isinstance(tree, Relation) or tree.ops[0] not in ARROWS:
        yield from ((part, None) for part in relations_in(tree))
        return
    premise: tuple[Node, Node] | None = None
    for k, side in enumerate(tree.sides):
        if isinstance(side, Missing):
            premise = last
            continue
        follows = premise if k and tree.ops[k - 1] in FORWARD else None
        for part in relations_in(side):
            yield part, follows
        equation = side if isinstance(side, Relation) and set(side.ops) <= set(EQUALS) else None
        premise = (equation.sides[-2], equation.sides[-1]) if equation is not None else None


def _given(context: Context, premise: tuple[Node, Node]) -> Context:
    """The context with an equation assumed; a definition that it may be is not touched."""
    return replace(context, equations=(*context.equations, premise))


def _equates(s: Statement) -> bool:
    return isinstance(s.tree, Relation) and s.tree.ops[0] in EQUALS


def _conditioned(context: Context, words: str) -> Context:
    """``\\text{for symmetric } W``: what trails a formula is assumed there."""
    m = re.search(
        r"(symmetric positive definite|positive definite|symmetric|diagonal|orthogonal|invertible)\s*\}?\s*\$?(?P<x>\\?[A-Za-z]+(?:\{[A-Za-z]\})?)",
        words,
    )
    return suppose(context, f"{m.group('x')} {m.group(1)}") if m else context


def _with_meanings(context: Context, text: str, start: int, end: int) -> Context:
    r"""``\text{where } r = Ax - b, \; s = \|r\|`` behind a formula says what new letters in it mean."""
    m = _WHERE.match(text, start, end)
    for part in relations_in(parse(text, macros=context.macros, start=m.end(), end=end).tree) if m is not None else ():
        found = _defined(part, text) if isinstance(part, Relation) and part.ops == ("=",) else None
        if found is not None and context.find(found.key) is None and context.definition(found.key) is None:
            context = context.define(found)
    return context


def _continues(tree: Node) -> bool:
    return isinstance(tree, Relation) and isinstance(tree.sides[0], Missing)


def _steps(
    tree: Node,
    row: Span,
    context: Context,
    carried: Node | None,
    text: str,
    premise: tuple[Node, Node] | None = None,
) -> Iterator[Statement]:
    if not isinstance(tree, Relation):
        yield Statement("expression", tree.span if tree.span.end > tree.span.start else row, tree, context)
        return
    if "\\in" in tree.ops or (tree.ops[0] == ":" and len(tree.ops) > 1):
        yield Statement("declaration", tree.span, tree, context)
        return
    above = carried if isinstance(tree.sides[0], Missing) else None
    tree = with_variations(along_trajectories(tree, context, above), context, above)
    sides = list(tree.sides)
    if isinstance(sides[0], Missing):
        if carried is None:
            yield Statement("expression", tree.span, tree, context, readable=False)
            return
        sides[0] = carried
    sides[0] = _minimised(sides[0], sides[1])
    for k, op in enumerate(tree.ops):
        left, right = sides[k], sides[k + 1]
        if op in EQUALS and _schematic(right, context) and not _schematic(left, context):
            sides[k + 1] = left  # what follows is a step from what is understood
        span = Span(left.span.start if left.span.start >= row.start else right.span.start, right.span.end)
        pair = Relation(span, (left, right), (op,))
        kind = classify(left, right, op, context, first=k == 0 and not isinstance(tree.sides[0], Missing))
        if k == 0 and premise is not None and kind in ("condition", "definition") and _concludes(pair, premise):
            kind = "claim"
        yield Statement(kind, span, pair, context, left, right, premise=premise if k == 0 else None)
        if kind == "definition":
            found = _defined(pair, text)
            if found is not None:
                context = context.define(found)


def _minimised(node: Node, right: Node) -> Node:
    r"""``\min_w L(w) = …`` with w on the right side defines L(w), which is minimised."""
    if not isinstance(node, BigOperator) or node.kind not in ("min", "max") or node.lower is None:
        return node
    head = node.body.head if isinstance(node.body, Call) else node.body
    if not isinstance(head, (Name, Scripted)) or isinstance(right, BigOperator):
        return node
    over = {k for n in node.lower.walk() if isinstance(n, Name) and (k := key_of(n)) is not None}
    names = {k for n in right.walk() if isinstance(n, (Name, Scripted)) and (k := key_of(n)) is not None}
    assert node.body is not None
    return node if over.isdisjoint(names) or key_of(head) in names else node.body


def classify(left: Node, right: Node, op: str, context: Context, first: bool) -> Kind:
    """What left op right is.  Only a claim is judged; in doubt it is something else."""
    if op in (":=", "\\coloneqq", "\\triangleq", "\\doteq"):
        return "definition"
    if op not in EQUALS:
        return "condition"
    nodes = [*left.walk(), *right.walk()]
    if any(
        isinstance(n, (Text, Dots, Unknown, Missing))
        or (isinstance(n, BigOperator) and n.kind != "int" and not runs_over_indices(n))
        for n in nodes
    ):
        return "condition"
    if any(_only_to_some_order(n, context) or _defines_a_map(n) for n in nodes):
        return "condition"
    if _schematic(left, context) or _schematic(right, context):
        return "condition"
    if is_zero(right):
        return "condition"
    if first and primed(left, right, context):
        return "claim"
    if first and moved_by(left, context) and not any(isinstance(n, Derivative) for n in right.walk()):
        return "condition"
    key = key_of(left.head) if isinstance(left, Call) else key_of(left)
    if mark_above(left) and definition_of(Relation(left.span, (left, right), ("=",))) is None:
        key = None  # the adjoint or pseudoinverse of a matrix
    if first and key is not None and isinstance(left, (Name, Scripted, Call)):
        if _occurs(right, key) or isinstance(right, Number):
            return "definition" if isinstance(left, Call) and context.definition(key) is None else "condition"
        if _is_model(right, context):
            return "condition"
        found = definition_of(Relation(left.span, (left, right), ("=",)))
        again = found is None and context.definition(key) is not None
        return "condition" if again else "definition"
    if any(isinstance(n, (Derivative, Differential)) for n in nodes):
        return (
            "claim"
            if (first and any(isinstance(n, (Derivative, Differential)) for n in left.walk())) or not first
            else "condition"
        )
    if not first or _total(left, context):
        return "claim"
    if _between_entries(left, right, context):
        return "claim"
    if size_of_defined(left, right, context):
        return "claim"
    return "claim" if all_known(nodes, context) and could_be_identity(left, right, context) else "condition"


def _is_model(right: Node, context: Context) -> bool:
    r"""``y = X\beta + \varepsilon`` says how data come about; y is no shorthand for it."""
    if not isinstance(right, Sum) or len(right.terms) < 2:
        return False
    last = right.terms[-1]
    key = key_of(last) if isinstance(last, (Name, Scripted)) else None
    if key is None or key.base not in NOISE or not any(isinstance(t, (Juxtaposition, Call)) for t in right.terms[:-1]):
        return False
    return key.base.startswith("\\") or (context.find(key) is None and context.definition(key) is None)


def _total(node: Node, context: Context) -> bool:
    """``D f(X)[H]`` and ``D^2 f(X)[H, K]`` of a defined function."""
    if not isinstance(node, Juxtaposition) or len(node.factors) < 2:
        return False
    letter, call = node.factors[:2]
    if isinstance(letter, Scripted) and isinstance(letter.sup, Number) and letter.sub is None and len(node.factors) > 2:
        letter = letter.base
    if not isinstance(letter, Name) or letter.base != "D" or not isinstance(call, Call):
        return False
    key, head = key_of(letter), key_of(call.head)
    free = key is not None and context.find(key) is None and context.definition(key) is None
    definition = context.definition(head) if head is not None else None
    return free and definition is not None and len(definition.parameters) == 1


def is_zero(node: Node) -> bool:
    """0 as a number, or in a font of its own as a vector or matrix."""
    return (isinstance(node, Number) and float(node.text) == 0) or (isinstance(node, Name) and node.base == "0")


def _between_entries(left: Node, right: Node, context: Context) -> bool:
    """A computation with matrices that are written out, in which every letter has a value: nothing else can be meant.

    A prime may make a new symbol, bars may be taken entry by entry, functions too: what holds them is no claim.
    """
    nodes = [n for side in (left, right) for n in side.walk()]
    if isinstance(left, Matrix) or not any(isinstance(n, Matrix) for n in nodes):
        return False
    marks = {id(n.sup) for n in nodes if isinstance(n, Scripted) and isinstance(n.sup, Name)}
    for n in nodes:
        if isinstance(n, Scripted) and n.primes:
            return False
        if isinstance(n, Fence) and n.kind == "bar" and isinstance(right, Matrix):
            return False
        if isinstance(n, Operator) and n.word not in WHOLE_OPERAND:
            return False
        if isinstance(n, Juxtaposition) and "*" in n.marks:
            return False
        if isinstance(n, Name):
            key = key_of(n)
            valued = key is not None and context.definition(key) is not None and key not in context.symbols
            mark = id(n) in marks and n.base in _TRANSPOSED
            if not (valued or mark or n.base in ("I", "\\pi")):
                return False
    return True


def _only_to_some_order(n: Node, context: Context) -> bool:
    r"""o(h), O(\|h\|^2): what holds to first order is no equality."""
    if not isinstance(n, Call) or not isinstance(n.head, Name) or n.head.base not in ("o", "O"):
        return False
    key = key_of(n.head)
    return key is None or (context.find(key) is None and context.definition(key) is None)


def _schematic(node: Node, context: Context) -> bool:
    r"""\textrm{prod}(A, B): an operation that only words describe, by a name that nothing defines."""
    return any(
        isinstance(n, Call)
        and len(n.argument.items) > 1
        and isinstance(n.head, Name)
        and n.head.font == "rm"
        and len(n.head.base) > 1
        and (key := key_of(n.head)) is not None
        and context.definition(key) is None
        for n in node.walk()
    )


def _defines_a_map(n: Node) -> bool:
    """V ↦ AVB is a function, and not a value."""
    return isinstance(n, Relation) and "\\mapsto" in n.ops


def _concludes(pair: Relation, premise: tuple[Node, Node]) -> bool:
    """Whether an equation speaks of what the one before it speaks of, and of nothing else that could be meant anew."""
    if pair.ops[0] not in EQUALS or any(isinstance(n, _NOT_ASSUMED) for side in premise for n in side.walk()):
        return False
    if any(isinstance(n, (*_NOT_ASSUMED, BigOperator)) for n in pair.walk()):
        return False
    letters = {n.base for n in pair.walk() if isinstance(n, Name)} - {"T", "\\top", "I", "0"}
    return letters <= {n.base for side in premise for n in side.walk() if isinstance(n, Name)}


def _occurs(node: Node, key: Key) -> bool:
    return any(key_of(n) == key for n in node.walk() if isinstance(n, (Name, Scripted)))


def stated_by(s: Statement) -> tuple[tuple[Node, Node], ...]:
    """The equation that a statement states without claiming it, if it says anything (not i = 1)."""
    if (
        (s.kind != "condition" and s.premise is None)
        or s.left is None
        or s.right is None
        or not isinstance(s.tree, Relation)
    ):
        return ()
    tells = any(not isinstance(x, (Name, Number)) for x in (s.left, s.right))
    read = s.readable and not any(isinstance(n, _NOT_ASSUMED) for n in s.tree.walk())
    return ((s.left, s.right),) if tells and read and s.tree.ops[0] in EQUALS else ()


def given_value(s: Statement) -> Key | None:
    """The symbol of ``x = 0``, a value that is a number."""
    number = isinstance(s.right, Number) or (
        isinstance(s.right, Sum) and all(isinstance(t, Number) for t in s.right.terms)
    )
    return key_of(s.left) if number and isinstance(s.left, (Name, Scripted)) and _equates(s) else None


def after(context: Context, s: Statement, text: str) -> Context:
    """The context behind a statement: definitions, and what is stated without being claimed, are known from there on."""
    context = with_covariances(context, s.tree)
    stated = stated_by(s)
    if stated:
        return replace(context, stated=(*context.stated, *stated)[-MAX_STATED:])
    if s.kind == "definition":
        found = _defined(s.tree, text)
        if found is not None and found.key not in {k.differential for k in context.symbols}:
            return context.define(found)
    return context


def _defined(tree: Node, text: str) -> Definition | None:
    found = definition_of(tree)
    return replace(found, latex=text[found.body.span.start : found.body.span.end]) if found is not None else None


__all__ = ["Statement", "after", "given_value", "stated_by", "statements_of"]
