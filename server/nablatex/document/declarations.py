r"""Declarations and assumptions: ``X \in \mathbb{R}^{m\times n}``, "W symmetric", "\det(X) > 0", "A has full column rank"."""

from __future__ import annotations

import re
from dataclasses import replace

from nablatex.algebra.dims import ONE, Dim, dim
from nablatex.document.context import Context, Declared, Definition
from nablatex.document.names import Key, flat, key_of, label_of
from nablatex.latex.macros import MacroTable, read_macros
from nablatex.latex.parse import parse
from nablatex.latex.tree import (
    Call,
    Condition,
    Differential,
    Fence,
    Juxtaposition,
    List,
    Name,
    Node,
    Number,
    Relation,
    Scripted,
    Sum,
)

PROPERTIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"symmetric positive semi-?definite|positive semi-?definite", ("psd", "symmetric")),
    (r"symmetric positive definite|positive definite|\bs\.?p\.?d\b", ("spd", "symmetric", "invertible")),
    (r"skew-?symmetric|antisymmetric|anti-symmetric", ("skew",)),
    (r"\bsymmetric", ("symmetric",)),
    (r"\bdiagonal", ("diagonal", "symmetric")),
    (r"orthonormal columns", ("orthonormal-columns",)),
    (r"\borthogonal", ("orthogonal", "invertible")),
    (r"lower[- ]triangular", ("lower",)),
    (r"upper[- ]triangular", ("upper",)),
    (r"invertible|non-?singular|regular", ("invertible",)),
    (r"full column rank", ("full-column-rank",)),
    (r"full (?:row )?rank", ("full-row-rank",)),
    (r"\bconstants?\b|fixed|does not depend", ("constant",)),
    (r"probability vector", ("positive", "probability")),
    (r"(?:positive entries|entries positive|\bpositive\b|entrywise positive)", ("positive",)),
    (r"unit vector|unit norm", ("unit",)),
    (r"non-?zero", ("nonzero",)),
    (r"idempotent", ("idempotent", "symmetric")),
)
"""English words for properties, first match wins; each gives properties of `algebra.atoms.Symbol`."""


def context_of(
    decls: list[str], assume: list[str], definitions: list[str], preamble: str = "", macros: MacroTable | None = None
) -> Context:
    """The context of a formula that stands alone: declarations, assumptions and earlier definitions as LaTeX."""
    table = (macros or MacroTable()).merged(read_macros(preamble)) if preamble or macros else MacroTable()
    context = Context(macros=table)
    for d in decls:
        context = declare(context, d)
    for d in definitions:
        context = define(context, d)
    for a in assume:
        context = suppose(context, a)
    return context


def declare(context: Context, text: str, origin: str = "declared") -> Context:
    """One declaration; what is not one leaves the context as it is (kept in not_understood)."""
    tree = parse(text, macros=context.macros).tree
    if isinstance(tree, Condition):
        tree = tree.body
    if isinstance(tree, List):
        for item in tree.items:
            if isinstance(item, Relation):
                context = _membership(context, item, text, origin)
        return context
    if isinstance(tree, Relation):
        return _membership(context, tree, text, origin)
    return replace(context, not_understood=(*context.not_understood, text))


def _membership(context: Context, r: Relation, text: str, origin: str) -> Context:
    if r.ops[:1] == (":",) and len(r.sides) >= 3:
        key = key_of(r.sides[0])
        if key is not None:
            return replace(context, functions={**context.functions, key: "function"})
        return context
    if "\\in" not in r.ops:
        return replace(context, not_understood=(*context.not_understood, text))
    k = r.ops.index("\\in")
    names = r.sides[: k + 1]
    shape, properties, letters = _set(r.sides[k + 1])
    context = replace(context, dimensions=context.dimensions | letters)
    if shape is None:
        return replace(context, not_understood=(*context.not_understood, text))
    for side in names:
        for node in side.items if isinstance(side, List) else (side,):
            if isinstance(node, Differential):
                key = key_of(node.operand)
                if key is not None:
                    key = key.differential
                    label = "d" + label_of(node.operand)
                    context = context.declare(key, Declared(label, shape, properties, origin, node.span))
                continue
            if isinstance(node, Call):
                continue  # f(X) \in R^{p x p}: the definition says the same
            key = key_of(node)
            if key is None:
                continue
            props = properties
            if key.base == "1":
                props = props | {"ones"}
            context = context.declare(key, Declared(label_of(node), shape, props, origin, node.span))
    return context


