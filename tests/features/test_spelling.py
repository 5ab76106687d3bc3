"""White space, comments, \\left and \\right, other names and macros of the author's change no verdict."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from nablatex.features.standalone import Formula, check

CASES = [
    c
    for c in map(json.loads, (Path(__file__).parent.parent / "cases" / "public.jsonl").read_text("utf-8").splitlines())
    if c["kind"] == "identity" and not c.get("structured")
]
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[A-Za-z]+|[\d.]+|.", re.S)
"""Words and numbers are one token: tr is the trace, t r is a product."""
LETTERS = {"X": "Z", "A": "G", "W": "M", "a": "p", "x": "u", "b": "q"}


def formula(case: dict[str, object]) -> Formula:
    return Formula(
        str(case["latex"]),
        tuple(case["decls"]),  # type: ignore[arg-type]
        tuple(case["assume"]),  # type: ignore[arg-type]
        tuple(case.get("context", ())),  # type: ignore[arg-type]
        str(case.get("preamble", "")),
        str(case["layout"]),
    )


def verdict(f: Formula) -> str:
    name = check(f).verdict.name
    return "holds" if name == "proved" else name


PLAIN = {i: verdict(formula(c)) for i, c in enumerate(CASES)}


def tokens(latex: str) -> list[str]:
    return TOKEN.findall(latex)


def spaced(latex: str, gaps: list[str]) -> str:
    """Gaps between tokens, where TeX does not mind: not behind a control word's backslash, nor within a word argument."""
    out: list[str] = []
    depth = 0
    for k, t in enumerate(tokens(latex)):
        word = depth or (
            out and re.search(r"(begin|end|operatorname|text|mathrm|mathbb|array)\*?\s*$", "".join(out[-2:]))
        )
        if t == "{" and word:
            depth += 1
        elif t == "}" and depth:
            depth -= 1
        out.append(t if depth or word else t + gaps[k % len(gaps)])
    return "".join(out)


GAPS = st.lists(st.sampled_from(["", " ", "\n", "\\,", " % a remark = 2\n", "{} "][:5]), min_size=1, max_size=7)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(range(len(CASES))), GAPS)
def test_white_space_and_comments(number: int, gaps: list[str]) -> None:
    f = formula(CASES[number])
    assert verdict(replace(f, latex=spaced(f.latex, gaps))) == PLAIN[number]


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(
        [i for i, c in enumerate(CASES) if "(" in c["latex"] and not re.search(r"\\left|\\big", c["latex"])]
    )
)
def test_left_and_right(number: int) -> None:
    f = formula(CASES[number])
    latex = f.latex.replace("(", "\\left(").replace(")", "\\right)")
    assert verdict(replace(f, latex=latex)) == PLAIN[number]


def renamed(text: str) -> str:
    return re.sub(r"(?<![\\A-Za-z])([A-Za-z])(?![A-Za-z])", lambda m: LETTERS.get(m.group(1), m.group(1)), text)


KNOWN_WORDS = frozenset(
    "in mathbb top frac partial operatorname tr det log exp nabla times mathbf mathrm left right symmetric invertible"
    " inverse text quad".split()
)


def renamable(f: Formula) -> bool:
    """Whether the new names are free, and no letter that changes is glued to others."""
    text = " ".join([f.latex, *f.decls, *f.assume, *f.context])
    used = set(re.findall(r"(?<![\\A-Za-z])[A-Za-z](?![A-Za-z])", text))
    words = [w for w in re.findall(r"[A-Za-z]{2,}", text) if w not in KNOWN_WORDS]
    free = not used & set(LETTERS.values()) and bool(used & set(LETTERS))
    return free and not f.preamble and not any(set(w) & set(LETTERS) for w in words)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([i for i, c in enumerate(CASES) if renamable(formula(c))]))
def test_other_names(number: int) -> None:
    f = formula(CASES[number])
    other = replace(
        f,
        latex=renamed(f.latex),
        decls=tuple(map(renamed, f.decls)),
        assume=tuple(map(renamed, f.assume)),
        context=tuple(map(renamed, f.context)),
    )
    assert verdict(other) == PLAIN[number]


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([i for i, c in enumerate(CASES) if c["latex"].count("=") == 1]))
def test_macros_of_the_author(number: int) -> None:
    f = formula(CASES[number])
    macros = "\\newcommand{\\half}[1]{#1} \\newcommand{\\whole}[2]{#1 = #2} "
    sides = f.latex.split("=")
    assert (
        verdict(replace(f, latex=f"\\whole{{{sides[0]}}}{{\\half{{{sides[1]}}}}}", preamble=macros + f.preamble))
        == PLAIN[number]
    )
