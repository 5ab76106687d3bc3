"""Names of explicit formulas: what the document defined or declared, constants, entries, and plain numbers."""

from __future__ import annotations

from fractions import Fraction as Ratio
from typing import Any

import sympy

from nablatex.document.context import Context, Declared
from nablatex.document.names import Key, flat, is_upper, key_of, label_of
from nablatex.explicit import values
from nablatex.explicit.notice import Noticed
from nablatex.explicit.values import Doubtful, Identity, NotExplicit, Value, is_matrix, is_scalar, number_of
from nablatex.latex.tree import Name, Node, Number, Scripted

MAX_UNFOLD = 30
LETTERS = frozenset(
    "\\" + x
    for x in (
        "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi rho varrho"
        " sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
        " ell hbar"
    ).split()
)
"""Commands that are letters; what is none of these is no number (``\\bmod``, ``\\circ``)."""
CONSTANTS = {"\\pi": sympy.pi, "\\infty": sympy.oo}


class NameReading:
    """Symbols, scopes and definitions.  Symbols are shared by all that one reader reads."""

    def __init__(self, context: Context, source: str | None = None, scalars: frozenset[Key] = frozenset()) -> None:
        self.context = context
        self.source = source
        """The text that spans point into; None where it is not at hand."""
        self.numbers: dict[Key, Node] = {}
        """Numbers that the document gave to letters (``x = 2``), for evaluating; a claim is not judged by them."""
        self.scalars = scalars
        """Undeclared capitals that are numbers by where they stand."""
        self.noticed = Noticed()
        self.log_base: Any = None
        """What \\log without a base takes; None: e."""
        self.symbols: dict[Key, Any] = {}
        self.labels: dict[Any, str] = {}
        self.guessed: dict[Key, Any] = {}
        """Undeclared capitals that were read as numbers: the result must hold for matrices as well."""
        self.scopes: list[dict[Key, Value]] = []
        self.unfolding: list[Key] = []
        self.decimals = False
        self.environments: list[str] = []

    def read(self, node: Node) -> Value:
        raise NotImplementedError

    def scalar(self, node: Node) -> Any:
        value = number_of(self.read(node))
        if not is_scalar(value):
            raise NotExplicit("a number is needed here", node.span)
        return value

    def number(self, node: Number) -> Value:
        if "." in node.text:
            self.decimals = True
        ratio = Ratio(node.text)
        return sympy.Rational(ratio.numerator, ratio.denominator)

    def name(self, node: Name | Scripted) -> Value:
        """In scope, defined, declared, a constant, an entry of something defined, or a number that is not known."""
        key = key_of(node)
        if key is None:
            raise NotExplicit("a name that is not understood", node.span)
        for scope in reversed(self.scopes):
            if key in scope:
                return scope[key]
        if key in self.numbers:
            return self.elsewhere(key, self.numbers[key], [])
        declared = self.context.symbols.get(key)
        definition = self.context.definition(key)
        if definition is not None and key not in self.unfolding and not definition.parameters:
            return self.unfold(key, definition.body)
        found = self.context.find(key)
        if found is not None and found[1].shape is not None:
            return self.declared(found[0], found[1], node)
        constant = self.constant(node, key) if declared is None else None
        if constant is not None:
            return constant
        if isinstance(node, Scripted) and node.sub is not None and declared is None:
            entry = self.entry(node)
            if entry is not None:
                return entry
        if definition is not None and definition.parameters:
            raise NotExplicit(f"{label_of(node)} is a function: of what?", node.span)
        return self.unknown(key, node)

    def unfold(self, key: Key, body: Node) -> Value:
        if len(self.unfolding) > MAX_UNFOLD:
            raise NotExplicit("definitions that go round in a circle")
        return self.elsewhere(key, body, [])

    def elsewhere(self, key: Key, body: Node, scopes: list[dict[Key, Value]]) -> Value:
        """The value of a definition's body, whose spans point into another text than this formula's."""
        self.unfolding.append(key)
        outer, self.scopes = self.scopes, scopes
        source, self.source = self.source, None
        try:
            return self.read(body)
        finally:
            self.unfolding.pop()
            self.scopes, self.source = outer, source

    def declared(self, key: Key, declared: Declared, node: Node) -> Value:
        """A declared symbol: a number, or a matrix of given size by its entries."""
        assert declared.shape is not None
        rows, cols = (d.value for d in declared.shape)
        label = declared.label or label_of(node)
        if rows == 1 and cols == 1:
            return self.symbol(key, label, declared.properties)
        if rows is None or cols is None or max(rows, cols) > 6:
            raise NotExplicit(f"{label} is a matrix or vector without entries", node.span)
        if declared.properties & {"symmetric", "spd", "psd", "skew", "diagonal", "orthogonal", "lower", "upper"}:
            raise NotExplicit(f"the entries of {label} are tied", node.span)
        base = label.lower() if cols > 1 and len(label) == 1 else label

        def entry(i: int, j: int) -> Any:
            script = str(i + 1) if cols == 1 else f"{j + 1}" if rows == 1 else f"{i + 1}{j + 1}"
            text = script if len(script) == 1 else "{" + script + "}"
            return self.symbol(Key(base, key.font, key.accents, key.prefix, "_" + script), f"{base}_{text}")

        return values.matrix(rows, cols, entry)

    def symbol(self, key: Key, label: str, properties: frozenset[str] = frozenset()) -> Any:
        found = self.symbols.get(key)
        if found is None:
            assumptions: dict[str, bool] = {"real": True}
            if "positive" in properties:
                assumptions = {"positive": True}
            elif "nonzero" in properties:
                assumptions["nonzero"] = True
            if "integer" in properties:
                assumptions["integer"] = True
            found = self.symbols[key] = sympy.Symbol(label, **assumptions)
            self.labels[found] = label
        return found

    def unknown(self, key: Key, node: Node) -> Value:
        """A letter of which nothing is said: a number, unless it may be a vector or a matrix."""
        label = label_of(node)
        if isinstance(node, Scripted) and self.runs(node):
            raise Doubtful(f"{label}: an entry that runs with an index", node.span)
        if key in self.context.functions or key in self.noticed.functions:
            raise NotExplicit(f"{label} is a function", node.span)
        if key.font in ("bold", "bb", "cal") or "vec" in key.accents or key.prefix:
            raise NotExplicit(f"{label} is not declared: a vector, a matrix or a number?", node.span)
        if key.font == "rm":
            raise Doubtful(f"{label}: a unit, or a name?", node.span)
        if len(key.base) > 1 and key.base not in LETTERS:
            raise Doubtful(f"{label} is not understood", node.span)
        value = self.symbol(key, label)
        if is_upper(key) and key not in self.scalars:
            self.guessed[key] = value
        return value

    def runs(self, node: Scripted) -> bool:
        """Whether a script holds a variable that an operator binds: x_i under a sum over i is no single number."""
        scripts = [s for s in (node.sub, node.sup) if s is not None]
        names = [key_of(n) for s in scripts for n in s.walk() if isinstance(n, Name)]
        return any(k in scope for k in names if k is not None for scope in self.scopes)

    def constant(self, node: Name | Scripted, key: Key) -> Value | None:
        base = node.base if isinstance(node, Scripted) else node
        assert isinstance(base, Name)
        if base.accents or base.prefix:
            return None
        if base.base == "I":
            if isinstance(node, Scripted) and node.sub is not None:
                if isinstance(node.sub, Number) and 0 < int(node.sub.text) <= values.MAX_SIDE:
                    return values.matrix(sympy.eye(int(node.sub.text)))
                return None
            return Identity(sympy.S.One)
        if key.script or base.font not in ("", "rm"):
            return None
        if base.base == "e":
            return sympy.E
        if base.base == "i":
            return sympy.I
        return CONSTANTS.get(base.base)

    def entry(self, node: Scripted) -> Value | None:
        """a_{12} of a matrix that the document defined, v_2 of a vector."""
        base = key_of(node.base)
        if base is None or node.sub is None or self.context.definition(base) is None or base in self.unfolding:
            return None
        value = self.read(node.base)
        script = flat(node.sub).replace(",", "")
        if not is_matrix(value) or not script.isdigit():
            return None
        place = [int(c) for c in script]
        if 1 in value.shape and len(place) == 1:
            i, j = (place[0], 1) if value.cols == 1 else (1, place[0])
        elif len(place) == 2:
            i, j = place
        else:
            return None
        if not (1 <= i <= value.rows and 1 <= j <= value.cols):
            raise NotExplicit(f"{label_of(node)}: there is no such entry", node.span)
        return value[i - 1, j - 1]

    def is_number(self, name: Name) -> bool:
        """Whether the document says that this letter (T, t) is a number."""
        key = key_of(name)
        if key is None or name.base.startswith("\\"):
            return False
        return any(key in s for s in self.scopes) or key in self.context.symbols or bool(self.context.definition(key))
