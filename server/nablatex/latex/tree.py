"""The syntax tree of LaTeX mathematics: values with spans, no shapes, no meaning.

Every node carries the span of the *source text* that it was read from; a node that comes out of
an author's macro carries the span of the macro's use.  What a construct means (an entry or a
name, a call or a product, a transpose or a power) is for `nablatex.document` to decide; the tree
only keeps apart what the author wrote apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar, cast


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of offsets (code points) in the source text."""

    start: int
    end: int

    def join(self, other: Span) -> Span:
        return Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes.  Spans do not take part in equality: equal trees were written alike."""

    span: Span = field(compare=False)

    def children(self) -> Iterator[Node]:
        for name in _names(type(self)):
            yield from _nodes(getattr(self, name))

    def walk(self) -> Iterator[Node]:
        """The node and all below it, in the order of the text."""
        waiting: list[Node] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            below = [child for name in _names(type(node)) for child in _nodes(getattr(node, name))]
            below.reverse()
            waiting.extend(below)


def rewritten(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """The tree with what `change` gives for a node in its place; where it gives None, the parts are looked into."""
    new = change(node)
    if new is not None:
        return new
    parts = {name: getattr(node, name) for name in _names(type(node))}
    made = {name: _with_parts(value, change) for name, value in parts.items()}
    differ = {name: value for name, value in made.items() if value is not parts[name]}
    return replace(node, **differ) if differ else node


def _with_parts(value: Any, change: Callable[[Node], Node | None]) -> Any:
    if isinstance(value, Node):
        return rewritten(value, change)
    if isinstance(value, tuple):
        made = tuple(_with_parts(item, change) for item in value)
        return made if any(a is not b for a, b in zip(made, value, strict=True)) else value
    return value


def _nodes(value: object) -> tuple[Node, ...]:
    """The nodes in a field: itself, or those of a tuple, however deep."""
    if isinstance(value, Node):
        return (value,)
    if isinstance(value, tuple):
        return tuple(n for item in value for n in _nodes(item))
    return ()


_NAMES: dict[type, tuple[str, ...]] = {}


def _names(kind: type[Node]) -> tuple[str, ...]:
    """The fields that can hold nodes."""
    names = _NAMES.get(kind)
    if names is None:
        plain = ("str", "int", "bool", "Span", "tuple[str, ...]")
        names = _NAMES[kind] = tuple(f.name for f in fields(kind) if f.type not in plain)
    return names


T = TypeVar("T")

_MOVES: dict[type, tuple[tuple[str, bool], ...]] = {}
"""Fields of nodes, and whether each can hold a span or a node."""


def _moves(kind: type[Any]) -> tuple[tuple[str, bool], ...]:
    plain = ("str", "int", "bool", "tuple[str, ...]")
    found = _MOVES[kind] = tuple((f.name, f.type not in plain) for f in fields(kind))
    return found


def shifted(value: T, by: int) -> T:
    """A span, node or tuple of them, with every span moved; anything else as it is."""
    if not by:
        return value
    moved: Any = value
    kind = type(value)
    if kind is Span:
        moved = Span(moved.start + by, moved.end + by)
    elif kind is tuple:
        moved = tuple([shifted(v, by) for v in moved])
    elif isinstance(value, Node):
        names = _MOVES.get(kind) or _moves(kind)
        moved = kind(*[shifted(getattr(value, n), by) if moves else getattr(value, n) for n, moves in names])
    return cast(T, moved)


@dataclass(frozen=True, slots=True)
class Number(Node):
    r"""A numeral: ``2``, ``0.5``, ``3.1``."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    r"""One letter or one word: ``X``, ``\mathbf{X}``, ``\Sigma``, ``\hat\beta``, ``\Delta W``, ``\mathrm{adj}``.

    base: the letter or word without fonts (``X``, ``\Sigma``, ``adj``, ``\top``; Unicode letters are
    mapped to the commands: α is ``\alpha``);
    font: ``""`` (plain), ``"bold"`` (mathbf, bm, boldsymbol, textbf), ``"rm"``, ``"cal"``, ``"bb"``,
    ``"frak"``, ``"sf"``, ``"tt"``, ``"it"``;
    accents: from inside out, ``("hat",)``, ``("bar",)``, ``("tilde",)``, ``("dot",)``, ``("vec",)``;
    prefix: ``\Delta`` or ``\delta`` when it forms one name with what follows;
    latex: the spelling in the source, macros unexpanded, for printing it back.
    """

    base: str
    font: str = ""
    accents: tuple[str, ...] = ()
    prefix: str = ""
    latex: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Scripted(Node):
    r"""``base_{sub}^{sup}'``: scripts on any node.  `primes` counts ``'`` and ``^\prime``.

    Words in scripts are kept: ``X^{\text{adjoint}}`` has sup = Name("adjoint", "rm"),
    ``a^\top`` has sup = Name("\\top"), ``X^{-T}`` has sup = Sum(-T), ``X^{-1}`` Sum(-1),
    ``W^{(l)}`` has sup = Fence("paren", ...), ``{}^tA`` has left_sup = Name("t").
    """

    base: Node
    sub: Node | None = None
    sup: Node | None = None
    primes: int = 0
    left_sup: Node | None = None


@dataclass(frozen=True, slots=True)
class Fence(Node):
    r"""Delimited: kind is ``paren``, ``bracket``, ``brace``, ``bar`` (|.|), ``norm`` (‖.‖), ``odot`` (the power of X^{\odot k}), ``angle``, ``floor``, ``ceil``.

    items: the parts between commas (angle also splits at a bare ``|``); one item is plain grouping.
    """

    kind: str
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call(Node):
    r"""A name directly followed by a fence: ``f(X)``, ``\sigma'(WX)``, ``x(a+b)``.

    May be an application or a product: the tree does not say.  head is a Name or a Scripted Name;
    ``f^{-1}(X)`` is a Call with a Scripted head, ``f(X)^{-1}`` a Scripted whose base is a Call.
    """

    head: Node
    argument: Fence


@dataclass(frozen=True, slots=True)
class Operator(Node):
    r"""A word operator with its operand: ``\operatorname{tr}(AB)``, ``\det A``, ``\log\det G``, ``\sin^2 x``, ``\max(0, x)``.

    word: as in the vocabulary given to the parser, without backslash (``tr``, ``det``, ``logdet``, ``log``);
    arguments: the items of the fence, or the one operand that was written without a fence;
    fenced: whether the operand had its own delimiters (then nothing after them belongs to it);
    sub, sup, primes: scripts on the word itself (``\log_2``, ``\sin^2``).
    """

    word: str
    arguments: tuple[Node, ...]
    fenced: bool
    sub: Node | None = None
    sup: Node | None = None
    primes: int = 0
    latex: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Juxtaposition(Node):
    r"""Factors side by side; ``\cdot``, ``\times``, ``*`` between two of them are kept in marks.

    marks[i] stands between factors i and i+1: ``""`` (nothing), ``\cdot``, ``\times``, ``*``, ``/``.
    """

    factors: tuple[Node, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Infix(Node):
    r"""``\odot``, ``\circ``, ``\otimes``, ``\oslash``, ``:``, ``\ast``, ``.*`` , ``\oplus``, ``\star``, ``\bullet``: left-associative, looser than juxtaposition."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """Signed terms; signs[i] is ``+``, ``-``, ``±`` or ``∓``.  A lone term with a minus sign is a Sum of one."""

    signs: tuple[str, ...]
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Fraction(Node):
    r"""``\frac``, ``\tfrac``, ``\dfrac``, ``\nicefrac``, ``{a \over b}`` (``a/b`` is a Juxtaposition with mark ``/``)."""

    numerator: Node
    denominator: Node


@dataclass(frozen=True, slots=True)
class Variable(Node):
    r"""One ``\partial X`` of a denominator: the variable, how often (``\partial x^2`` → 2), transposed as in ``\partial x^\top``."""

    target: Node
    order: int = 1


@dataclass(frozen=True, slots=True)
class Derivative(Node):
    r"""A derivative as an operator: ``\frac{\partial f}{\partial X}``, ``\frac{\partial}{\partial X} f``, ``\nabla_X f``, ``\partial_X f``, ``f_X``-like forms not included.

    style: ``partial``, ``d`` (\frac{d}{dx}), ``nabla``, ``jacobian`` (``J_f``, made of names later on);
    operand: what is differentiated; None where nothing follows the operator;
    variables: in the order written; empty for a bare ``\nabla f``;
    order: total order (``\nabla^2`` → 2);
    applied: True for \frac{\partial}{\partial X} f, where the operand stands behind the operator;
    fenced: an applied operand that has its own delimiters and ends with them;
    operator: span of the operator without an operand that stands behind it.
    """

    style: str
    operand: Node | None
    variables: tuple[Variable, ...]
    order: int
    applied: bool
    operator: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Differential(Node):
    r"""``dX``, ``\mathrm{d}(XY)``, ``d\operatorname{tr}(X)``, ``\partial X^{-1}``, ``d^2 f``.

    An italic ``d`` may be a letter in a product instead: certain is False then, and `letter` is the Name.
    The operand is the one factor that follows with its scripts: ``dX^{-1}`` is d(X^{-1}), ``dX X`` is (dX)X.
    """

    marker: str
    operand: Node
    certain: bool
    letter: Name
    order: int = 1


@dataclass(frozen=True, slots=True)
class BigOperator(Node):
    r"""``\sum_{i=1}^m body``, ``\prod``, ``\int_a^b body\,dt``, ``\max_x``, ``\lim``, ``\mathbb{E}[...]``.

    kind: ``sum``, ``prod``, ``int``, ``lim``, ``max``, ``min``, ``argmin``, ``argmax``, ``sup``, ``inf``, ``E``;
    body: the term that follows, up to + or - or a relation; measure: the variable of an integral's dt.
    """

    kind: str
    lower: Node | None
    upper: Node | None
    body: Node | None
    measure: Node | None = None


@dataclass(frozen=True, slots=True)
class Matrix(Node):
    r"""``\begin{bmatrix}…``: env as written (``bmatrix``, ``pmatrix``, ``vmatrix``, ``cases``, ``array``), rows of cells."""

    env: str
    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Evaluated(Node):
    r"""``body \Big|_{h=0}``, ``\left. body \right|_{X=I}``: at is the condition (a Relation or a value)."""

    body: Node
    at: Node


@dataclass(frozen=True, slots=True)
class Annotated(Node):
    r"""``\underbrace{body}_{note}``, ``\overbrace``, ``\boxed{body}``, ``\color…``: reads as its body."""

    body: Node
    note: Node | None


@dataclass(frozen=True, slots=True)
class Text(Node):
    r"""``\text{for symmetric }``, ``\mathrm{const}`` standing alone: words inside a formula."""

    text: str


@dataclass(frozen=True, slots=True)
class Condition(Node):
    r"""A trailing condition: ``body \quad \text{for symmetric } W``, ``body, \quad W = W^\top``."""

    body: Node
    words: str


@dataclass(frozen=True, slots=True)
class Relation(Node):
    r"""A chain ``sides[0] ops[0] sides[1] …``; ops as ``=``, ``\approx``, ``\in``, ``\leq``, ``\propto``, ``:=``, ``\to``, ``\Rightarrow``, ``\equiv``.

    A side may be `Missing` where a chain goes on from the line above (``&= …``).
    ``\Rightarrow``-like arrows bind looser: their sides are Relations themselves.
    """

    sides: tuple[Node, ...]
    ops: tuple[str, ...]
    op_spans: tuple[Span, ...] = field(compare=False, default=())


@dataclass(frozen=True, slots=True)
class List(Node):
    """Comma-separated parts at the top level: ``x, y \\in R^n`` is a Relation whose left side is a List."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Dots(Node):
    r"""``\dots``, ``\cdots``, ``\vdots``, ``...``: something was left out."""


@dataclass(frozen=True, slots=True)
class Missing(Node):
    """Nothing where something was expected: half-typed input, or the left side of a continued chain."""


@dataclass(frozen=True, slots=True)
class Unknown(Node):
    """Tokens that the reader does not understand; it always comes with an error in the result."""

    text: str


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why a part was not read: message for a person, and where."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """Result of reading one formula: always a tree, and what was not understood."""

    tree: Node
    problems: tuple[SyntaxProblem, ...]
