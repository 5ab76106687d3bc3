"""Other usual forms of a derivative, for those who ask: expanded, in index notation, by a structured variable."""

from __future__ import annotations

from dataclasses import replace

from nablatex.algebra.components import component
from nablatex.algebra.expr import Expr
from nablatex.algebra.forms import forms
from nablatex.algebra.simplify import simplify
from nablatex.algebra.structured import STRUCTURES
from nablatex.calculus import expand
from nablatex.document.context import Context
from nablatex.document.elaborate import elaborate
from nablatex.document.names import key_of
from nablatex.document.notation import Notation
from nablatex.document.printing import Unprintable, to_latex
from nablatex.document.statements import Statement
from nablatex.features.engine import NO_RESULT, Derived, derive_formula
from nablatex.features.model import Action
from nablatex.features.naming import letters_taken, with_parts_named
from nablatex.latex.tree import Derivative, Node

EINSTEIN = frozenset(
    (
        "symbol",
        "number",
        "size",
        "constant",
        "add",
        "mul",
        "transpose",
        "identity",
        "inverse",
        "trace",
        "det",
        "power",
        "entry",
        "delta",
    )
)
"""Operators whose entries repeat an index only where it is summed over."""
MAX_NODES = 300
TITLES = {
    "expanded": "Insert derivative, expanded",
    "trace form": "Insert derivative as a trace",
    "Kronecker form": "Insert derivative with a Kronecker product",
    "index notation": "Insert derivative in index notation",
    "named parts": "Insert derivative, with common parts named",
}


def form_actions(read: Statement) -> list[Action]:
    """One action for each form that differs from the usual one, and for each structure that a variable is said to have.

    What is offered is checked when it is inserted.
    """
    readings = elaborate(read.tree, read.context).readings
    if not readings or sum(1 for _ in readings[0].sides[0].walk()) > MAX_NODES:
        return []
    try:
        closed = simplify(expand(readings[0].sides[0]))
        other = [n for n, _ in forms(closed)]
    except NO_RESULT:
        return []
    span = {"start": read.span.start, "end": read.span.end}
    names = [n for n in other if n in TITLES and n != "index notation"]
    if with_parts_named(closed, readings[0].sides[0], Notation(), letters_taken(read.context, closed)) is not None:
        names.append("named parts")
    found = [Action("refactor.rewrite", TITLES[n], {"do": "form", "form": n, **span}) for n in names]
    found.append(Action("refactor.rewrite", TITLES["index notation"], {"do": "form", "form": "index notation", **span}))
    for s in structures_of(read.tree, read.context):
        title = f"Insert derivative with tied entries ({s} variable)"
        found.append(Action("refactor.rewrite", title, {"do": "form", "form": s, **span}))
    return found


def structures_of(tree: Node, context: Context) -> list[str]:
    """The structures that the document gives to the one variable of a derivative."""
    targets = {key_of(v.target) for n in tree.walk() if isinstance(n, Derivative) for v in n.variables}
    key = next(iter(targets)) if len(targets) == 1 else None
    found = context.find(key) if key is not None else None
    properties = found[1].properties if found is not None else frozenset()
    names = [s for s in STRUCTURES if s in properties]
    return [s for s in names if s != "symmetric" or "diagonal" not in names]


def derive_form(
    tree: Node, context: Context, form: str, layout: str, notation: Notation | None = None, source: str = ""
) -> Derived:
    """The derivative in a form of TITLES or by a structure of STRUCTURES; the usual form where there is no other."""
    if form in STRUCTURES:
        return derive_formula(tree, context, layout, notation, source, form)
    done = derive_formula(tree, context, layout, notation, source)
    if done.status != "ok" or done.expr is None:
        return done
    try:
        latex = in_components(done.expr, notation) if form == "index notation" else None
        if form == "named parts" and done.formal is not None:
            given = notation or Notation()
            latex = with_parts_named(done.expr, done.formal, given, letters_taken(context, done.formal)) or done.latex
        if latex is None:
            made = next((e for name, e in forms(done.expr) if name == form), None)
            if made is None:  # in this layout it is the usual one
                return done
            latex = to_latex(made, notation)
    except Unprintable as error:
        return Derived("unsupported", str(error), layout=layout)
    return replace(done, latex=latex, message=form)


def in_components(e: Expr, notation: Notation | None = None) -> str:
    r"""``\left[2A_{ki}(A_{kj}x_j - b_k)\right]_i``: by Einstein's convention where every repeated index is summed over."""
    entry, indices = component(e)
    plain = all(x.name in EINSTEIN for x in e.walk())
    chosen = replace(notation or Notation(), einstein=plain)
    text = to_latex(entry, chosen)
    marks = "".join(to_latex(i, chosen) for i in indices)
    return f"\\left[ {text} \\right]_{{{marks}}}" if indices else text


__all__ = ["derive_form", "form_actions", "in_components"]