def _set(node: Node) -> tuple[tuple[Dim, Dim] | None, frozenset[str], frozenset[str]]:
    r"""Shape, properties and dimension letters of ``\mathbb{R}^{m \times n}``, ``\mathbb{S}^n_{++}``, ``\mathbb{R}_+^n``."""
    sup: Node | None = None
    sub: Node | None = None
    if isinstance(node, Scripted):
        sup, sub, node = node.sup, node.sub, node.base
    if isinstance(node, Call) and isinstance(node.head, (Name, Scripted)):
        return None, frozenset(), frozenset()
    if not isinstance(node, Name):
        return None, frozenset(), frozenset()
    props: set[str] = set()
    sign = flat(sub) if sub is not None else ""
    if node.base in ("S", "\\mathbb{S}") and node.font in ("bb", "cal", "bold"):
        props |= {"symmetric"} | ({"spd", "invertible"} if "++" in sign else {"psd"} if "+" in sign else set())
        square = _dim(sup) if sup is not None else None
        return ((square, square) if square else None), frozenset(props), (square.letters() if square else frozenset())
    if node.base not in ("R", "C", "N", "Z") or (
        node.font not in ("bb", "bold", "rm") and node.latex not in ("R", "\\R", "C")
    ):
        return None, frozenset(), frozenset()
    if "+" in sign or ">" in sign:
        props.add("positive")
    if node.base == "C":
        props.add("complex")
    if node.base in ("N", "Z"):
        props |= {"integer", "positive"}
    if sup is None:
        return (ONE, ONE), frozenset(props), frozenset()
    parts = _times(sup)
    dims = [_dim(p) for p in parts]
    if any(d is None for d in dims) or not 1 <= len(dims) <= 2:
        return None, frozenset(), frozenset()
    shape = (dims[0], dims[1] if len(dims) == 2 else ONE)
    letters = frozenset(x for d in dims if d for x in d.letters())
    return shape, frozenset(props), letters  # type: ignore[return-value]


def _times(node: Node) -> list[Node]:
    """m \\times n as [m, n]."""
    if isinstance(node, Fence) and len(node.items) == 1:
        return _times(node.items[0])
    if isinstance(node, Juxtaposition):
        groups: list[list[Node]] = [[node.factors[0]]]
        for mark, f in zip(node.marks, node.factors[1:], strict=True):
            if mark == "\\times":
                groups.append([f])
            else:
                groups[-1].append(f)
        return [g[0] if len(g) == 1 else Juxtaposition(node.span, tuple(g), ("",) * (len(g) - 1)) for g in groups]
    return [node]


def _dim(node: Node | None) -> Dim | None:
    """A dimension from ``n``, ``3``, ``mn``, ``n+1``, ``n^2``, ``(n-1)``."""
    if isinstance(node, Number):
        return dim(int(node.text)) if node.text.isdigit() else None
    if isinstance(node, Fence) and len(node.items) == 1:
        return _dim(node.items[0])
    if isinstance(node, (Name, Scripted)):
        if isinstance(node, Scripted) and isinstance(node.sup, Number) and node.sub is None and node.sup.text == "2":
            base = _dim(node.base)
            return base * base if base else None
        text = flat(node)
        return dim(text) if text and "?" not in text else None
    if isinstance(node, Juxtaposition):
        total = dim(1)
        for f in node.factors:
            part = _dim(f)
            if part is None:
                return None
            total = total * part
        return total
    if isinstance(node, Sum):
        total = dim(0)
        for sign, t in zip(node.signs, node.terms, strict=True):
            part = _dim(t)
            if part is None:
                return None
            total = total + part if sign == "+" else total - part
        return total
    return None


