"""One operation on one formula: read, work out, confirm, write, read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy

from nablatex.document.context import Context
from nablatex.document.names import Key, key_of, label_of
from nablatex.explicit import equations, matrices, numeric, scalars
from nablatex.explicit.answers import OPERATIONS, Answer, Declined, Operation, Step, Subject, confirmed, filled
from nablatex.explicit.budget import OutOfTime, limited
from nablatex.explicit.capitals import scalars_by_place
from nablatex.explicit.notice import notice
from nablatex.explicit.printing import Style, style_of, to_latex
from nablatex.explicit.reader import Reader
from nablatex.explicit.second import read_by_both
from nablatex.explicit.sizes import MAX_LATEX
from nablatex.explicit.values import Identity, NotExplicit, Value, is_matrix
from nablatex.latex.parse import parse
from nablatex.latex.tree import Condition, Missing, Name, Node, Relation, Scripted

FAILURES = (
    NotImplementedError,
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
    sympy.matrices.exceptions.MatrixError,
)
"""What SymPy raises where it cannot go on."""
BUDGET = 8.0
"""Seconds for one operation."""
LONG = "the result is too long to be read"
REGISTERS = (scalars, matrices, equations)
"""Modules whose operations are known once they are imported."""


@dataclass(frozen=True, slots=True)
class Result:
    """status: ok | declined | unsupported.  before, after: text around the formula; result: text in its place."""

    status: str
    message: str = ""
    before: str = ""
    after: str = ""
    result: str = ""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A formula (its text and tree), where it stands (context, the whole document's text), and what to do with it."""

    operation: str
    text: str
    tree: Node
    context: Context
    document: str = ""
    variable: Key | None = None
    arguments: Mapping[str, Node] | None = None
    numbers: Mapping[Key, Node] = field(default_factory=dict)
    """Letters that the text has set to a number."""
    budget: float = BUDGET


def perform(task: Task) -> Result:
    """The result of a task.  Nothing is ok that was not confirmed numerically and read back from its own LaTeX."""
    chosen = OPERATIONS.get(task.operation)
    if chosen is None:
        return Result("unsupported", f"there is no operation {task.operation}")
    try:
        with limited(task.budget):
            return _perform(task, chosen)
    except OutOfTime:
        return Result("declined", f"it took longer than {task.budget:.0f} s")
    except NotExplicit as error:
        return Result("unsupported", str(error))
    except Declined as error:
        return Result("declined", str(error))
    except FAILURES as error:
        return Result("unsupported", f"could not be worked out: {str(error) or type(error).__name__}")


def _perform(task: Task, chosen: Operation) -> Result:
    tree = task.tree
    while isinstance(tree, Condition):
        tree = tree.body
    reader = Reader(task.context, task.document, scalars_by_place(tree))
    reader.numbers = dict(task.numbers)
    reader.noticed = notice(tree)
    if task.variable is not None and (chosen.variable or chosen.kind == "equation"):
        # what is solved for, or differentiated by, is a variable here whatever value it has elsewhere
        label = next(
            (label_of(n) for n in tree.walk() if isinstance(n, (Name, Scripted)) and key_of(n) == task.variable), ""
        )
        reader.scopes.append({task.variable: reader.symbol(task.variable, label or task.variable.base)})
    subject, style = subject_of(task, tree, reader, chosen)
    if chosen.kind == "matrix" and not is_matrix(subject.value):
        raise Declined("this is no explicit matrix")
    if chosen.kind == "scalar" and (is_matrix(subject.value) or isinstance(subject.value, Identity)):
        raise Declined("this is a matrix")
    answer = chosen.run(subject)
    if any(is_long(v) for v in answer.values):
        raise Declined(LONG)
    _as_matrices(reader, answer)
    wrong = confirmed(answer)
    if wrong is not None:
        raise Declined(wrong)
    texts = [to_latex(v, style) for v in answer.values]
    if sum(map(len, texts)) > MAX_LATEX:
        raise Declined(LONG)
    if answer.read_back:
        for value, text in zip(answer.values, texts, strict=True):
            _read_back(value, text, task.context, reader)
    return Result(
        "ok",
        answer.note,
        answer.before,
        filled(answer.after, texts),
        filled(answer.result, texts),
        answer.steps,
    )


