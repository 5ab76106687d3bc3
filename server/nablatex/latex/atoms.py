"""Factors of a product: names, scripts, fences, word operators, fractions, derivatives, differentials, matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nablatex.latex.macros import argument
from nablatex.latex.tokens import Token
from nablatex.latex.tree import (
    Annotated,
    BigOperator,
    Call,
    Derivative,
    Differential,
    Dots,
    Evaluated,
    Fence,
    Fraction,
    Juxtaposition,
    Matrix,
    Missing,
    Name,
    Node,
    Number,
    Operator,
    Scripted,
    Span,
    SyntaxProblem,
    Text,
    Unknown,
    Variable,
)

if TYPE_CHECKING:
    from nablatex.latex.parse import Reader

MAX_DEPTH = 90
ARROWS = frozenset(
    [
        "\\Rightarrow",
        "\\implies",
        "\\Longrightarrow",
        "\\iff",
        "\\Leftrightarrow",
        "\\Longleftrightarrow",
        "\\therefore",
        "\\Leftarrow",
    ]
)
RELATIONS = frozenset(
    [
        "=",
        "<",
        ">",
        "\\approx",
        "\\in",
        "\\leq",
        "\\le",
        "\\geq",
        "\\ge",
        "\\neq",
        "\\ne",
        "\\propto",
        "\\equiv",
        "\\to",
        "\\rightarrow",
        "\\mapsto",
        "\\leftarrow",
        "\\sim",
        "\\simeq",
        "\\coloneqq",
        "\\triangleq",
        "\\longrightarrow",
        "\\subset",
        "\\subseteq",
        "\\succ",
        "\\succeq",
        "\\prec",
        "\\preceq",
        "\\ll",
        "\\gg",
        "\\gets",
        "\\cong",
        "\\perp",
        "\\lesssim",
        "\\gtrsim",
        "\\longmapsto",
        "\\mid",
        "\\notin",
        "\\doteq",
        "\\colon",
    ]
)
INFIX = frozenset(
    [
        "\\odot",
        "\\circ",
        "\\otimes",
        "\\oslash",
        ":",
        "\\ast",
        ".*",
        "\\oplus",
        "\\star",
        "\\bullet",
        "\\boxtimes",
        "\\wedge",
    ]
)
CLOSERS = frozenset(
    [")", "]", "}", "\\}", "\\rangle", "\\rvert", "\\rVert", "\\right.", "\\rfloor", "\\rceil", "\\end"]
)
FONTS = {
    "\\mathbf": "bold", "\\bm": "bold", "\\boldsymbol": "bold", "\\textbf": "bold", "\\pmb": "bold", "\\symbf": "bold",
    "\\mathrm": "rm", "\\operatorname": "rm", "\\operatorname*": "rm", "\\textrm": "rm", "\\text": "rm", "\\mathop": "rm", "\\mbox": "rm",
    "\\mathsf": "sf", "\\textsf": "sf", "\\mathit": "it", "\\textit": "it", "\\mathcal": "cal", "\\mathscr": "cal", "\\mathbb": "bb", "\\mathfrak": "frak",
    "\\mathtt": "tt", "\\mathnormal": "", "\\ensuremath": "", "\\rm": "rm", "\\bf": "bold",
}  # fmt: skip
ACCENTS = {"\\" + a: a for a in ("hat", "tilde", "bar", "dot", "ddot", "vec", "mathring", "check", "breve")}
ACCENTS.update({"\\widehat": "hat", "\\widetilde": "tilde", "\\overline": "bar", "\\underline": "underline"})
OPENERS = {
    "(": ("paren", ")"), "[": ("bracket", "]"), "\\{": ("brace", "\\}"), "\\lbrace": ("brace", "\\rbrace"), "\\langle": ("angle", "\\rangle"),
    "\\lvert": ("bar", "\\rvert"), "\\lVert": ("norm", "\\rVert"), "\\lfloor": ("floor", "\\rfloor"), "\\lceil": ("ceil", "\\rceil"),
}  # fmt: skip
BIG = {
    "\\sum": "sum", "\\prod": "prod", "\\int": "int", "\\lim": "lim", "\\argmin": "argmin", "\\argmax": "argmax", "\\sup": "sup",
    "\\inf": "inf", "\\iint": "int", "\\oint": "int", "\\bigoplus": "oplus", "\\bigotimes": "otimes",
}  # fmt: skip
FRACTIONS = frozenset(["\\frac", "\\tfrac", "\\dfrac", "\\cfrac", "\\nicefrac", "\\sfrac"])
WHOLE_OPERAND = frozenset(
    ["tr", "Tr", "trace", "Trace", "det", "Det", "logdet", "vec", "Vec", "vech", "rank", "diag", "Diag"]
)
"""Operators whose operand without parentheses is all that follows; functions such as log stop earlier."""
NO_NAMES = frozenset(
    "\\cup \\cap \\setminus \\vee \\land \\lor \\forall \\exists \\neg \\lnot \\emptyset \\angle \\colon \\vert \\backslash"
    " \\div \\amalg \\uplus \\sqcup \\models \\vdash \\parallel \\ominus \\diamond \\Box \\triangle \\uparrow \\downarrow".split()
)
"""Signs that name nothing: a formula that holds one is not read."""
TEXT = frozenset(("\\text", "\\mbox", "\\textrm", "\\textit", "\\textbf", "\\mathrm"))


class AtomReader:
    """Token cursor, and the readers of single factors; `Reader` adds the operators between them."""

    def __init__(self, tokens: list[Token], source: str, whole: Span, words: frozenset[str]) -> None:
        self.tokens = tokens
        self.source = source
        self.whole = whole
        self.words = words
        self.i = 0
        self.depth = 0
        self.open_bars = 0
        self.open_norms = 0
        self.problems: list[SyntaxProblem] = []

    # ---- cursor

    def peek(self, ahead: int = 0) -> str | None:
        k = self.i + ahead
        return self.tokens[k].text if k < len(self.tokens) else None

    def take(self) -> Token:
        t = self.tokens[self.i]
        self.i += 1
        return t

    def token_start(self) -> int:
        if self.i < len(self.tokens):
            return self.tokens[self.i].span.start
        return self.tokens[-1].span.end if self.tokens else self.whole.start

    def since(self, start: int) -> Span:
        end = self.tokens[self.i - 1].span.end if self.i else start
        return Span(start, max(start, end))

    def problem(self, span: Span, message: str) -> None:
        if len(self.problems) < 20:
            self.problems.append(SyntaxProblem(span, message))

    def enter(self) -> bool:
        self.depth += 1
        return self.depth <= MAX_DEPTH

    def leave(self) -> None:
        self.depth -= 1

    def too_deep(self) -> Node:
        self.depth -= 1
        self.problem(self.whole, "nested too deeply")
        self.i = len(self.tokens)
        return Unknown(self.whole, "")

    def raw_group(self) -> list[Token]:
        """The next TeX argument as tokens; a font command takes its own argument along."""
        if self.peek() in FONTS and self.peek(1) == "{":
            start = self.i
            self.take()
            _, self.i = argument(self.tokens, self.i)
            return self.tokens[start : self.i]
        if self.peek() in FRACTIONS:
            start = self.i
            self.take()
            for _ in range(2):
                _, self.i = argument(self.tokens, self.i)
            return self.tokens[start : self.i]
        out, self.i = argument(self.tokens, self.i)
        return out

    def sub_formula(self, tokens: list[Token]) -> Node:
        """Tokens of a group read as a formula of their own."""
        at = tokens[0].span.start if tokens else self.token_start()
        if not tokens:
            return Missing(Span(at, at))
        if len(tokens) == 1 and tokens[0].text in (
            "*",
            "+",
            "-",
            "'",
            "\\circ",
            "\\ast",
            "\\star",
            "\\odot",
            "\\otimes",
            "\\perp",
        ):
            return Name(tokens[0].span, tokens[0].text)
        if tokens[0].text in TEXT and len(tokens) > 3:
            inside, end = argument(tokens, 1)
            word = "".join(t.text for t in inside)
            if end == len(tokens) and word.isalpha() and len(word) > 1:
                return Name(tokens[0].span.join(tokens[-1].span), word, "rm")
        if self.depth > MAX_DEPTH - 12:
            self.problem(self.whole, "nested too deeply")
            return Unknown(Span(at, at), "")
        inner: Reader = type(self)(tokens, self.source, Span(at, tokens[-1].span.end), self.words)  # type: ignore[assignment]
        inner.depth = self.depth + 4
        tree = inner.formula()
        for p in inner.problems:
            self.problem(p.span, p.message)
        return tree

    def at_text(self, ahead: int = 0) -> bool:
        """Words inside a formula that are not an operator: ``\\text{for symmetric }``."""
        k = self.i + ahead
        if k >= len(self.tokens) or self.tokens[k].text not in ("\\text", "\\mbox", "\\textrm", "\\textit"):
            return False
        inside, _ = argument(self.tokens, k + 1)
        word = "".join(t.text for t in inside)
        return (
            len(word) > 1
            and word not in self.words
            and (any(t.gap for t in inside[1:]) or not word.isalpha() or len(word) > 3)
        )

    # ---- factors

    def factor(self) -> Node:
        if not self.enter():
            return self.too_deep()
        node = self.scripts(self.atom())
        self.leave()
        return node

    def atom(self) -> Node:
        t = self.take()
        text = t.text
        if t.kind == "number":
            return Number(t.span, text)
        if text in OPENERS:
            return self.fence(t)
        if text == "|":
            return self.double_bar(t) if self.peek() == "|" and not self.tokens[self.i].gap else self.bars(t)
        if text == "\\|":
            return self.norm(t, "\\|")
        if text == "\\left.":
            return self.evaluated(t)
        if text == "{":
            self.i -= 1
            return self.braces()
        if text in FRACTIONS:
            return self.fraction(t)
        if text in ("\\partial", "\\nabla"):
            return self.partial(t) if text == "\\partial" else self.nabla(t)
        if text == "\\begin":
            return self.matrix(t)
        if text in BIG:
            return self.big(BIG[text], t)
        if text in ("\\max", "\\min") and self.peek() == "_":
            return self.big(text[1:], t)
        if text in FONTS:
            return self.font(t)
        if text in ACCENTS:
            return self.accent(t)
        if text in ("\\Delta", "\\delta"):
            return self.increment(t)
        if text in ("\\dots", "\\ldots", "\\cdots", "\\vdots", "\\ddots", "\\dotsc", "\\dotsb"):
            return Dots(t.span)
        if text in ("\\underbrace", "\\overbrace", "\\boxed", "\\fbox", "\\underset", "\\textcolor", "\\mathclose"):
            return self.annotated(t)
        if text == "\\sqrt":
            return self.root(t)
        if text in ("\\norm", "\\abs", "\\pdv", "\\dv", "\\grad"):
            return self.physics(t)
        if t.kind == "command" and text[1:].rstrip("*") in self.words:
            return self.operator(text[1:].rstrip("*"), t.span)
        if t.kind == "char" and text.isalpha():
            return self.letter(t)
        if t.kind == "command" and text[1:2].isalpha() and text not in NO_NAMES:
            name = Name(t.span, text, latex=text)
            return self.call(name) if self.peek() == "(" else name
        if text == "^" or text == "_":
            self.i -= 1
            return Missing(Span(t.span.start, t.span.start))
        if text in ("'", "!"):
            return Unknown(t.span, text)
        self.problem(t.span, f"{text!r} is not understood here")
        return Unknown(t.span, text)

    def scripts(self, base: Node) -> Node:
        while True:
            sub: Node | None = None
            sup: Node | None = None
            primes = 0
            start = self.i
            while self.peek() in ("_", "^", "'", "\\prime"):
                t = self.take().text
                if t in ("'", "\\prime"):
                    primes += 1
                    continue
                if self.peek() is None:
                    self.problem(self.since(self.token_start()), "a script is missing")
                    break
                tokens = self.raw_group()
                if t == "^" and tokens and all(x.text in ("\\prime", "'") for x in tokens):
                    primes += len(tokens)
                elif t == "^" and sup is None:
                    if tokens and tokens[-1].text == "-" and len(tokens) == 1 and self.peek() == "^":
                        self.take()
                        tokens = [*tokens, *self.raw_group()]
                    sup = self.sub_formula(tokens)
                elif t == "_" and sub is None:
                    sub = self.sub_formula(tokens)
                else:
                    self.problem(self.since(self.token_start()), "two scripts of one kind")
                    break
            if self.i == start:
                return base
            span = base.span.join(self.since(base.span.start))
            if isinstance(base, Missing):  # {}^tA
                if sup is not None and sub is None and not primes and self.starts():
                    inner = self.factor()
                    return Scripted(span.join(inner.span), inner, left_sup=sup)
                self.problem(span, "a script without a base")
            scripted = Scripted(span, base, sub, sup, primes)
            if isinstance(base, Name) and sup is None and self.peek() == "(":
                base = self.call(scripted)
                continue
            return scripted

    def starts(self) -> bool:
        text = self.peek()
        return (
            text is not None
            and text not in CLOSERS
            and text not in RELATIONS
            and text not in INFIX
            and text not in "+-,;|"
        )

    def letter(self, t: Token) -> Node:
        word = self.word_ahead(t)
        if word:
            span = t.span.join(self.tokens[self.i + len(word) - 2].span)
            self.i += len(word) - 1
            return self.operator(word, span)
        name = Name(t.span, t.text, latex=t.text)
        if t.text == "d" and self.differential_follows():
            return self.differential(name, "d", False)
        return self.call(name) if self.peek() == "(" else name

    def word_ahead(self, t: Token) -> str:
        """Bare italic letters that spell an operator before a fence: ``tr(``, ``det(``."""
        letters = t.text
        k = self.i
        while (
            k < len(self.tokens)
            and self.tokens[k].kind == "char"
            and self.tokens[k].text.isalpha()
            and not self.tokens[k].gap
        ):
            letters += self.tokens[k].text
            k += 1
            if len(letters) > 10:
                return ""
        fenced = k < len(self.tokens) and self.tokens[k].text in ("(", "[", "\\{")
        return letters if len(letters) > 1 and fenced and letters in self.words else ""

    def call(self, head: Node) -> Node:
        t = self.take()
        argument_ = self.fence(t)
        assert isinstance(argument_, Fence)
        return Call(head.span.join(argument_.span), head, argument_)

    def differential_follows(self) -> bool:
        text = self.peek()
        if text is None or text in CLOSERS or self.tokens[self.i].kind == "number":
            return False
        if text in ("^",):
            return self.peek(1) is not None and self.tokens[self.i + 1].kind == "number" and self.starts_after(2)
        return text[0].isalpha() or text in ("(", "[", "{", "|") or (
            text.startswith("\\") and text not in RELATIONS and text not in INFIX
            and text not in ("\\cdot", "\\times", "\\|", "\\\\", "\\dots", "\\pm", "\\mp", "\\partial")
        )  # fmt: skip

    def starts_after(self, ahead: int) -> bool:
        text = self.peek(ahead)
        return text is not None and (text[0].isalpha() or (text.startswith("\\") and text not in RELATIONS))

    def differential(self, name: Name, marker: str, certain: bool) -> Node:
        order = 1
        if self.peek() == "^":
            self.take()
            tokens = self.raw_group()
            order = int(tokens[0].text) if len(tokens) == 1 and tokens[0].text.isdigit() else 1
        operand = self.factor()
        return Differential(name.span.join(operand.span), marker, operand, certain, name, order)

    def font(self, t: Token) -> Node:
        font = FONTS[t.text]
        tokens = self.raw_group()
        span = self.since(t.span.start)
        latex = self.source[span.start : span.end]
        word = "".join(x.text for x in tokens)
        if word in self.words and len(word) > 1:
            return self.operator(word, span)
        if not tokens:
            return Missing(span)
        if t.text == "\\mathbb" and word == "E" and self.peek() in ("[", "(", "_", "\\{"):
            return self.big("E", t)
        if font == "rm" and word == "d" and self.differential_follows():
            return self.differential(Name(span, "d", "rm", latex=latex), "\\mathrm{d}", True)
        if len(tokens) > 1 and (font == "rm" or word.isalpha()) and all(x.kind == "char" for x in tokens):
            if font == "rm" and not word.isalpha():
                return Text(span, latex)
            if font in ("rm", "sf", "tt", "cal", "it"):
                name = Name(span, word, font, latex=latex)
                return self.call(name) if self.peek() == "(" else name
        if len(tokens) == 1 or (tokens[0].text in ACCENTS):
            inner = type(self)(tokens, self.source, span, self.words).atom() if tokens[0].kind != "number" else None
            if inner is None:
                return Name(span, tokens[0].text, font or "rm", latex=latex)
            if isinstance(inner, Name):
                name = Name(span, inner.base, font or inner.font, inner.accents, latex=latex)
                return self.call(name) if self.peek() == "(" else name
        inner_tree = self.sub_formula(tokens)
        return Fence(span, "paren", (_with_font(inner_tree, font),))

    def accent(self, t: Token) -> Node:
        tokens = self.raw_group()
        span = self.since(t.span.start)
        latex = self.source[span.start : span.end]
        inner = self.sub_formula(tokens)
        if isinstance(inner, Name):
            name = Name(span, inner.base, inner.font, (*inner.accents, ACCENTS[t.text]), latex=latex)
            return self.call(name) if self.peek() == "(" else name
        return Name(span, latex, accents=(ACCENTS[t.text],), latex=latex)

    def increment(self, t: Token) -> Node:
        """``\\Delta W`` is one name where a name follows."""
        following = self.peek()
        if following is not None and (following.isalpha() or following in FONTS):
            mark = self.i
            inner = self.atom()
            if isinstance(inner, Name):
                span = t.span.join(inner.span)
                latex = self.source[span.start : span.end]
                return Name(span, inner.base, inner.font, inner.accents, t.text, latex)
            self.i = mark
        name = Name(t.span, t.text, latex=t.text)
        return self.call(name) if self.peek() == "(" else name

    def braces(self) -> Node:
        start = self.token_start()
        tokens = self.raw_group()
        span = self.since(start)
        for k, x in enumerate(tokens):
            if x.text == "\\over":
                return Fraction(span, self.sub_formula(tokens[:k]), self.sub_formula(tokens[k + 1 :]))
        if not tokens:
            return Missing(span)
        inner = self.sub_formula(tokens)
        return inner if isinstance(inner, (Name, Number, Scripted)) else Fence(span, "paren", (inner,))

    # ---- fences

    def fence(self, t: Token) -> Node:
        kind, close = OPENERS[t.text]
        bars, norms = self.open_bars, self.open_norms
        self.open_bars = self.open_norms = 0
        if kind == "bar":
            self.open_bars = 1
        items = self.items(close, split_bar=kind == "angle")
        self.open_bars, self.open_norms = bars, norms
        if self.peek() == close or self.peek() == "\\right.":
            self.take()
        else:
            self.problem(t.span, f"{t.text} is not closed")
        return Fence(self.since(t.span.start), kind, items)

    def items(self, close: str, split_bar: bool = False) -> tuple[Node, ...]:
        reader: Reader = self  # type: ignore[assignment]
        out: list[Node] = []
        if split_bar:
            self.open_bars = 1
        while True:
            out.append(reader.relation())
            if self.peek() in (",", ";") or (split_bar and self.peek() in ("|", "\\mid")):
                self.take()
                continue
            return tuple(out)

    def bars(self, t: Token) -> Node:
        reader: Reader = self  # type: ignore[assignment]
        self.open_bars += 1
        inner = reader.relation()
        self.open_bars -= 1
        if self.peek() == "|":
            self.take()
        else:
            self.problem(t.span, "| is not closed")
        return Fence(self.since(t.span.start), "bar", (inner,))

    def double_bar(self, t: Token) -> Node:
        self.take()
        reader: Reader = self  # type: ignore[assignment]
        self.open_bars += 1
        inner = reader.relation()
        self.open_bars -= 1
        if self.peek() == "|" and self.peek(1) == "|":
            self.take()
            self.take()
        else:
            self.problem(t.span, "|| is not closed")
        return Fence(self.since(t.span.start), "norm", (inner,))

    def norm(self, t: Token, close: str) -> Node:
        reader: Reader = self  # type: ignore[assignment]
        bars, self.open_bars = self.open_bars, 0
        self.open_norms += 1
        inner = reader.relation()
        self.open_norms -= 1
        self.open_bars = bars
        if self.peek() == close:
            self.take()
        else:
            self.problem(t.span, "the norm is not closed")
        return Fence(self.since(t.span.start), "norm", (inner,))

    def evaluated(self, t: Token) -> Node:
        """``\\left. body \\right|_{at}``."""
        reader: Reader = self  # type: ignore[assignment]
        self.open_bars += 1
        body = reader.sum()
        self.open_bars -= 1
        if self.peek() == "|":
            self.take()
        if self.peek() == "_":
            self.take()
            at = self.sub_formula(self.raw_group())
            return Evaluated(self.since(t.span.start), body, at)
        self.problem(t.span, "the point of evaluation is missing")
        return body

    # ---- operators

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
        reader: Reader = self  # type: ignore[assignment]
        if not reader.starts_factor():
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
        while reader.starts_factor() or (word in WHOLE_OPERAND and self.peek() == "\\cdot"):
            before = self.i
            mark = self.take().text if self.peek() == "\\cdot" else ""
            factor = self.factor()
            if word not in WHOLE_OPERAND and isinstance(factor, (Differential, Operator, BigOperator, Derivative)):
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

    def physics(self, t: Token) -> Node:
        """Commands of the physics package that the document did not define itself."""
        if self.peek() == "*":
            self.take()
        if t.text == "\\grad":
            return self.nabla(t)
        first = self.sub_formula(self.raw_group()) if self.peek() else Missing(t.span)
        if t.text in ("\\norm", "\\abs"):
            return Fence(self.since(t.span.start), t.text[1:].replace("abs", "bar"), (first,))
        if self.peek() == "{":
            second = self.sub_formula(self.raw_group())
            operand: Node | None = None if isinstance(first, Missing) else first
        else:
            second, operand = first, None
        span = self.since(t.span.start)
        d = Derivative(
            span, "partial" if t.text == "\\pdv" else "d", operand, (Variable(second.span, second),), 1, False, span
        )
        reader: Reader = self  # type: ignore[assignment]
        return d if operand is not None else reader.applied(d)

    def big(self, kind: str, t: Token) -> Node:
        lower: Node | None = None
        upper: Node | None = None
        while self.peek() in ("_", "^"):
            if self.take().text == "_":
                lower = self.sub_formula(self.raw_group())
            else:
                upper = self.sub_formula(self.raw_group())
        reader: Reader = self  # type: ignore[assignment]
        body = reader.rest_of_term()
        measure: Node | None = None
        if kind == "int" and isinstance(body, Juxtaposition) and isinstance(body.factors[-1], Differential):
            measure = body.factors[-1].operand
            factors, marks = body.factors[:-1], body.marks[:-1]
            body = factors[0] if len(factors) == 1 else Juxtaposition(body.span, factors, marks)
        return BigOperator(self.since(t.span.start), kind, lower, upper, body, measure)

    def annotated(self, t: Token) -> Node:
        if t.text in ("\\underset", "\\textcolor"):
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
        from nablatex.latex.parse import environment

        env, self.i = environment(self.tokens, self.i)
        if env.startswith("array") or env in ("tabular",):
            self.raw_group()
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

    # ---- fractions and derivatives

    def fraction(self, t: Token) -> Node:
        self.split_number()
        top = self.raw_group()
        self.split_number()
        bottom = self.raw_group()
        span = self.since(t.span.start)
        if not top or not bottom:
            self.problem(span, "a part of the fraction is missing")
        d = self.derivative_fraction(top, bottom, span)
        if d is not None:
            reader: Reader = self  # type: ignore[assignment]
            return d if d.operand is not None else reader.applied(d)
        return Fraction(span, self.sub_formula(top), self.sub_formula(bottom))

    def split_number(self) -> None:
        """``\\frac12`` is one over two: an argument without braces is one digit."""
        if self.i < len(self.tokens) and self.tokens[self.i].kind == "number" and len(self.tokens[self.i].text) > 1:
            t = self.tokens[self.i]
            at = t.span.start
            digit = Token(t.kind, t.text[0], Span(at, min(at + 1, t.span.end)), t.gap)
            rest = Token(t.kind, t.text[1:], Span(min(at + 1, t.span.end), t.span.end))
            self.tokens = [*self.tokens[: self.i], digit, rest, *self.tokens[self.i + 1 :]]

    def derivative_fraction(self, top: list[Token], bottom: list[Token], span: Span) -> Derivative | None:
        head, after = _marker(top, 0)
        if head is None or not bottom:
            return None
        order = 1
        if after < len(top) and top[after].text == "^":
            power, after = argument(top, after + 1)
            if len(power) == 1 and power[0].text.isdigit():
                order = min(int(power[0].text), 8)
        first, start = _marker(bottom, 0)
        if first != head:
            return None
        variables: list[Variable] = []
        while start < len(bottom):
            end = start
            depth = 0
            while end < len(bottom):
                depth += (bottom[end].text in "{([") - (bottom[end].text in "})]")
                again, _ = _marker(bottom, end)
                if not depth and end > start and again == head:
                    break
                end += 1
            target = self.sub_formula(bottom[start:end])
            count = 1
            if (
                isinstance(target, Scripted)
                and isinstance(target.sup, Number)
                and target.sup.text.isdigit()
                and order > 1
            ):
                count = int(target.sup.text)
                target = target.base if target.sub is None else Scripted(target.span, target.base, target.sub)
            variables.append(Variable(target.span, target, count))
            if end >= len(bottom):
                break
            _, start = _marker(bottom, end)
        operand = self.sub_formula(top[after:]) if after < len(top) else None
        style = "partial" if head == "\\partial" else "d"
        return Derivative(span, style, operand, tuple(variables), order, False, span)

    def nabla(self, t: Token) -> Node:
        order = 1
        variables: tuple[Variable, ...] = ()
        while self.peek() in ("_", "^"):
            if self.take().text == "_":
                target = self.sub_formula(self.raw_group())
                variables = (Variable(target.span, target),)
            else:
                tokens = self.raw_group()
                order = int(tokens[0].text) if len(tokens) == 1 and tokens[0].text.isdigit() else 1
        span = self.since(t.span.start)
        reader: Reader = self  # type: ignore[assignment]
        return reader.applied(Derivative(span, "nabla", None, variables, min(order, 8), False, span))

    def partial(self, t: Token) -> Node:
        """``\\partial_X f`` is a derivative, ``\\partial X`` a differential."""
        if self.peek() == "_":
            self.take()
            target = self.sub_formula(self.raw_group())
            span = self.since(t.span.start)
            reader: Reader = self  # type: ignore[assignment]
            return reader.applied(Derivative(span, "partial", None, (Variable(target.span, target),), 1, False, span))
        name = Name(t.span, "\\partial", latex="\\partial")
        if self.differential_follows():
            return self.differential(name, "\\partial", True)
        self.problem(t.span, "∂ of what?")
        return name


def _marker(tokens: list[Token], i: int) -> tuple[str | None, int]:
    """∂, d or \\mathrm d at i: its kind, and where it ends."""
    if i >= len(tokens):
        return None, i
    if tokens[i].text == "\\partial":
        return "\\partial", i + 1
    if tokens[i].text == "d":
        return "d", i + 1
    if tokens[i].text in ("\\mathrm", "\\operatorname", "\\text", "\\rm"):
        inside, end = argument(tokens, i + 1)
        if len(inside) == 1 and inside[0].text == "d":
            return "d", end
    return None, i


def _with_font(node: Node, font: str) -> Node:
    """Letters of a font group: ``\\mathbf{Ax}`` is bold A times bold x."""
    if isinstance(node, Name) and not node.font:
        return Name(node.span, node.base, font, node.accents, node.prefix, node.latex)
    if isinstance(node, Juxtaposition):
        return Juxtaposition(node.span, tuple(_with_font(f, font) for f in node.factors), node.marks)
    if isinstance(node, Scripted):
        return Scripted(node.span, _with_font(node.base, font), node.sub, node.sup, node.primes, node.left_sup)
    return node
