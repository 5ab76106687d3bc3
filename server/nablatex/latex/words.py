"""Reading word operators, roots, big operators, annotations, matrices."""

from __future__ import annotations

from nablatex.latex.arrangement import environment
from nablatex.latex.fences import FenceReader
from nablatex.latex.tokens import Token
from nablatex.latex.tree import (
    Annotated,
    BigOperator,
    Call,
    Derivative,
    Differential,
    Fence,
    Juxtaposition,
    Matrix,
    Missing,
    Name,
    Node,
    Operator,
    Scripted,
    Span,
)
from nablatex.latex.vocabulary import FONTS, WHOLE_OPERAND


class OperatorReader(FenceReader):
    """Operators that are words or environments."""

    integrals: int = 0
    """How many integrals are open."""

    def binomial(self, t: Token) -> Node:
        arguments = (self.sub_formula(self.raw_group()), self.sub_formula(self.raw_group()))
        return Operator(self.since(t.span.start), "binom", arguments, True, latex=t.text)

    def operator(self, word: str, span: Span) -> Node:
        sub: Node | None = None
        sup: Node | None = None
        primes = 0
        while self.peek() in ("_", "^", "'"):
            mark = self.take().text
            if mark == "'":
                primes += 1
            elif mark == "_":
                sub = self.sub_formula(self.raw_group())
            else:
                sup = self.sub_formula(self.raw_group())
        latex = self.source[span.start : span.end]
        if self.peek() in ("(", "[", "\\{", "\\lbrace", "{"):
            if self.peek() == "{":
                arguments: tuple[Node, ...] = (self.braces(),)
            else:
                inner = self.fence(self.take())
                assert isinstance(inner, Fence)
                arguments = inner.items
            return Operator(self.since(span.start), word, arguments, True, sub, sup, primes, latex)
        operand = self.operand(word)
        return Operator(self.since(span.start), word, (operand,), False, sub, sup, primes, latex)

    def operand(self, word: str) -> Node:
        """An operand without parentheses."""

        if not self.starts_factor():
            at = self.token_start()
            self.problem(Span(at, at), f"{word} of what?")
            return Missing(Span(at, at))
        first = self.factor()
        if isinstance(first, Operator) or (isinstance(first, Fence) and first.kind in ("bar", "norm")):
            return first
        if isinstance(first, Scripted) and isinstance(first.base, Fence) and first.base.kind in ("bar", "norm"):
            return first
        factors = [first]
        marks: list[str] = []
        while self.starts_factor() or (word in WHOLE_OPERAND and self.peek() == "\\cdot"):
            before = self.i
            mark = self.take().text if self.peek() == "\\cdot" else ""
            factor = self.factor()
            row = _is_row(factors[-1])  # \log 1^T \\exp(x): of a product that is a number
            if (
                not row
                and word not in WHOLE_OPERAND
                and isinstance(factor, (Differential, Operator, BigOperator, Derivative))
            ):
                self.i = before
                break
            factors.append(factor)
            marks.append(mark)
        if len(factors) == 1:
            return first
        return Juxtaposition(first.span.join(factors[-1].span), tuple(factors), tuple(marks))

    def root(self, t: Token) -> Node:
        index: Node | None = None
        if self.peek() == "[":
            self.take()
            index = self.items("]")[0]
            if self.peek() == "]":
                self.take()
        body = self.sub_formula(self.raw_group())
        return Operator(self.since(t.span.start), "sqrt", (body,), True, sub=index, latex="\\sqrt")

    def under(self, t: Token) -> Node:
        """``\\underset{x}{\\arg\\min} f``; under anything else it is a note."""
        note = self.raw_group()
        tokens = self.raw_group()
        kind = big_word(tokens)
        before = len(self.problems)
        below = self.sub_formula(note)
        del self.problems[before:]
        if kind is not None and t.text == "\\underset":
            return self.big(kind, t, below)
        return Annotated(self.since(t.span.start), self.sub_formula(tokens), below)

    def big(self, kind: str, t: Token, lower: Node | None = None) -> Node:
        upper: Node | None = None
        while self.peek() in ("_", "^"):
            if self.take().text == "_":
                lower = self.sub_formula(self.raw_group())
            else:
                upper = self.sub_formula(self.raw_group())

        self.integrals += kind == "int"
        body = self.rest_of_term()
        self.integrals -= kind == "int"
        measure: Node | None = None
        behind: list[tuple[str, Node]] = []
        if kind == "int" and isinstance(body, Juxtaposition):
            inside, measure, behind = _measured(body, self.integrals > 0)
            body = _product(body.span, inside)
        whole = BigOperator(self.since(t.span.start), kind, lower, upper, body, measure)
        return _product(whole.span, [("", whole), *behind])

    def annotated(self, t: Token) -> Node:
        if t.text == "\\textcolor":
            self.raw_group()
        body = self.sub_formula(self.raw_group())
        note: Node | None = None
        if t.text in ("\\underbrace", "\\overbrace") and self.peek() in ("_", "^"):
            self.take()
            tokens = self.raw_group()
            before = len(self.problems)
            note = self.sub_formula(tokens)
            del self.problems[before:]
        return Annotated(self.since(t.span.start), body, note)

    def matrix(self, t: Token) -> Node:
        env, self.i = environment(self.tokens, self.i)
        if env.startswith("array") or env in ("tabular",):
            self.raw_group()
        if env.endswith("*") and self.peek() == "[":  # bmatrix*[r]: how the columns are set
            while self.peek() not in (None, "]", "\\\\", "&"):
                self.take()
            if self.peek() == "]":
                self.take()
        rows: list[tuple[Node, ...]] = []
        row: list[Node] = []
        cell: list[Token] = []
        depth = 0
        while self.i < len(self.tokens):
            x = self.take()
            if x.text == "\\begin":
                depth += 1
            elif x.text == "\\end":
                if not depth:
                    _, self.i = environment(self.tokens, self.i)
                    break
                depth -= 1
            if not depth and x.text == "&":
                row.append(self.sub_formula(cell))
                cell = []
            elif not depth and x.text == "\\\\":
                row.append(self.sub_formula(cell))
                rows.append(tuple(row))
                row, cell = [], []
            else:
                cell.append(x)
        else:
            self.problem(t.span, f"\\begin{{{env}}} is not closed")
        if cell or row:
            row.append(self.sub_formula(cell))
            rows.append(tuple(row))
        return Matrix(self.since(t.span.start), env, tuple(rows))


