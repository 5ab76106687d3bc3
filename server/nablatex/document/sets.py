r"""Sets that symbols are declared to be in, and sizes: ``\mathbb{R}^{m \times n}``, ``\mathbb{S}^n_{++}``, ``\mathcal{M}_n(\mathbb{R})``."""

from __future__ import annotations

from dataclasses import dataclass

from nablatex.algebra.dims import ONE, Dim, Shape, dim
from nablatex.document.names import flat, transpose_mark
from nablatex.latex.tree import (
    Call,
    Dots,
    Fence,
    Juxtaposition,
    List,
    Name,
    Node,
    Number,
    Operator,
    Relation,
    Scripted,
    Sum,
)

NUMBERS = frozenset(("R", "C", "N", "Z", "Q"))
FIELDS = frozenset(
    ("\\R", "\\C", "\\N", "\\Z", "\\Q", "\\Reals", "\\reals", "\\real", "\\RR", "\\CC", "\\NN", "\\ZZ", "\\QQ", "\\Re")
)
"""Commands that stand for sets of numbers where the document does not define them."""


GROUPS: dict[str, frozenset[str]] = {
    "GL": frozenset(("invertible",)),
    "O": frozenset(("orthogonal", "invertible")),
    "SO": frozenset(("orthogonal", "invertible", "rotation")),
    "SPD": frozenset(("spd", "symmetric", "invertible")),
    "Sym": frozenset(("symmetric",)),
    "Skew": frozenset(("skew",)),
}
"""Sets of square matrices that are named by their size: ``O(n)``."""


@dataclass(frozen=True, slots=True)
class Membership:
    """What being in a set says: a shape, properties."""

    shape: Shape
    properties: frozenset[str] = frozenset()

    @property
    def letters(self) -> frozenset[str]:
        return self.shape[0].letters() | self.shape[1].letters()


def membership_of(node: Node) -> Membership | None:
    """What it says to be in the set that node names, or None where it is no set of numbers, vectors or matrices."""
    sup: Node | None = None
    sub: Node | None = None
    if isinstance(node, Call):
        return _matrix_space(node.head, node.argument)
    if isinstance(node, Juxtaposition) and len(node.factors) == 2 and isinstance(node.factors[1], Fence):
        return _matrix_space(node.factors[0], node.factors[1])
    if isinstance(node, Scripted):
        sup, sub, node = node.sup, node.sub, node.base
    if isinstance(node, Fence):
        return _box(node, sup)
    if not isinstance(node, Name):
        return None
    sign = flat(sub) if sub is not None else ""
    if (node.base == "S" and node.font in ("bb", "cal", "bold")) or node.base in ("\\S", "\\SS", "Sym"):
        return _sphere(sup, sub) or _symmetric(sup, sub, (sup and flat(sup)) or "", sign)
    if node.base == "O" and node.font in ("bb", "cal") and sup is not None:
        columns = sides_of_size(sup)
        return Membership(columns, frozenset(("orthonormal-columns",))) if columns is not None else None
    if node.base == "\\Delta":
        return _simplex(sup, sub)
    base = node.base.lstrip("\\")[:1].upper() if node.base in FIELDS else node.base
    written = node.latex in ("R", "C")
    if base not in NUMBERS or not (node.base in FIELDS or node.font in ("bb", "bold", "rm") or written):
        return None
    props: set[str] = set()
    mark = flat(sup) if isinstance(sup, Name) else ""
    if "+" in sign or ">" in sign or mark in ("+", "++"):
        props.add("positive")
    if base == "C":
        props.add("complex")
    if base in ("N", "Z"):
        props |= {"integer", "positive"} if base == "N" else {"integer"}
    if sup is None or mark in ("+", "++", "*", "\\ast", "\\star"):
        if mark in ("*", "\\ast", "\\star"):
            props.add("nonzero")
        return Membership((ONE, ONE), frozenset(props))
    shape = sides_of_size(sup, single=True)
    return Membership(shape, frozenset(props)) if shape is not None else None


def _sphere(sup: Node | None, sub: Node | None) -> Membership | None:
    """``\\mathbb{S}^{n-1}``, the vectors of length 1 in R^n."""
    if not isinstance(sup, Sum) or sub is not None or sup.signs[-1] != "-" or flat(sup.terms[-1]) != "1":
        return None
    below = dimension_of(sup)
    return Membership((below + dim(1), ONE), frozenset(("unit",))) if below is not None else None


