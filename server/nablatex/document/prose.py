"""What prose says of symbols: shapes ("an $m \\times n$ matrix $A$") and properties ("where $W$ is symmetric")."""

from __future__ import annotations

import re
from dataclasses import replace

from nablatex.algebra.dims import ONE, SCALAR, dim
from nablatex.document.context import Context, Declared
from nablatex.document.declarations import declare, suppose
from nablatex.document.names import key_of, label_of
from nablatex.latex.parse import parse
from nablatex.latex.tree import List, Name, Relation, Scripted

MATRIX_OF = re.compile(
    r"\$\s*(?P<m>[A-Za-z0-9]+)\s*\\times\s*(?P<n>[A-Za-z0-9]+)\s*\$[\s-]+(?:[a-z-]+\s+){0,4}?(?:matrix|matrices)\s+\$(?P<x>[^$]+)\$"
)
IS_SIZED = re.compile(
    r"\$(?P<x>[^$]+)\$\s+(?:is|are|be|denotes?)\s+(?:an?\s+)?(?:[a-z-]+\s+){0,3}?\$\s*(?P<m>[A-Za-z0-9]+)\s*\\times\s*(?P<n>[A-Za-z0-9]+)\s*\$"
)
VECTOR_OF = re.compile(r"\$\s*(?P<n>[A-Za-z])\s*\$-?(?:\s*-?dimensional)?\s*(?:column\s+)?vector\s+\$(?P<x>[^$]+)\$")
IS_VECTOR = re.compile(
    r"\$(?P<x>[^$]+)\$\s+(?:is|are|be)\s+(?:an?\s+)?\$\s*(?P<n>[A-Za-z])\s*\$-?(?:\s*-?dimensional)?\s*(?:column\s+)?vector"
)
SCALAR_OF = re.compile(
    r"(?:scalars?|real numbers?|step size|learning rate|constant)\s+\$(?P<x>[^$]+)\$|\$(?P<y>[^$]+)\$\s+(?:is|are)\s+(?:a\s+)?scalars?"
)
STATED = (
    r"symmetric positive (?:semi-?)?definite|positive (?:semi-?)?definite|skew-?symmetric|symmetric|diagonal|orthogonal|invertible|non-?singular|"
    r"constants?|full column rank|orthonormal columns|lower triangular|upper triangular"
)
PROPERTY = re.compile(
    r"(?P<xs>\$[^$]+\$(?:(?:\s*,\s*|\s*,?\s+and\s+)\$[^$]+\$)*)\s+(?:is|are|be|has|have|to be|with)\s+(?:assumed\s+(?:to be\s+)?|an?\s+|both\s+|full\s+)?(?:\w+\s+(?:and\s+)?)?(?P<p>"
    + STATED
    + r")"
)
PROPERTY_OF = re.compile(r"(?P<p>" + STATED + r")\s+(?:matrix\s+|matrices\s+)?(?P<xs>\$[^$]+\$)")
ONES = re.compile(
    r"\$(?P<x>[^$]+)\$\s+(?:is|denotes|be)\s+(?:the\s+)?(?:all-ones vector|vector of (?:all )?ones|ones vector)"
)
MAGIC = re.compile(r"%\s*nablatex:\s*(?P<x>[^:\n]+?)\s*:\s*(?P<rest>[^\n]+)")


def prose_facts(context: Context, text: str) -> Context:
    """The context after a stretch of prose (with its inline formulas)."""
    flat = re.sub(r"\s+", " ", text)
    for m in MATRIX_OF.finditer(flat):
        context = _shape(context, m.group("x"), m.group("m"), m.group("n"))
    for m in IS_SIZED.finditer(flat):
        context = _shape(context, m.group("x"), m.group("m"), m.group("n"))
    for pattern in (VECTOR_OF, IS_VECTOR):
        for m in pattern.finditer(flat):
            context = _shape(context, m.group("x"), m.group("n"), "1")
    for m in SCALAR_OF.finditer(flat):
        context = _shape(context, m.group("x") or m.group("y"), "1", "1")
    for m in re.finditer(r"\$([^$]*\\in[^$]*)\$", flat):
        context = declare(context, m.group(1))
    for pattern in (PROPERTY, PROPERTY_OF):
        for m in pattern.finditer(flat):
            for x in re.findall(r"\$([^$]+)\$", m.group("xs")):
                for name in re.split(r"\\in\b", x)[:1]:
                    for part in name.split(","):
                        if part.strip():
                            context = suppose(context, f"{part.strip()} {m.group('p')}")
    for m in ONES.finditer(flat):
        key = key_of(parse(m.group("x"), macros=context.macros).tree)
        if key is not None:
            context = context.with_properties(key, "ones")
    return context


def _shape(context: Context, names: str, rows: str, cols: str) -> Context:
    """Names that prose gives a shape; a declaration by a formula is not overwritten."""
    tree = parse(names, macros=context.macros).tree
    if isinstance(tree, Relation):
        return declare(context, names)
    a, b = (dim(int(x)) if x.isdigit() else dim(x) for x in (rows, cols))
    shape = SCALAR if (a, b) == (ONE, ONE) else (a, b)
    letters = frozenset(a.letters() | b.letters())
    context = replace(context, dimensions=context.dimensions | letters)
    for node in tree.items if isinstance(tree, List) else (tree,):
        if not isinstance(node, (Name, Scripted)):
            continue
        key = key_of(node)
        found = context.symbols.get(key) if key is not None else None
        if key is not None and (found is None or found.shape is None):
            properties = found.properties if found else frozenset()
            context = context.declare(key, Declared(label_of(node), shape, properties, "declared", node.span))
    return context


def magic_comment(context: Context, text: str) -> Context:
    """``% nablatex: X : m x n, symmetric``."""
    m = MAGIC.match(text)
    if m is None:
        return context
    names, rest = m.group("x"), m.group("rest")
    sized = re.match(r"\s*(\w+)\s*(?:x|×|\\times)\s*(\w+)", rest)
    if sized:
        context = _forget(context, names)
        context = _shape(context, names, sized.group(1), sized.group(2))
        rest = rest[sized.end() :]
    elif re.match(r"\s*scalar", rest):
        context = _shape(_forget(context, names), names, "1", "1")
    elif re.match(r"\s*\w+\s*-?\s*vector", rest):
        size = re.match(r"\s*(\w+)", rest)
        assert size is not None
        context = _shape(_forget(context, names), names, size.group(1), "1")
    for word in rest.split(","):
        if word.strip():
            context = suppose(context, f"{names} {word.strip()}")
    return context


def _forget(context: Context, names: str) -> Context:
    key = key_of(parse(names, macros=context.macros).tree)
    if key is None or key not in context.symbols:
        return context
    kept = {k: v for k, v in context.symbols.items() if k != key}
    return replace(context, symbols=kept)


def layout_comment(text: str) -> str | None:
    """The layout of ``% nablatex: layout numerator``."""
    m = re.match(r"%\s*nablatex:\s*layout\s*[=:]?\s*(denominator|numerator|mixed|auto)", text)
    return m.group(1) if m else None


def is_ignore(text: str) -> bool:
    return re.match(r"%\s*nablatex:\s*ignore\b", text) is not None
