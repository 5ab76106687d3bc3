"""The derivation panel: what an author sees of the formula under her cursor (‸)."""

from __future__ import annotations

from nablatex.features.model import Settings
from nablatex.features.panel import panel
from nablatex.features.panel_model import Panel

HEAD = r"""\newcommand{\R}{\mathbb{R}}\newcommand{\tran}{^\top}
Let $X \in \R^{m\times n}$, $a\in\R^m$, $b\in\R^n$ and $f = a\tran X b$.
"""


def at(text: str) -> Panel | None:
    marked = HEAD + text
    return panel(marked.replace("‸", ""), marked.index("‸"), None, Settings())


def seen(text: str) -> Panel:
    found = at(text)
    assert found is not None
    return found


def test_a_derivative_without_a_right_side_has_a_result_in_each_layout() -> None:
    p = seen(r"\[ \frac{\partial‸ f}{\partial X} \]")
    assert (p.formula.latex, p.formula.text) == (r"\frac{\partial f}{\partial X}", "∂f/∂X")
    assert p.result is not None and (p.result.latex, p.result.text) == (r"a b\tran", "a bᵀ")
    assert [(a.name, a.formula.text) for a in p.alternatives] == [("numerator layout", "b aᵀ")]
    assert p.verdict is None and p.reason == ""
    assert "def derivative(a, X, b)" in (p.codes or {})["numpy"] and len(p.codes or {}) == 6
    assert [a.title for a in p.actions][:2] == ["Insert derivative", "Insert derivation"]


def test_symbols_have_shapes_and_what_is_not_stated_is_marked_as_guessed() -> None:
    p = seen(r"\[ \nabla_a‸ a\tran X C b \]")
    assert {s.name: (s.shape, s.guessed) for s in p.symbols} == {
        "X": ("m×n", False), "a": ("m×1", False), "b": ("n×1", False), "C": ("n×n", True),
    }  # fmt: skip


def test_a_wrong_step_shows_its_counterexample_and_a_right_one_its_evidence() -> None:
    p = seen(r"\[ \frac{\partial}{\partial b} \|Xb - a\|^2 = X\tran‸ (Xb - a) \]")
    assert p.verdict is not None and p.verdict.kind == "fails"
    assert p.verdict.counterexample is not None and set(p.verdict.counterexample["values"]) == {"X", "a", "b"}
    assert "quickfix" in [a.kind for a in p.actions]
    p = seen(r"\[ \frac{\partial}{\partial b} \|Xb - a\|^2 = 2X\tran‸ (Xb - a) \]")
    assert p.verdict is not None and p.verdict.kind in ("proved", "holds")
    assert any("random points" in line for line in p.verdict.evidence)


def test_a_step_that_goes_on_from_the_line_above_is_shown_with_its_left_side() -> None:
    p = seen("\\begin{align}\n a\\tran X b &= b\\tran X\\tran a \\\\\n &= a\\tran X b‸\n\\end{align}")
    assert p.formula.latex == r"b\tran X\tran a = a\tran X b"
    assert [(m.name, m.parameters, m.body) for m in p.macros] == [("\\tran", 0, "^\\top")]


def test_what_cannot_be_formed_says_why() -> None:
    p = seen(r"\[ \frac{\partial}{\partial b} X a‸ \]")
    assert p.result is None and "m" in p.reason and "n" in p.reason


def test_outside_formulas_there_is_nothing() -> None:
    assert at("Words‸ only, then \\[ X b \\]") is None


def test_the_cursor_on_the_delimiter_belongs_to_the_formula() -> None:
    assert seen(r"‸\[ X b \]").formula.latex == "X b"


def test_the_derivation_stands_there_step_by_step_in_the_style_that_is_asked_for() -> None:
    text = HEAD + r"\[ \frac{\partial f}{\partial X} \]"
    at = text.index(r"\partial X}")
    trace = panel(text, at, "trace", Settings())
    assert trace is not None and trace.style == "trace" and set(trace.styles) >= {"trace", "frobenius"}
    assert len(trace.steps) >= 3 and all(s.status in ("proved", "holds") for s in trace.steps)
    assert any("trace" in s.rule for s in trace.steps)
    assert trace.result is not None and trace.steps[-1].formula.text.endswith(trace.result.text)
    other = panel(text, at, "frobenius", Settings())
    assert other is not None and other.style == "frobenius" and other.steps != trace.steps


def test_a_declaration_shows_what_it_declares_and_a_definition_what_it_defines() -> None:
    p = seen(r"Here $W‸ \in \R^{n\times k}$ is given.")
    assert p.reading == "declaration" and p.reason == ""
    assert [(s.name, s.shape, s.origin) for s in p.symbols] == [("W", "n×k", "declared in line 3")]
    p = seen(r"\[ L(a) = \|Xb‸ - a\|^2 \]")
    assert p.reading == "definition, scalar" and {s.name for s in p.symbols} == {"X", "a", "b"}


def test_what_is_declared_is_shown_also_where_the_formula_cannot_be_formed() -> None:
    p = seen(r"\[ \frac{\partial}{\partial b} \|Xb - a\|^2 = 2 X (Xb‸ - a) \]")
    assert p.reading == "claim, cannot be formed"
    assert {s.name: s.shape for s in p.symbols} == {"b": "n×1", "X": "m×n", "a": "m×1"}


def test_a_step_that_holds_is_explained() -> None:
    p = seen(
        "\\begin{align}\n a\\tran X b &= b\\tran X\\tran a \\\\\n &= \\operatorname{tr}(b\\tran X\\tran‸ a)\n\\end{align}"
    )
    assert p.verdict is not None and p.verdict.kind == "proved"
    assert p.verdict.evidence[0].startswith("because: ") and "trace" in p.verdict.evidence[0]


def test_the_result_is_also_shown_multiplied_out() -> None:
    p = seen(r"\[ \nabla_b‸ \|Xb - a\|^2 \]")
    forms = {a.name: a.formula.text for a in p.alternatives}
    assert p.result is not None and p.result.text.count("(") == 1
    assert "(" not in forms["multiplied out"] and "X" in forms["multiplied out"]