def is_long(value: Value) -> bool:
    """Whether a number of it alone has more digits than anybody reads."""
    inside = [value.factor] if isinstance(value, Identity) else numeric.entries(value)
    numbers = [n for e in inside for n in e.atoms(sympy.Rational)]
    return any(max(abs(n.p), n.q).bit_length() > 3.4 * MAX_LATEX for n in numbers)


def subject_of(task: Task, tree: Node, reader: Reader, chosen: Operation) -> tuple[Subject, Style]:
    sides: list[tuple[Value, Value]] = []
    value: Value = sympy.S.Zero
    if chosen.kind == "equation":
        sides = equations.sides_of(tree, reader)
    else:
        tree = formula(tree)
        value = reader.read(tree)
        read_by_both(tree, value, reader)
    arguments: dict[str, Any] = {}
    for name, node in (task.arguments or {}).items():
        if name == "transpose":
            continue
        arguments[name] = reader.scalar(node)
    style = style_of(task.document or task.text, reader.environments, reader.labels, reader.decimals)

    def show(x: Any) -> str:
        if is_long(x):
            raise Declined(LONG)
        return to_latex(x, style)

    def fresh(label: str, **assumptions: bool) -> Any:
        taken = set(reader.labels.values())
        for candidate in (label, *(f"{label}_{k}" for k in range(1, 9))):
            if candidate not in taken:
                found = sympy.Symbol(candidate, **(assumptions or {"real": True}))
                reader.labels[found] = candidate
                return found
        raise Declined("there is no letter left")

    free = numeric.entries(value) if not isinstance(value, Identity) else [value.factor]
    free += [e for pair in sides for side in pair for e in numeric.entries(side)]
    used = {s for e in free for s in e.free_symbols}
    symbols = {k: s for k, s in reader.symbols.items() if s in used}
    variable = symbols.get(task.variable) if task.variable is not None else None
    if variable is None and len(symbols) == 1:
        variable = next(iter(symbols.values()))
    return Subject(value, symbols, variable, tuple(sides), fresh, show, arguments, task.text.strip()), style


def formula(tree: Node) -> Node:
    """What is evaluated of a relation: its last side that is there."""
    while isinstance(tree, Condition):
        tree = tree.body
    if isinstance(tree, Relation):
        present = [s for s in tree.sides if not isinstance(s, Missing)]
        return present[-1]
    return tree


def _as_matrices(reader: Reader, answer: Answer) -> None:
    """Capitals of which nothing is said may be matrices: the pairs must hold for them as well.

    A side that is linear and homogeneous in them does; anything else is refused with what to write.
    """
    capitals = list(reader.guessed.values())
    if not capitals:
        return
    factor = sympy.Dummy("t")
    for pair in answer.checks:
        for side in pair:
            for e in numeric.entries(side):
                inside = [c for c in capitals if e.has(c)]
                if not inside or e.has(*scalars.UNEVALUATED):
                    e_ok = not inside
                else:
                    scaled = e.subs({c: factor * c for c in inside}, simultaneous=True)
                    e_ok = sympy.simplify(scaled - factor * e) == 0 and e.is_polynomial(*inside)
                if not e_ok:
                    label = reader.labels[inside[0]]
                    raise NotExplicit(f"is {label} a number? say so: ${label} \\in \\mathbb{{R}}$")


def _read_back(value: Value, text: str, context: Context, reader: Reader) -> None:
    """The LaTeX that would be inserted, read again, must be the value."""
    parsed = parse(text, macros=context.macros)
    if parsed.problems:
        raise Declined("the result cannot be written so that it reads back")
    again = Reader(context, text)
    again.symbols, again.labels = reader.symbols, reader.labels
    again.scalars = frozenset(reader.symbols) | reader.scalars
    try:
        found = again.read(parsed.tree)
    except NotExplicit as error:
        raise Declined(f"the result does not read back: {error}") from None
    if isinstance(value, Identity) or isinstance(found, Identity):
        same = isinstance(value, Identity) and isinstance(found, Identity) and value.factor == found.factor
    elif is_matrix(value) != is_matrix(found):
        same = False
    else:
        # a letter of the result is the symbol with that spelling, whatever it was assumed to be
        by_label = {str(s): s for e in numeric.entries(value) for s in e.free_symbols}
        swap = {s: by_label[str(s)] for e in numeric.entries(found) for s in e.free_symbols if str(s) in by_label}
        found = found.subs(swap, simultaneous=True)
        same = found == value or numeric.compare(value, found) in [(k, None) for k in range(1, 99)]
    if not same:
        raise Declined("the result does not read back as what it is")
