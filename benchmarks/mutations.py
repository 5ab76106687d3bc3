"""Mutants of true claims: how many of those that are really wrong are refuted, and whether one that still holds is.

Usage: python benchmarks/mutations.py [--every N] [cases.jsonl …]

Each true claim of the cases is changed in one place of its right side, as authors slip: a transpose dropped, two
factors exchanged, a sign flipped, a coefficient changed, a trace forgotten.  Whether the mutant is really wrong is
told by floating point with every derivative worked out by rule; the checker decides by exact evaluation, differences
and its own readings.
"""

from __future__ import annotations

import argparse
import collections
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from nablatex.calculus import expand
from nablatex.checking.sampling import NO_VALUE, assignments, draw, letters_of
from nablatex.document.context import Context
from nablatex.document.elaborate import elaborate
from nablatex.document.names import TRANSPOSES
from nablatex.features.engine import assumptions_of, check_claim
from nablatex.features.standalone import Formula, read
from nablatex.latex.parse import parse
from nablatex.latex.tree import Fence, Juxtaposition, Name, Node, Number, Operator, Relation, Scripted, Sum

CASES = Path(__file__).resolve().parent.parent / "tests" / "cases"
HOLDS = ("proved", "holds")
REFUTED = ("fails", "ill-shaped")


@dataclass(frozen=True, slots=True)
class Mutant:
    kind: str
    right: Node


@dataclass(frozen=True, slots=True)
class Judged:
    """truth: wrong | right | untold (no value, or not one reading); verdict: what the checker says."""

    case: str
    kind: str
    truth: str
    verdict: str
    words: str


def mutants(node: Node) -> Iterator[Mutant]:
    """The node with one slip in it."""
    match node:
        case Scripted(sup=Name(base=base)) if base in TRANSPOSES:
            yield Mutant("a transpose dropped", replace(node, sup=None) if node.sub is not None else node.base)
        case Juxtaposition() if not any(node.marks):
            for k in range(len(node.factors) - 1):
                f = list(node.factors)
                f[k], f[k + 1] = f[k + 1], f[k]
                yield Mutant("factors exchanged", replace(node, factors=tuple(f)))
        case Sum():
            for k, sign in enumerate(node.signs):
                signs = list(node.signs)
                signs[k] = "-" if sign == "+" else "+"
                yield Mutant("a sign flipped", replace(node, signs=tuple(signs)))
        case Number() if node.text.isdigit() and int(node.text):
            yield Mutant("a coefficient changed", replace(node, text=str(int(node.text) + 1)))
        case Operator(word="tr", arguments=(only,)):
            yield Mutant("a trace dropped", Fence(node.span, "paren", (only,)))
        case _:
            pass
    for name in ("factors", "terms", "items", "arguments"):
        parts = getattr(node, name, None)
        if isinstance(parts, tuple):
            for k, part in enumerate(parts):
                for m in mutants(part) if isinstance(part, Node) else ():
                    yield Mutant(m.kind, replace(node, **{name: (*parts[:k], m.right, *parts[k + 1 :])}))  # type: ignore[arg-type]
    for name in ("base", "numerator", "denominator", "body", "argument", "left", "right"):
        part = getattr(node, name, None)
        if isinstance(part, Node) and not isinstance(node, (Name, Number)):
            for m in mutants(part):
                yield Mutant(m.kind, replace(node, **{name: m.right}))  # type: ignore[arg-type]


def claims(path: Path) -> Iterator[tuple[dict[str, Any], Node, Node, Context]]:
    """True claims of a file of cases: identities that hold, and derivatives with their right side."""
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line) if line.strip() else None
        if case is None or (case["kind"] == "identity" and case["verdict"] is not True) or case.get("structured"):
            continue
        formula = Formula(
            case["latex"],
            case["decls"],
            case["assume"],
            case.get("context", ()),
            case.get("preamble", ""),
            case["layout"],
        )
        context = formula.known()
        tree, problem = read(formula, context)
        if problem is None and case["kind"] == "identity" and isinstance(tree, Relation) and len(tree.sides) == 2:
            yield case, tree.sides[0], tree.sides[1], context
        elif problem is None and case["kind"] == "derivative" and case.get("expect") and not case.get("verdict"):
            right = parse(case["expect"], macros=context.macros)
            if not right.problems and not isinstance(tree, Relation):
                yield case, tree, right.tree, context