def define(context: Context, text: str) -> Context:
    """``f(W) = …`` or ``Y = …`` as a definition; a list of them is taken one by one."""
    tree = parse(text, macros=context.macros).tree
    if isinstance(tree, Condition):
        tree = tree.body
    for item in tree.items if isinstance(tree, List) else (tree,):
        found = definition_of(item)
        if found is not None:
            context = replace(context, definitions=(*context.definitions, found))
        else:
            context = replace(context, not_understood=(*context.not_understood, text))
    return context


def definition_of(tree: Node) -> Definition | None:
    """The definition that a relation can be: a name, or a name with names in parentheses, on the left."""
    if not isinstance(tree, Relation) or tree.ops[0] not in (
        "=",
        ":=",
        "\\coloneqq",
        "\\triangleq",
        "\\equiv",
        "\\doteq",
    ):
        return None
    left, body = tree.sides[0], tree.sides[1]
    if isinstance(left, Call):
        key = key_of(left.head)
        parameters = [key_of(p) for p in left.argument.items]
        if key is None or any(p is None for p in parameters):
            return None
        return Definition(key, tuple(p for p in parameters if p), body, tree.span)
    key = key_of(left)
    return Definition(key, (), body, tree.span) if key is not None else None


def suppose(context: Context, text: str) -> Context:
    """One assumption in words, in LaTeX, or both."""
    tree = parse(text, macros=context.macros)
    if (
        isinstance(tree.tree, Relation)
        and not tree.problems
        and not re.search(r"[a-z]{4,}", re.sub(r"\\[A-Za-z]+", "", text))
    ):
        return _equation(context, tree.tree, text)
    lowered = re.sub(r"\\([A-Za-z]+)", r"\\\1", text)
    function = re.match(
        r"\s*(?P<f>\\?[A-Za-z]+).*(?:elementwise|element-wise|entrywise|entry-wise|differentiable)", text
    )
    if function and not re.search(r"\\in\b", text):
        key = key_of(parse(function.group("f")).tree)
        if key is not None and not re.search(r"sigmoid|logistic", text):
            return replace(context, functions={**context.functions, key: "elementwise"})
        if key is not None:
            return replace(context, functions={**context.functions, key: "sigmoid"})
    if re.search(r"all[- ]ones|vector of ones|ones vector|matrix of ones", text):
        for name in re.findall(
            r"\\math[a-z]+\{1\}|\\bm\{1\}|\\boldsymbol\{1\}|\\mathbb\{1\}|\b[a-zA-Z]\b|\\[a-z]+\b", text
        )[:1]:
            key = key_of(parse(name).tree)
            if key is not None:
                return context.with_properties(key, "ones")
    if "commut" in lowered:
        names = _subjects(context, re.split(r"\bcommut", text)[0])
        if len(names) >= 2:
            a, b = names[:2]
            ab = Juxtaposition(a.span, (a, b), ("",))
            return replace(context, equations=(*context.equations, (ab, Juxtaposition(a.span, (b, a), ("",)))))
    if re.search(r"no entry of .* is zero|entries? nonzero|nonzero entries", text):
        for node in _subjects(context, re.sub(r"no entry of|is zero.*", " ", text)):
            key = key_of(node)
            if key is not None:
                context = context.with_properties(key, "nonzero")
        return context
    for pattern, properties in PROPERTIES:
        m = re.search(pattern, text)
        if m is None:
            continue
        words = re.sub(
            r"\b(?:is|are|be|all|both|and|has|have|with|a|an|the|of|to|matrix|matrices|vectors?)\b(?![\w{])",
            ",",
            text[: m.start()],
        )
        subjects = _subjects(context, words)
        if not subjects:
            break
        for node in subjects:
            key = key_of(node)
            known = key is not None and (context.find(key) is not None or context.definition(key) is not None)
            compact = isinstance(node, Juxtaposition) and all(isinstance(f, Name) for f in node.factors)
            if key is not None and (known or not compact):
                context = context.with_properties(key, *properties)
            else:
                context = replace(context, conditions=(*context.conditions, (properties[0], node)))
        return context
    selection = re.match(r"\s*(?P<s>\S+) consists of the first (?P<i>\w) rows of I_\{?(?P<n>\w)\}?", text)
    if selection:
        key = key_of(parse(selection.group("s")).tree)
        if key is not None:
            context = context.with_properties(key, "selection")
            return replace(context, ordering=(*context.ordering, (selection.group("n"), selection.group("i"))))
    return replace(context, not_understood=(*context.not_understood, text))