def big_word(tokens: list[Token]) -> str | None:
    """argmin, max, lim ... as ``\\arg\\min``, ``\\operatorname*{arg\\,min}``, ``\\mathop{\\rm argmin}``."""
    letters = "".join(t.text.lstrip("\\") for t in tokens if t.text.lstrip("\\").isalpha() and t.text not in FONTS)
    return letters if letters in ("argmin", "argmax", "min", "max", "lim", "sup", "inf") else None


def _factors(body: Juxtaposition) -> list[tuple[str, Node]]:
    """The factors with the marks before them; those behind an integral are factors as well."""
    out: list[tuple[str, Node]] = []
    for mark, f in zip(("", *body.marks), body.factors, strict=True):
        inner = _factors(f) if isinstance(f, Juxtaposition) else [(mark, f)]
        out += [(mark, inner[0][1]), *inner[1:]]
    return out


def _measured(body: Juxtaposition, within: bool) -> tuple[list[tuple[str, Node]], Node | None, list[tuple[str, Node]]]:
    """Of f dt g or dt f: the integrand f, the variable t, and g behind it; factors with the marks before them.

    within: another integral is open, which ends later.
    """
    factors = _factors(body)
    places = [k for k, (_, f) in enumerate(factors) if isinstance(f, Differential)]
    small = [k for k in places if isinstance(d := factors[k][1], Differential) and _is_number(d.operand)]
    if within and len(small) > 1:
        places = small[:1]
    if not places or (len(places) > 1 and places[-1] != len(factors) - 1):
        return factors, None, []
    k = places[-1]
    while k - 1 in places and k > 1:  # in \\int \\int f dt ds the inner integral is over t
        k -= 1
    last = factors[k][1]
    assert isinstance(last, Differential)
    variable, behind = last.operand, factors[k + 1 :]
    if isinstance(variable, Scripted) and isinstance(variable.base, Call):  # dt (a + b)^2
        call = variable.base
        behind.insert(0, ("", Scripted(variable.span, call.argument, variable.sub, variable.sup, variable.primes)))
        variable = call.head
    elif isinstance(variable, Call):  # dt (a + b) applies no t
        behind.insert(0, ("", variable.argument))
        variable = variable.head
    return (factors[:k], variable, behind) if k else (behind, variable, [])


def _product(span: Span, factors: list[tuple[str, Node]]) -> Node:
    nodes = tuple(f for _, f in factors)
    return nodes[0] if len(nodes) == 1 else Juxtaposition(span, nodes, tuple(m for m, _ in factors[1:]))


def _is_row(node: Node) -> bool:
    """Whether a letter is transposed."""
    if not isinstance(node, Scripted) or not isinstance(node.base, Name):
        return False
    return bool(node.primes) or (isinstance(node.sup, Name) and node.sup.base in ("T", "\\top", "\\intercal"))


def _is_number(node: Node) -> bool:
    """Whether a letter is likely a number: a small one."""
    return isinstance(node, Name) and not node.base[:1].isupper() and not node.font