def _simplex(sup: Node | None, sub: Node | None) -> Membership | None:
    """``\\Delta^{n-1}`` and ``\\Delta_n``, the vectors of probabilities in R^n."""
    raised = isinstance(sup, Sum) and sub is None
    size = dimension_of(sup) if raised else dimension_of(sub) if sup is None else None
    if size is None:
        return None
    return Membership((size + dim(1) if raised else size, ONE), frozenset(("probability", "positive")))


def _symmetric(sup: Node | None, sub: Node | None, above: str, below: str) -> Membership | None:
    """``\\mathbb{S}^n_{++}``, ``\\mathbb{S}_+^n``, ``\\mathcal{S}_n``, ``\\mathrm{Sym}_n``."""
    sign = above + below
    props = {"symmetric"} | ({"spd", "invertible"} if "++" in sign else {"psd"} if "+" in sign else set())
    for part in (sup, sub):
        size = dimension_of(part) if part is not None and "+" not in flat(part) else None
        if size is not None:
            return Membership((size, size), frozenset(props))
    return None


def _matrix_space(head: Node, argument: Fence) -> Membership | None:
    """``\\mathcal{M}_{m,n}(\\mathbb{R})``, ``M_n(\\mathbb{R})``, ``\\mathrm{GL}_n(\\mathbb{R})``, ``O(n)``, ``\\mathrm{GL}(n, \\mathbb{R})``,
    ``\\mathcal{S}_n^{++}(\\mathbb{R})``, ``\\mathrm{SPD}(n)``, ``\\mathfrak{so}(n)``."""
    base = head.base if isinstance(head, Scripted) else head
    if isinstance(base, Fence) and all(n.font == "frak" for n in base.walk() if isinstance(n, Name)):
        size = dimension_of(argument.items[0]) if flat(base.items[0]).replace(" ", "") == "so" else None
        return Membership((size, size), frozenset(("skew",))) if size is not None else None
    if not isinstance(base, Name):
        return None
    kind = base.base
    if isinstance(head, Scripted) and ((kind == "S" and base.font in ("bb", "cal")) or kind == "Sym"):
        return membership_of(head) if membership_of(argument.items[0]) is not None else None
    props = GROUPS.get(kind, frozenset())
    if props and not isinstance(head, Scripted):
        size = dimension_of(argument.items[0])
        return Membership((size, size), frozenset(props)) if size is not None else None
    if kind == "Mat" and not isinstance(head, Scripted) and len(argument.items) == 2:
        sides = [dimension_of(x) for x in argument.items]
        return Membership((sides[0], sides[1])) if sides[0] is not None and sides[1] is not None else None
    if kind not in ("M", "Mat", "GL") or not isinstance(head, Scripted) or head.sub is None:
        return None
    field = membership_of(argument.items[0])
    if field is None:
        return None
    shape = sides_of_size(head.sub, single=True)
    if shape is None:
        return None
    square = shape[1] == ONE
    return Membership((shape[0], shape[0]) if square else shape, frozenset(props) | field.properties)


def _box(node: Fence, sup: Node | None) -> Membership | None:
    """``[0, 1]^n``, ``\\{0, 1\\}^{m \\times n}``, ``(0, \\infty)``."""
    if len(node.items) != 2 or not all(isinstance(x, (Number, Sum)) or flat(x) in ("\\infty",) for x in node.items):
        return None
    shape: Shape | None = (ONE, ONE) if sup is None else sides_of_size(sup, single=True)
    low = node.items[0]
    positive = node.kind == "paren" and isinstance(low, Number) and float(low.text) >= 0
    return Membership(shape, frozenset({"positive"} if positive else ())) if shape is not None else None


def sides_of_size(node: Node, single: bool = False) -> Shape | None:
    """m, n of ``m \\times n`` or ``m, n``; with single also n as (n, 1)."""
    while isinstance(node, Fence) and node.kind in ("paren", "brace") and len(node.items) == 1:
        node = node.items[0]
    parts: list[Node] = list(node.items) if isinstance(node, List) else times(node)
    if not 1 + (not single) <= len(parts) <= 2:
        return None
    sides = [dimension_of(p) for p in parts]
    if any(d is None for d in sides):
        return None
    return (sides[0], sides[1] if len(sides) == 2 else ONE)  # type: ignore[return-value]


