"""What is known where a formula stands: declared symbols, definitions, assumptions, macros, layout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from nablatex.algebra.dims import ONE, Shape
from nablatex.document.names import Key
from nablatex.latex.macros import MacroTable
from nablatex.latex.tree import Node, Span

STATED = frozenset(("declared", "told", "prose", "comment"))
"""Origins that are the author's: a formula, words about one symbol, words about several, a magic comment."""


OF_MATRICES, BY_ROWS, BY_COLUMNS = "of matrices", "by rows", "by columns"
ON_MATRICES = frozenset((OF_MATRICES, BY_ROWS, BY_COLUMNS))
"""How a function that a word names works on a matrix."""
"""The role of exp and log where a document says that they are the functions of a matrix, not of its entries."""
WITNESSES = 2
"""How many bold vectors make a convention."""
MAX_KNOWN = 4000
"""How many symbols, and how many definitions, a document can have."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A symbol with its shape and properties; origin tells an author where that is from."""

    label: str
    shape: Shape | None
    properties: frozenset[str] = frozenset()
    origin: str = "declared"
    span: Span | None = field(default=None, compare=False)
    section: int = 0
    """Number of the section of the document that says so; 0 outside documents."""


def _column(key: Key, declared: Declared | None) -> bool:
    """Whether an author declares a small letter as a vector."""
    if declared is None or declared.shape is None or declared.origin not in STATED or key.script:
        return False
    return key.base.lstrip("\\")[:1].islower() and declared.shape[1] == ONE != declared.shape[0]


def _array(key: Key, declared: Declared | None) -> bool:
    """Whether an author declares a capital as a matrix."""
    if declared is None or declared.shape is None or declared.origin not in STATED or key.script:
        return False
    return key.base.lstrip("\\")[:1].isupper() and ONE not in declared.shape


@dataclass(frozen=True, slots=True)
class Definition:
    """``f(W) = body`` or ``Y = body``: parameters are the keys in the parentheses."""

    key: Key
    parameters: tuple[Key, ...]
    body: Node
    span: Span | None = field(default=None, compare=False)
    latex: str = field(default="", compare=False)
    """The body as the author wrote it."""
    section: int = -1
    """Number of the section of the document that it stands in; negative where it is of the formula at hand."""


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that the elaborator may use; a value, extended by `replace`."""

    symbols: Mapping[Key, Declared] = field(default_factory=dict)
    definitions: tuple[Definition, ...] = ()
    functions: Mapping[Key, str] = field(default_factory=dict)
    """Symbols that are functions: ``elementwise``, the name of a known one such as ``sigmoid``, or one of `ON_MATRICES` for exp
    and log of whole matrices, softmax by rows."""
    equations: tuple[tuple[Node, Node], ...] = ()
    conditions: tuple[tuple[str, Node], ...] = ()
    """("positive definite", X + X^T), ("positive", det X), ("nonzero", x), ("commute", A, B)."""
    dimensions: frozenset[str] = frozenset()
    ordering: tuple[tuple[str, str], ...] = ()
    """Pairs (m, n) with m > n."""
    stated: tuple[tuple[Node, Node], ...] = ()
    """The last equations that the text states without claiming them: models, constraints, conditions of an optimum."""
    unspecified: Mapping[Key, tuple[Node, ...]] = field(default_factory=dict)
    """Functions of which only the arguments are known, in a reading of one claim (`document.dependences`)."""
    paths: Mapping[Key, tuple[Node, ...]] = field(default_factory=dict)
    """Symbols that the formula at hand writes with a parameter (`document.paths`); it sets them itself."""
    not_understood: tuple[str, ...] = ()
    moved: frozenset[Key] = frozenset()
    """Symbols whose differentials stand in the same display: what d(f) of a defined f varies, where nothing nearer says it."""
    macros: MacroTable = field(default_factory=MacroTable)
    bold: int = field(default=0, compare=False)
    """How many bold small letters are declared as columns, and how many plain ones (`slim`): it follows from symbols."""
    slim: int = field(default=0, compare=False)

    heavy: int = field(default=0, compare=False)
    """How many bold capitals are declared as matrices, and how many plain ones (`light`)."""
    light: int = field(default=0, compare=False)

    @property
    def bold_matrices(self) -> bool:
        """Whether the document sets its matrices, and them alone, in bold: then a plain capital may well be a number."""
        return self.heavy >= WITNESSES and not self.light

    @property
    def bold_vectors(self) -> bool:
        """Whether the document sets its vectors, and them alone, in bold: then plain small letters are numbers."""
        return self.bold >= WITNESSES and not self.slim

    def arguments(self, key: Key) -> tuple[Node, ...] | None:
        """What a symbol depends on, where that is all that is known of it; () where it changes nothing."""
        found = self.unspecified.get(key)
        return self.paths.get(key) if found is None else found

    def find(self, key: Key) -> tuple[Key, Declared] | None:
        """The declared symbol for a key; a missing or other font is forgiven where the letter is unique."""
        got = self.symbols.get(key)
        if got is not None:
            return key, got
        alike = [(k, d) for k, d in self.symbols.items() if k.alike(key)]
        return alike[0] if len(alike) == 1 else None

    def definition(self, key: Key) -> Definition | None:
        """The last definition of a key; none where a later section declares the symbol anew."""
        found = next((d for d in reversed(self.definitions) if d.key.base == key.base and d.key == key), None)
        if found is None:
            alike = [d for d in self.definitions if d.key.alike(key)]
            found = alike[-1] if alike and key not in self.symbols else None
        declared = self.symbols.get(found.key) if found is not None else None
        if (
            found is not None
            and declared is not None
            and declared.shape is not None
            and declared.section > found.section >= 0
        ):
            return None
        return found

    def declare(self, key: Key, declared: Declared) -> Context:
        """With a symbol more; one that is beyond all measure is not taken."""
        if len(self.symbols) >= MAX_KNOWN and key not in self.symbols:
            return self
        symbols = {**self.symbols, key: declared}
        old = self.symbols.get(key)
        if key.font not in ("", "bold"):
            return replace(self, symbols=symbols)
        columns = _column(key, declared) - _column(key, old)
        arrays = _array(key, declared) - _array(key, old)
        if not columns and not arrays:
            return replace(self, symbols=symbols)
        if key.font:
            return replace(self, symbols=symbols, bold=self.bold + columns, heavy=self.heavy + arrays)
        return replace(self, symbols=symbols, slim=self.slim + columns, light=self.light + arrays)

    def define(self, definition: Definition) -> Context:
        """With a definition more; of too many, the oldest goes."""
        return replace(self, definitions=(*self.definitions[-MAX_KNOWN + 1 :], definition))

    def with_properties(self, key: Key, *properties: str) -> Context:
        found = self.find(key)
        if found is None:
            return self.declare(key, Declared("", None, frozenset(properties), "guessed"))
        k, d = found
        return self.declare(k, replace(d, properties=d.properties | frozenset(properties)))