def _subjects(context: Context, words: str) -> list[Node]:
    """The formulas that a phrase speaks of: "X and Y" is X, Y."""
    out: list[Node] = []
    for part in re.split(r",|\band\b|\$", words):
        part = part.strip().strip("$")
        if not part or re.fullmatch(r"[a-z]{2,}(?:\s+[a-z]{2,})*", part):
            continue
        parsed = parse(part, macros=context.macros)
        if not parsed.problems:
            out.append(parsed.tree)
    return out


def _equation(context: Context, r: Relation, text: str) -> Context:
    """``\\alpha = 1/m`` (a definition), ``\\det X > 0``, ``m > n``, ``x = 0``, ``Q^T Q = I``, normal equations."""
    left, right, op = r.sides[0], r.sides[1], r.ops[0]
    key = key_of(left)
    if "\\in" in r.ops:
        return declare(context, text)
    if op in (">", "\\geq", "\\ge", "\\succ", "\\succeq"):
        other = key_of(right)
        if key is not None and other is not None and key.base in context.dimensions:
            return replace(context, ordering=(*context.ordering, (key.base, other.base)))
        if (isinstance(right, Number) and float(right.text) == 0) or op.startswith("\\succ"):
            what = "spd" if op.startswith("\\succ") else "positive"
            if key is not None:
                return context.with_properties(
                    key, *(("spd", "symmetric", "invertible") if what == "spd" else ("positive",))
                )
            return replace(context, conditions=(*context.conditions, (what, left)))
        return replace(context, not_understood=(*context.not_understood, text))
    if op in ("<", "\\leq", "\\le"):
        other = key_of(right)
        if key is not None and other is not None and key.base in context.dimensions:
            return replace(context, ordering=(*context.ordering, (other.base, key.base)))
        return replace(context, not_understood=(*context.not_understood, text))
    if op in ("\\neq", "\\ne"):
        if key is not None:
            return context.with_properties(key, "nonzero")
        return replace(context, conditions=(*context.conditions, ("nonzero", left)))
    if op != "=":
        return replace(context, not_understood=(*context.not_understood, text))
    orthonormal = _gram(left)
    if orthonormal is not None and isinstance(right, (Name, Scripted)) and flat(right).startswith("I"):
        return context.with_properties(orthonormal, "orthonormal-columns")
    if (
        isinstance(left, Scripted)
        and isinstance(left.sup, Name)
        and left.sup.base in ("T", "\\top", "t")
        and left.base == right
    ):
        inner = key_of(left.base)
        if inner is not None:
            return context.with_properties(inner, "symmetric")
    if isinstance(left, Fence) and left.kind == "norm" and isinstance(right, Number) and right.text == "1":
        inner = key_of(left.items[0])
        if inner is not None:
            return context.with_properties(inner, "unit")
    if key is not None and not _mentions(right, key):
        return replace(context, definitions=(*context.definitions, Definition(key, (), right, r.span)))
    equations = [(a, b) for a, b, o in zip(r.sides, r.sides[1:], r.ops, strict=False) if o == "="]
    return replace(context, equations=(*context.equations, *equations))


def _gram(node: Node) -> Key | None:
    """Q of ``Q^\\top Q``."""
    if isinstance(node, Juxtaposition) and len(node.factors) == 2:
        a, b = node.factors
        if (
            isinstance(a, Scripted)
            and a.base == b
            and ((isinstance(a.sup, Name) and a.sup.base in ("T", "\\top", "t")) or a.primes == 1)
        ):
            return key_of(b)
    return None


def _mentions(node: Node, key: Key) -> bool:
    return any(key_of(n) == key for n in node.walk() if isinstance(n, (Name, Scripted)))


__all__ = ["context_of", "declare", "define", "definition_of", "suppose"]
