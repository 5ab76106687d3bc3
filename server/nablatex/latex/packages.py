r"""Commands of packages that authors load: as definitions where that says it all; derivatives as nodes of their own.

physics, derivative, diffcoeff, mathtools, siunitx, bm, tensor.  A document's own definition of a command comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from nablatex.latex.definitions import read_macros
from nablatex.latex.fences import FenceReader
from nablatex.latex.macros import Macro
from nablatex.latex.tokens import Token
from nablatex.latex.tree import Derivative, Evaluated, Fence, List, Missing, Node, Span, Variable

_DEFINITIONS = r"""
\NewDocumentCommand{\vb}{s m}{\mathbf{#2}} \NewDocumentCommand{\va}{s m}{\vec{#2}} \NewDocumentCommand{\vu}{s m}{\hat{#2}}
\newcommand{\vectorbold}[1]{\mathbf{#1}}
\newcommand{\dd}{\mathrm{d}} \newcommand{\odif}{\mathrm{d}} \newcommand{\differential}{\mathrm{d}} \newcommand{\diffd}{\mathrm{d}}
\newcommand{\pqty}[1]{\left(#1\right)} \newcommand{\bqty}[1]{\left[#1\right]} \newcommand{\Bqty}[1]{\left\{#1\right\}}
\newcommand{\vqty}[1]{\left|#1\right|} \newcommand{\order}[1]{\mathcal{O}(#1)}
\newcommand{\ip}[2]{\langle #1, #2\rangle} \newcommand{\innerproduct}[2]{\langle #1, #2\rangle}
\newcommand{\gradient}{\nabla} \newcommand{\prescript}[3]{{}^{#1}_{#2}{#3}} \newcommand{\mathclap}[1]{#1}
\newcommand{\mathllap}[1]{#1} \newcommand{\mathrlap}[1]{#1} \newcommand{\smash}[1]{#1} \newcommand{\cramped}[1]{#1}
\newcommand{\Aboxed}[1]{#1} \newcommand{\num}[1]{#1} \newcommand{\si}[1]{} \newcommand{\unit}[1]{} \newcommand{\SI}[2]{#1}
\newcommand{\MoveEqLeft}{} \newcommand{\mathbold}[1]{\mathbf{#1}} \newcommand{\vv}[1]{\vec{#1}} \newcommand{\mathbfit}[1]{\mathbf{#1}}
\newcommand{\symbfit}[1]{\mathbf{#1}} \newcommand{\symbfup}[1]{\mathbf{#1}} \newcommand{\symup}[1]{\mathrm{#1}}
\newcommand{\adjustlimits}{}
"""
DERIVATIVES = {
    "\\pdv": "partial", "\\partialderivative": "partial", "\\pderivative": "partial", "\\diffp": "partial", "\\fdv": "partial",
    "\\dv": "d", "\\odv": "d", "\\derivative": "d", "\\diff": "d",
}  # fmt: skip
MATRICES = {
    "\\mqty": "matrix", "\\matrixquantity": "matrix", "\\pmqty": "pmatrix", "\\bmqty": "bmatrix", "\\vmqty": "vmatrix",
    "\\mdet": "vmatrix", "\\matrixdeterminant": "vmatrix", "\\smqty": "matrix", "\\Pmqty": "pmatrix",
}  # fmt: skip
_BY_BRACKET = {"(": ("pmatrix", ")"), "[": ("bmatrix", "]"), "|": ("vmatrix", "|"), "{": ("", "}")}


@lru_cache(maxsize=1)
def package_macros() -> Mapping[str, Macro]:
    """Definitions that stand for packages."""
    return read_macros(_DEFINITIONS).macros


def without_quantities(tokens: list[Token]) -> list[Token]:
    r"""``\qty(x)`` reads as ``(x)``; ``\mqty(a & b \\ c & d)`` as the environment."""
    if not any(t.text == "\\qty" or t.text in MATRICES for t in tokens):
        return tokens
    out: list[Token] = []
    i = 0
    while i < len(tokens):
        t = tokens[i]
        if t.text == "\\qty":
            i += 1
            continue
        opening = tokens[i + 1].text if i + 1 < len(tokens) else ""
        if t.text in MATRICES and opening in _BY_BRACKET:
            env, closing = _BY_BRACKET[opening]
            end = _closing(tokens, i + 2, opening, closing)
            name = env or MATRICES[t.text]
            last = tokens[min(end, len(tokens) - 1)].span
            out.extend(_environment("\\begin", name, t.span))
            out.extend(tokens[i + 2 : end])
            out.extend(_environment("\\end", name, last))
            i = end + 1
            continue
        out.append(t)
        i += 1
    return out


def _closing(tokens: list[Token], i: int, opening: str, closing: str) -> int:
    depth = 0
    while i < len(tokens):
        text = tokens[i].text
        if text == closing and not depth:
            return i
        if text in (opening, "{") and opening != "|":
            depth += 1
        elif text in (closing, "}"):
            depth -= 1
        i += 1
    return i


def _environment(command: str, name: str, span: Span) -> list[Token]:
    letters = [Token("char", c, span) for c in name]
    return [Token("command", command, span), Token("char", "{", span), *letters, Token("char", "}", span)]


class PackageReader(FenceReader):
    """Derivatives, norms and evaluation bars of packages."""

    def package(self, t: Token) -> Node:
        star = self.peek() == "*"
        if star:
            self.take()
        if t.text in DERIVATIVES:
            return self.package_derivative(t)
        if t.text == "\\eval":
            return self.evaluation(t)
        if self.peek() in ("(", "[", "|"):
            inner: Node = self.factor()
        else:
            inner = self.sub_formula(self.raw_group()) if self.peek() else Missing(t.span)
        return Fence(self.since(t.span.start), "norm" if t.text == "\\norm" else "bar", (inner,))

    def evaluation(self, t: Token) -> Node:
        body = self.sub_formula(self.raw_group())
        if self.peek() != "_":
            return body
        self.take()
        at = self.sub_formula(self.raw_group())
        if self.peek() == "^":
            self.problem(t.span, "the difference between two points is not understood")
        return Evaluated(self.since(t.span.start), body, at)

    def package_derivative(self, t: Token) -> Node:
        r"""``\pdv[2]{f}{x}``, ``\pdv{f}{x}{y}``, ``\pdv{f}{x,y}``, ``\pdv{x} f``."""
        order = self.option_order()
        groups: list[tuple[Span, list[Token]]] = []
        while self.peek() == "{" and len(groups) < 3:
            start = self.token_start()
            tokens = self.raw_group()
            groups.append((self.since(start), tokens))
        if not groups and self.peek() is not None:
            start = self.token_start()
            tokens = self.raw_group()
            groups.append((self.since(start), tokens))
        if not groups:
            self.problem(t.span, "a derivative of nothing")
            return Missing(t.span)
        span = self.since(t.span.start)
        operand: Node | None = None
        if len(groups) > 1 and groups[0][1]:
            operand = self.sub_formula(groups[0][1])
        variables: list[Variable] = []
        for place, tokens in groups[1:] or groups:
            tree = self.sub_formula(tokens) if tokens else Missing(place)
            for node in tree.items if isinstance(tree, List) else (tree,):
                variables.append(Variable(node.span, node))
        if len(variables) == 1 and order > 1:
            variables = [Variable(variables[0].span, variables[0].target, order)]
        total = max(order, len(variables))
        d = Derivative(span, DERIVATIVES[t.text], operand, tuple(variables), total, False, span)
        return d if operand is not None else self.applied(d)

    def option_order(self) -> int:
        """2 of ``[2]`` and ``[order=2]``."""
        if self.peek() != "[":
            return 1
        self.take()
        found = 1
        while self.peek() not in ("]", None):
            t = self.take()
            if t.kind == "number" and t.text.isdigit():
                found = min(int(t.text), 8)
        if self.peek() == "]":
            self.take()
        return found


__all__ = ["DERIVATIVES", "PackageReader", "package_macros", "without_quantities"]