def entries_listed(tree: Node) -> tuple[Name, Shape] | None:
    r"""x and n×1 of ``x = (x_1, \dots, x_n)^\top``; Λ and n×n of ``\Lambda = \operatorname{diag}(\lambda_1, \dots, \lambda_n)``."""
    if not isinstance(tree, Relation) or tree.ops != ("=",) or not isinstance(tree.sides[0], Name):
        return None
    name, right = tree.sides
    assert isinstance(name, Name)
    turned = isinstance(right, Scripted) and (transpose_mark(right.sup) or right.primes == 1)
    body = right.base if isinstance(right, Scripted) and turned else right
    if isinstance(body, Operator) and body.word in ("diag", "Diag") and len(body.arguments) > 2:
        size = _last_of(body.arguments)
        return (name, (size, size)) if size is not None else None
    if not isinstance(body, Fence) or len(body.items) < 3 or not (turned or body.kind == "paren"):
        return None
    first = body.items[0]
    same = isinstance(first, Scripted) and isinstance(first.base, Name) and first.base.base == name.base
    size = _last_of(body.items) if same else None
    return (name, (size, ONE)) if size is not None else None


def _last_of(items: tuple[Node, ...]) -> Dim | None:
    """n of ``x_1, …, x_n``."""
    first, last = items[0], items[-1]
    if not isinstance(first, Scripted) or not isinstance(last, Scripted) or first.base != last.base:
        return None
    if flat(first.sub) != "1" if first.sub is not None else True:
        return None
    return dimension_of(last.sub) if any(isinstance(x, Dots) for x in items) and last.sup is None else None


def times(node: Node) -> list[Node]:
    """m \\times n as [m, n]."""
    if isinstance(node, Fence) and len(node.items) == 1:
        return times(node.items[0])
    if isinstance(node, Juxtaposition):
        groups: list[list[Node]] = [[node.factors[0]]]
        for mark, f in zip(node.marks, node.factors[1:], strict=True):
            if mark == "\\times":
                groups.append([f])
            else:
                groups[-1].append(f)
        return [g[0] if len(g) == 1 else Juxtaposition(node.span, tuple(g), ("",) * (len(g) - 1)) for g in groups]
    return [node]


def _matrix_or_vector(node: Name | Scripted) -> bool:
    """A transpose and a bold letter are no sizes: "the product of the matrix A^T by the vector x"."""
    base = node.base if isinstance(node, Scripted) else node
    turned = isinstance(node, Scripted) and transpose_mark(node.sup)
    return turned or (isinstance(base, Name) and base.font == "bold")


def dimension_of(node: Node | None) -> Dim | None:
    """A dimension from ``n``, ``3``, ``mn``, ``n+1``, ``n^2``, ``(n-1)``, ``n_{\\text{in}}``."""
    if isinstance(node, Number):
        return dim(int(node.text)) if node.text.isdigit() else None
    if isinstance(node, Fence) and len(node.items) == 1:
        return dimension_of(node.items[0])
    if isinstance(node, (Name, Scripted)):
        if isinstance(node, Scripted) and isinstance(node.sup, Number) and node.sub is None and node.sup.text == "2":
            base = dimension_of(node.base)
            return base * base if base else None
        text = flat(node)
        return dim(text) if text and "?" not in text and not _matrix_or_vector(node) else None
    if isinstance(node, Juxtaposition):
        if any(m not in ("", "\\cdot") for m in node.marks):
            return None
        total = dim(1)
        for f in node.factors:
            part = dimension_of(f)
            if part is None:
                return None
            total = total * part
        return total
    if isinstance(node, Sum):
        total = dim(0)
        for sign, t in zip(node.signs, node.terms, strict=True):
            part = dimension_of(t)
            if part is None:
                return None
            total = total + part if sign == "+" else total - part
        return total
    return None


__all__ = ["Membership", "dimension_of", "membership_of", "sides_of_size", "times"]
