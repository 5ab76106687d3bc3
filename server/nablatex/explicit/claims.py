"""Claims between explicit formulas: proved, holding at random points, holding under a condition, or refuted.

A claim is refuted only by a point of its domain at which both sides have values that differ, and only if it does not
hold for positive numbers, or for whole numbers where its letters are those of counters: an author who writes
√(x²) = x or cos nπ = (-1)^n means those.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy

from nablatex.document.context import Context
from nablatex.document.names import Key, key_of, label_of
from nablatex.explicit import numeric
from nablatex.explicit.answers import Declined
from nablatex.explicit.budget import OutOfTime, limited
from nablatex.explicit.capitals import scalars_by_place
from nablatex.explicit.notice import notice
from nablatex.explicit.perform import FAILURES
from nablatex.explicit.reader import Reader
from nablatex.explicit.scalars import done
from nablatex.explicit.second import read_by_both
from nablatex.explicit.values import Doubtful, Identity, NotExplicit, Value, is_matrix, is_scalar, size_text
from nablatex.latex.tree import Juxtaposition, Name, Node, Number, Operator

BUDGET = 2.5
MODULAR = re.compile(r"\\(?:bmod|pmod|mod)\b|\\mathbb\{F\}|\\mathbb F|\\mathbb\{Z\}_|\\mathbb\{Z\}/|\bGF\(")
COUNTERS = frozenset("ijklmnpqNMK")
SEED = 2024
POINTS = 6


@dataclass(frozen=True, slots=True)
class Judgement:
    """name: proved | holds | conditional | fails | unknown; evidence is plain data."""

    name: str
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


def judge(left: Node, right: Node, context: Context, source: str | None = None) -> Judgement:
    """The verdict on left = right; unknown, with the reason, where the sides are not explicit."""
    try:
        with limited(BUDGET):
            return _judge(left, right, context, source)
    except OutOfTime:
        return Judgement("unknown", "not decided in time")
    except Doubtful as error:
        return Judgement("unknown", str(error), {"doubt": str(error)})
    except (NotExplicit, Declined) as error:
        return Judgement("unknown", str(error))
    except FAILURES as error:
        return Judgement("unknown", f"could not be worked out: {str(error) or type(error).__name__}")


def _judge(left: Node, right: Node, context: Context, source: str | None) -> Judgement:
    capitals = scalars_by_place(left) | scalars_by_place(right)

    def fresh() -> Reader:
        made = Reader(context, source, capitals)
        made.noticed = notice(left, right)
        return made

    reader = fresh()
    a, b = reader.read(left), reader.read(right)
    first = _between(a, b, reader)
    if first.name != "fails":
        return first
    doubt = _doubt(left, right, (a, b), context, source)
    if doubt is not None:
        return Judgement("unknown", doubt, {"doubt": doubt})
    for again in _other_readers(left, right, (a, b), fresh):
        other = _between(again.read(left), again.read(right), again)
        if other.name != "fails":
            return other
    for node, value in ((left, a), (right, b)):
        read_by_both(node, value, reader)
    return first


def _other_readers(
    left: Node, right: Node, sides: tuple[Value, Value], fresh: Callable[[], Reader]
) -> Iterator[Reader]:
    """Readers that take e and i for letters, and \\log to the bases 10 and 2."""
    letters = {Key(x) for x, value in (("e", sympy.E), ("i", sympy.I)) if any(_has(s, value) for s in sides)}
    if letters:
        reader = fresh()
        for key in letters:
            reader.scopes.append({key: reader.symbol(key, key.base)})
        yield reader
    if any(isinstance(n, Operator) and n.word == "log" for side in (left, right) for n in side.walk()):
        for base in (10, 2):
            reader = fresh()
            reader.log_base = sympy.Integer(base)
            yield reader


def _doubt(left: Node, right: Node, sides: tuple[Value, Value], context: Context, source: str | None) -> str | None:
    """What keeps a claim from being refuted: letters that mean more than a number, constants that may be renamed."""
    names = {
        k: n for side in (left, right) for n in side.walk() if isinstance(n, Name) and (k := key_of(n)) is not None
    }
    undeclared = {k for k in names if context.find(k) is None and context.definition(k) is None}
    taken_away = any(not isinstance(s, Identity) and _indefinite(s) for s in sides)
    if any(k.base in ("C", "c", "K") for k in undeclared) and not taken_away:
        return "a constant may have been renamed"
    for k in names:
        if k.accents and Key(k.base, k.font, (), k.prefix) in names:
            return f"{label_of(names[k])} may be made from {k.base}"
    for side in (left, right):
        for n in side.walk():
            if isinstance(n, Juxtaposition):
                for mark, x, y in zip(n.marks, n.factors, n.factors[1:], strict=False):
                    vectors = isinstance(x, Name) and isinstance(y, Name) and {key_of(x), key_of(y)} <= undeclared
                    if mark in ("\\cdot", "\\times") and vectors:
                        return "a product of numbers, or of vectors?"
            if isinstance(n, Operator) and n.word in ("sin", "cos", "tan") and len(n.arguments) == 1:
                inside = n.arguments[0]
                if isinstance(inside, Number) and float(inside.text) >= 4:
                    return "an angle in degrees, or in radians?"
    if source is not None and MODULAR.search(source):
        return "numbers may be meant modulo another"
    if source is not None and not any(is_matrix(s) or isinstance(s, Identity) for s in sides):
        before = source[max(0, left.span.start - 300) : left.span.start]
        antiderivatives = "\\int" in before[before.rfind("\\begin") + 1 :]
        difference = sides[0] - sides[1]
        if antiderivatives and all(sympy.simplify(sympy.diff(difference, s)) == 0 for s in difference.free_symbols):
            return "the sides differ by a constant, as antiderivatives may"
    return None


def _has(value: Value, constant: Any) -> bool:
    return any(e.has(constant) for e in numeric.entries(value)) if not isinstance(value, Identity) else False


def _between(a: Value, b: Value, reader: Reader) -> Judgement:
    if isinstance(a, Identity) or isinstance(b, Identity):
        if isinstance(a, Identity) and isinstance(b, Identity):
            a, b = a.factor, b.factor
        elif is_scalar(a) or is_scalar(b):
            raise NotExplicit("a number beside a multiple of the identity")
        else:
            one, m = (a, b) if isinstance(a, Identity) else (b, a)
            if m.rows != m.cols:
                return Judgement("fails", f"the identity beside a {size_text(m)} matrix", {"method": "shapes"})
            a, b = one.factor * sympy.eye(m.rows), m
    if is_matrix(a) != is_matrix(b):
        matrix, number = (a, b) if is_matrix(a) else (b, a)
        if matrix.shape != (1, 1):
            if number == 0:
                a, b = matrix, sympy.zeros(*matrix.shape)
            else:
                raise NotExplicit("a number beside a matrix")
        else:
            a, b = matrix[0, 0], number
    if is_matrix(a) and a.shape != b.shape:
        message = f"the left side is {size_text(a)}, the right side {size_text(b)}"
        return Judgement("fails", message, {"method": "shapes"})
    note = ""
    if _indefinite(a) or _indefinite(b):
        a, b = _without_constants(a, b)
        note = " up to a constant"
    if reader.guessed:
        capitals = [c for c in reader.guessed.values() if any(e.has(c) for x in (a, b) for e in numeric.entries(x))]
        if capitals and not (_linear(a, capitals) and _linear(b, capitals)):
            label = reader.labels[capitals[0]]
            raise NotExplicit(f"is {label} a number? say so: ${label} \\in \\mathbb{{R}}$")
    return _decide(a, b, reader, note)


def _indefinite(e: Value) -> bool:
    return not is_matrix(e) and any(len(x) == 1 for i in e.atoms(sympy.Integral) for x in i.limits)


def _without_constants(a: Any, b: Any) -> tuple[Any, Any]:
    """Both sides differentiated by the variable of their indefinite integrals, which takes constants away."""
    found = {x[0] for e in (a, b) for i in e.atoms(sympy.Integral) for x in i.limits if len(x) == 1}
    if len(found) != 1:
        raise NotExplicit("indefinite integrals over different variables")
    x = found.pop()
    return sympy.diff(a, x), sympy.diff(b, x)


def _linear(side: Value, capitals: list[Any]) -> bool:
    """Whether a side is linear and homogeneous in letters that may be matrices: then the claim is the same for those."""
    t = sympy.Dummy("t")
    for e in numeric.entries(side):
        inside = [c for c in capitals if e.has(c)]
        if not inside and e != 0:
            return False
        scaled = e.subs({c: t * c for c in inside}, simultaneous=True)
        if inside and (not e.is_polynomial(*inside) or sympy.expand(scaled - t * e) != 0):
            return False
    return True


def _decide(a: Any, b: Any, reader: Reader, note: str) -> Judgement:
    left, right = numeric.entries(a), numeric.entries(b)
    symbols = sorted({s for e in (*left, *right) for s in e.free_symbols}, key=str)
    evidence: dict[str, Any] = {"seed": SEED}
    agreed, where = _compare(left, right, symbols, "real")
    if where is None:
        if not agreed:
            return Judgement("unknown", "no point was found at which both sides have a value")
        evidence |= {"points": agreed, "method": "explicit values"}
        if _equal(left, right):
            return Judgement(
                "proved", f"both sides are equal by algebra{note}", {**evidence, "method": "computer algebra"}
            )
        if not symbols and not numeric.loose(*left, *right):
            return Judgement("holds", f"both sides have the same value to 20 digits{note}", evidence)
        return Judgement("holds", f"the sides agree at {agreed} random points{note}", evidence)
    if reader.decimals:
        return Judgement("unknown", "the sides differ, but decimals may be rounded")
    if numeric.loose(*left, *right):
        left, right = [done(e) for e in left], [done(e) for e in right]
        agreed, where = _compare(left, right, symbols, "real")
        if where is None:
            return Judgement("unknown", "numbers and algebra do not agree on this claim")
    for domain, words in (("positive", "for positive numbers"), ("whole", "for whole numbers")):
        held, elsewhere = _compare(left, right, symbols, domain)
        if symbols and held and elsewhere is None:
            return Judgement("conditional", f"holds {words}", {**evidence, "points": held, "holds_if": words})
    return _refuted(left, right, where, reader, evidence)


def _compare(left: list[Any], right: list[Any], symbols: list[Any], domain: str) -> tuple[int, dict[Any, Any] | None]:
    """How often the sides agreed in a domain, and a point inside it at which they differ."""
    rng = random.Random(SEED)
    integers = numeric.counted(*left, *right)
    if domain == "whole":
        counters = {s for s in symbols if str(s)[:1] in COUNTERS}
        if not counters:
            return 0, None
        integers = integers | counters
    loose = numeric.loose(*left, *right)
    tolerance = numeric.LOOSE if loose else numeric.TIGHT
    agreed = 0
    for _ in range(numeric.TRIES if symbols else 1):
        point = numeric.draw(symbols, rng, integers)
        if domain == "positive":
            point = {s: abs(v) for s, v in point.items()}
        if not (_natural(left, point) and _natural(right, point)):
            continue
        try:
            pairs = [(numeric.value(x, point), numeric.value(y, point)) for x, y in zip(left, right, strict=True)]
        except numeric.NoValue:
            continue
        if any(abs(x - y) > tolerance * (abs(x) + abs(y) + tolerance) for x, y in pairs):
            return agreed, point
        agreed += 1
        if agreed >= (2 if loose else POINTS):
            break
    return agreed, None


def _natural(sides: list[Any], point: Mapping[Any, Any]) -> bool:
    """Whether every logarithm, root and inverse function has a real argument where it is real."""
    for e in sides:
        for part in e.atoms(sympy.log, sympy.Pow, sympy.asin, sympy.acos, sympy.atanh, sympy.acosh):
            argument = part.args[0]
            if argument.free_symbols - point.keys():
                continue  # a bound variable
            if isinstance(part, sympy.Pow) and (part.exp.is_integer or not argument.free_symbols):
                continue
            value = argument.subs(point).evalf()
            if value.is_real is not True:
                return False
            if isinstance(part, (sympy.log, sympy.Pow)) and value <= 0:
                return False
            if isinstance(part, (sympy.asin, sympy.acos, sympy.atanh)) and abs(value) >= 1:
                return False
            if isinstance(part, sympy.acosh) and value < 1:
                return False
    return True


def _equal(left: list[Any], right: list[Any]) -> bool:
    """Whether computer algebra finds the sides equal; it gets a part of the time."""
    try:
        with limited(BUDGET / 3):
            return all(x == y or sympy.simplify(done(x) - done(y)) == 0 for x, y in zip(left, right, strict=True))
    except (Declined, OutOfTime, *FAILURES):
        return False


def _refuted(
    left: list[Any], right: list[Any], where: Mapping[Any, Any], reader: Reader, evidence: dict[str, Any]
) -> Judgement:
    """A refutation with a counterexample in small integers where there is one."""
    symbols = sorted(where, key=str)
    for k in range(12 if symbols else 0):
        small = {s: sympy.Integer(1 + (k + 2 * i) % 5) for i, s in enumerate(symbols)}
        try:
            pairs = [(numeric.value(x, small), numeric.value(y, small)) for x, y in zip(left, right, strict=True)]
        except numeric.NoValue:
            continue
        if _natural(left, small) and _natural(right, small) and any(abs(x - y) > 1e-6 * (1 + abs(x)) for x, y in pairs):
            where = small
            break
    at = next(
        i
        for i, (x, y) in enumerate(zip(left, right, strict=True))
        if abs(numeric.value(x, where) - numeric.value(y, where)) > 1e-12 * (1 + abs(numeric.value(x, where)))
    )
    shown = [_shown(e, where) for e in (left[at], right[at])]
    values = ", ".join(f"{reader.labels.get(s, str(s))} = {v}" for s, v in where.items())
    place = f"entry {at + 1}: " if len(left) > 1 else ""
    message = f"the sides differ{': for ' + values if values else ''}: {place}left {shown[0]}, right {shown[1]}"
    counterexample = {
        "values": {reader.labels.get(s, str(s)): str(v) for s, v in where.items()},
        "left": shown[0],
        "right": shown[1],
        "sizes": {},
    }
    return Judgement("fails", message, {**evidence, "method": "counterexample", "counterexample": counterexample})


def _shown(e: Any, where: Mapping[Any, Any]) -> str:
    exact = e.subs(where)
    if exact.is_Rational and len(str(exact)) < 16:
        return str(exact)
    n = numeric.value(e, where)
    return f"{float(n.real):.6g}" if abs(n.imag) < 1e-12 else f"{complex(n):.6g}"