def truth(left: Node, right: Node, context: Context, layout: str, source: str) -> str:
    """Whether the claim is right, by the rules of the calculus in floating point, in each of its readings."""
    relation = Relation(left.span, (left, right), ("=",))
    found = elaborate(relation, context, layout, source)
    if not found.readings:
        return "wrong" if found.failure is not None and found.failure.kind == "ill-shaped" else "untold"
    answers = set()
    for reading in found.readings:
        a, b = reading.sides
        zero = "zero" in (a.name, b.name) or any(x.name == "number" and not x.params[0] for x in (a, b))
        if a.shape != b.shape and not zero:
            answers.add("wrong")
            continue
        given = assumptions_of(reading, context)
        try:
            exprs = (expand(a), expand(b))
            worst = 0.0
            values = 0
            for k, sizes in enumerate(assignments(letters_of([a, b]), given.ordering, 3)):
                for style in ("generic", "posspec"):
                    try:
                        ev = draw((a, b), given, sizes, np.random.default_rng((99, k)), style)
                        p, q = np.broadcast_arrays(ev(exprs[0]), ev(exprs[1]))
                    except NO_VALUE:
                        continue
                    values += 1
                    worst = max(worst, float(np.max(np.abs(p - q)) / max(1e-5, np.max(np.abs(p)), np.max(np.abs(q)))))
            answers.add("untold" if not values else "wrong" if worst > 1e-6 else "right")
        except (ValueError, ArithmeticError, NotImplementedError):
            answers.add("untold")
    return "right" if "right" in answers else "untold" if "untold" in answers else "wrong"


def judge(path: Path, every: int = 1) -> Iterator[Judged]:
    """Each mutant (of every so many claims) with what is true of it and what the checker says."""
    for number, (case, left, right, context) in enumerate(claims(path)):
        if number % every:
            continue
        layout = "denominator" if case["layout"] == "any" else case["layout"]
        if check_claim(left, right, context, layout, source=case["latex"], fix=False).verdict.name not in HOLDS:
            continue
        seen: set[Node] = set()
        for m in mutants(right):
            if m.right in seen or m.right == right:
                continue
            seen.add(m.right)
            done = check_claim(left, m.right, context, layout, source=case["latex"], fix=False)
            real = truth(left, m.right, context, layout, case["latex"])
            yield Judged(case["id"], m.kind, real, done.verdict.name, done.verdict.message)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("cases", nargs="*", type=Path, default=[CASES / "public.jsonl", CASES / "own.jsonl"])
    arguments.add_argument("--every", type=int, default=1, help="only every N-th claim")
    given = arguments.parse_args()
    begin = time.perf_counter()
    done = [j for path in given.cases for j in judge(path, given.every)]
    wrong = [j for j in done if j.truth == "wrong"]
    missed = [j for j in wrong if j.verdict not in REFUTED]
    alarms = [j for j in done if j.truth == "right" and j.verdict in REFUTED]
    kinds = collections.Counter(j.kind for j in wrong)
    caught = collections.Counter(j.kind for j in wrong if j.verdict in REFUTED)
    for j in missed:
        print(f"missed   {j.case}: {j.kind}: {j.verdict}: {j.words}")
    for j in alarms:
        print(f"alarm    {j.case}: {j.kind}: {j.verdict}: {j.words}")
    for kind in kinds:
        print(f"{kind:24} {caught[kind]:5} of {kinds[kind]} refuted")
    right = sum(j.truth == "right" for j in done)
    share = 100 * (1 - len(missed) / max(1, len(wrong)))
    print(
        f"{len(done)} mutants in {time.perf_counter() - begin:.0f} s: {len(wrong)} really wrong, {share:.2f} % of them "
        f"refuted; {right} still right, {len(alarms)} of them refuted; {len(done) - len(wrong) - right} untold"
    )
    return 1 if alarms or share < 99 else 0


if __name__ == "__main__":
    sys.exit(main())
