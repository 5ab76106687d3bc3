"""Formulas that stand alone, with their declarations given beside them: what the batch modes run on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nablatex.checking.verdict import Verdict
from nablatex.document.context import Context
from nablatex.document.motion import along_trajectories, dotted, under_laws
from nablatex.document.names import key_of
from nablatex.document.notation import notation_of
from nablatex.document.suppositions import context_of, unclear
from nablatex.document.variations import with_variations
from nablatex.features.derivations import Derivation, derive_steps
from nablatex.features.engine import Checked, Derived, check_claim, derive_formula, only_expression
from nablatex.features.export import Exported, Wanted, export_formula, formula_of
from nablatex.features.slips import with_slips
from nablatex.latex.parse import parse
from nablatex.latex.tree import Condition, Derivative, Differential, Node, Relation, Variable


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and what is said beside it; layout ``any`` is denominator."""

    latex: str
    decls: Sequence[str] = ()
    assume: Sequence[str] = ()
    context: Sequence[str] = ()
    preamble: str = ""
    layout: str = "auto"
    structured: str = ""
    """How the entries of the variable are tied (symmetric, diagonal, …); they are independent where it is empty."""

    def known(self) -> Context:
        return context_of(list(self.decls), list(self.assume), list(self.context), self.preamble)

    @property
    def text(self) -> str:
        return " ".join([self.latex, *self.context, *self.assume])


def read(formula: Formula, context: Context) -> tuple[Node, str | None]:
    """The tree, and why it is not whole."""
    parsed = parse(formula.latex, macros=context.macros)
    tree = parsed.tree
    while isinstance(tree, Condition):
        tree = tree.body
    return tree, parsed.problems[0].message if parsed.problems else None


def derive(formula: Formula, wrt: str | None = None) -> Derived:
    """The derivative that the formula asks for; wrt differentiates an expression that asks for none."""
    context = formula.known()
    tree, problem = read(formula, context)
    layout = "denominator" if formula.layout in ("auto", "any") else formula.layout
    if problem is not None:
        return Derived("error", f"not read: {problem}", layout=layout)
    tree = by_variable(only_expression(tree), wrt, context)
    return derive_formula(tree, context, layout, notation_of(formula.text), formula.latex, formula.structured)


def export(formula: Formula, wanted: Wanted, wrt: str | None = None) -> Exported:
    """The formula, or its derivative by wrt, as a program."""
    context = formula.known()
    tree, problem = read(formula, context)
    layout = "denominator" if formula.layout in ("auto", "any") else formula.layout
    if problem is not None:
        return Exported("error", f"not read: {problem}", wanted.language)
    tree = by_variable(only_expression(tree), wrt, context)
    found = formula_of(tree, context, layout, notation_of(formula.text), formula.latex)
    return found if isinstance(found, Exported) else export_formula(found, wanted)


def derive_with_steps(formula: Formula, style: str = "trace", wrt: str | None = None) -> Derivation:
    """The derivation of the derivative that the formula asks for; the names in its context stand on left sides."""
    context = formula.known()
    tree, problem = read(formula, context)
    layout = "denominator" if formula.layout in ("auto", "any") else formula.layout
    if problem is not None:
        return Derivation(style, "error", f"not read: {problem}", layout=layout)
    tree = by_variable(only_expression(tree), wrt, context)
    source = formula.latex if wrt is None else ""
    return derive_steps(tree, context, layout, notation_of(formula.text), source, style)


def by_variable(tree: Node, wrt: str | None, context: Context) -> Node:
    """The derivative by wrt of a formula that asks for none."""
    if wrt is None or any(isinstance(n, (Derivative, Differential)) for n in tree.walk()):
        return tree
    target = parse(wrt, macros=context.macros).tree
    return Derivative(tree.span, "partial", tree, (Variable(target.span, target),), 1, False, tree.span)


def check(formula: Formula) -> Checked:
    """The verdict on the claim; of a chain the first step that is not right."""
    context = formula.known()
    tree, problem = read(formula, context)
    if problem is not None:
        return Checked(Verdict("unknown", f"not read: {problem}"))
    if not isinstance(tree, Relation) or any(op != "=" for op in tree.ops):
        return Checked(Verdict("unknown", "this is not an equation"))
    tree = with_variations(along_trajectories(tree, context), context)
    context = under_laws(context, tree.sides) or context
    layout = "denominator" if formula.layout == "any" else formula.layout
    notation = notation_of(formula.text)
    last: Checked | None = None
    for left, right in zip(tree.sides, tree.sides[1:], strict=False):
        last = check_claim(left, right, context, layout, notation, formula.latex)
        if last.moves or (last.verdict.name == "fails" and dotted((left, right))):
            last = with_slips(last, left, right, context, layout, notation, formula.latex)
        if last.verdict.name == "fails":
            doubt = unclear(context, frozenset(k for n in tree.walk() if (k := key_of(n)) is not None))
            if doubt is not None:
                return Checked(Verdict("unknown", f"it may hold because of what is not understood: {doubt}"))
        if last.verdict.name not in ("proved", "holds"):
            return last
    assert last is not None
    return last
