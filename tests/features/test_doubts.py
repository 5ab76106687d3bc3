"""What a document says that its reader cannot know: nothing of it is called wrong, and real mistakes still are."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings, Statement

LET = (
    "Let $A \\in \\mathbb{R}^{m\\times n}$, $B, W, Q \\in \\mathbb{R}^{n\\times n}$, $x, a, c \\in \\mathbb{R}^n$ and "
    "$b \\in \\mathbb{R}^m$.\n"
)


def checked(text: str) -> list[Statement]:
    return list(check_document(text, Settings()))


def verdicts(body: str, let: str = LET) -> list[str | None]:
    return [s.verdict for s in checked(let + body) if s.kind == "claim"]


def wrong(body: str, let: str = LET) -> list[str]:
    return [s.latex.strip() for s in checked(let + body) if s.code in ("NB101", "NB201")]


REAL_MISTAKES = [
    r"\[ \frac{\partial}{\partial x} \|Ax - b\|^2 = 2A^\top(Ax + b) \]",
    r"\[ \nabla_x\, a^\top x = 2a \]",
    r"\begin{align} \nabla_x \|Ax-b\|^2 &= 2A^\top(Ax-b) \\ &= 2A^\top A x - A^\top b \end{align}",
    r"\[ \frac{\partial \operatorname{tr}(B W)}{\partial W} = B + B \]",
    r"\[ \frac{\partial \log\det W}{\partial W} = W^{-\top} W^{-1} \]",
    r"$f = x^\top B x$. Then \[ \nabla_x f = (B - B^\top) x \]",
    r"$f = \|Ax - b\|^2$. Then \[ \frac{\partial f}{\partial x} = 2 A (Ax - b) \]",
    r"\[ d(a^\top W^{-1} c) = a^\top W^{-1}\, dW\, W^{-1} c \]",
]


@pytest.mark.parametrize("body", REAL_MISTAKES)
def test_a_real_mistake_is_found(body: str) -> None:
    assert len(wrong(body)) == 1


QUIET = {
    "a symbol that only words relate to the left side": r"\[ \nabla_x\, x^\top B x = 2 \Lambda x \]",
    "an equation that the text states before": "Suppose that \\[ Q^\\top Q = I. \\] Then\n\\begin{align} \\|Qx\\|^2 &= x^\\top Q^\\top Q x \\\\ &= x^\\top x \\end{align}",
    "an equation that the text states after": "\\begin{align} \\|Qx\\|^2 &= x^\\top Q^\\top Q x \\\\ &= x^\\top x \\end{align} where we used the constraint \\[ Q^\\top Q = I. \\]",
    "a command that nobody defined": r"\[ \nabla_x\, x^\top \MA x = 3 \MA x \]",
    "an expectation": r"\[ \nabla_x\, \mathbb{E}[a^\top x] = \mathbb{E}[3 a] \]",
    "an optimality condition": r"\[ \frac{\partial}{\partial x} \|Ax-b\|^2 = 0 \]",
    "a model": r"\[ b = A x + \varepsilon \]",
    "an update": r"\[ x \leftarrow x - \eta \nabla_x a^\top x, \qquad x_{k+1} = x_k - \eta a \]",
    "an approximation": r"\[ \nabla_x\, x^\top B x \approx 2 B x \]",
    "a proportionality": r"\[ \nabla_x\, \|Ax\|^2 \propto A^\top A x \]",
    "an inequality": r"\[ \|Ax\| \le \|A\| \|x\| \]",
    "a line with a big O": r"\[ \nabla_x\, x^\top B x = 2 B x + O(\|x\|^2) \]",
    "an additive constant": r"\[ \|Ax-b\|^2 = x^\top A^\top A x - 2 b^\top A x + \text{const} \]",
    "an integral over nothing in particular": r"\[ \int p(x)\, dx = 1 \]",
    "an equation between words": r"\[ \nabla_x\, a^\top x = a \; \textrm{and} \; \nabla_x\, c^\top x = c \]",
    "several equations in a line": r"\[ \nabla_x\, a^\top x = a, \nabla_x\, x^\top x = 2x \]",
    "an optimum": r"\[ \operatorname*{arg\,min}_x \|Ax-b\|^2 = (A^\top A)^{-1} A^\top b \]",
    "a system to be solved": r"\[ A^\top A x = A^\top b \]",
    "an eigenvalue problem": r"\[ B x = \lambda x \]",
}


@pytest.mark.parametrize("what", list(QUIET))
def test_no_squiggle_under(what: str) -> None:
    assert wrong(QUIET[what]) == []


def test_a_step_that_uses_a_stated_equation_holds_and_says_so() -> None:
    found = [s for s in checked(LET + QUIET["an equation that the text states before"]) if s.kind == "claim"]
    assert [s.verdict for s in found] == ["proved", "holds"] and "states before" in found[1].message
    after = [s for s in checked(LET + QUIET["an equation that the text states after"]) if s.kind == "claim"]
    assert after[-1].verdict == "holds" and "states after" in after[-1].message


def test_a_definition_is_unfolded_and_a_later_one_takes_its_place() -> None:
    first = "$f(x) = a^\\top x$. Then \\[ \\nabla_x f = a \\]\n"
    second = "Now let $f(x) = x^\\top B x$. Then \\[ \\nabla_x f = (B + B^\\top) x \\]\n"
    assert set(verdicts(first + second)) <= {"proved", "holds"}
    assert wrong(first.replace("= a \\]", "= 2a \\]") + second) == ["\\nabla_x f = 2a"]


def test_words_give_shapes_less_firmly_than_formulas_do() -> None:
    words = "Let $V$ be an $n \\times m$ matrix and $u$ a vector.\n"
    body = "\\[ \\nabla_V \\operatorname{tr}(V^\\top V U) = V(U + U^\\top) \\]"
    assert wrong(body, words) == []
    firm = "Let $V \\in \\mathbb{R}^{n\\times m}$ and $U \\in \\mathbb{R}^{n \\times n}$.\n"
    assert [s.code for s in checked(firm + body) if s.code] == ["NB101"]


def test_a_chain_goes_on_over_rows_environments_and_equals_signs() -> None:
    for begin, end in (
        ("\\begin{align}", "\\end{align}"),
        ("\\begin{eqnarray}", "\\end{eqnarray}"),
        ("\\[\\begin{aligned}", "\\end{aligned}\\]"),
        ("\\begin{equation}\\begin{split}", "\\end{split}\\end{equation}"),
    ):
        rows = "\\nabla_x \\|Ax-b\\|^2 &= 2A^\\top(Ax-b) \\\\ &= 2A^\\top A x - 2A^\\top b"
        got = verdicts(f"{begin} {rows} {end}")
        assert len(got) == 2 and set(got) <= {"proved", "holds"}, begin
        assert len(wrong(f"{begin} {rows.replace('- 2A', '+ 2A')} {end}")) == 1, begin
    once = r"\[ \nabla_x \|Ax-b\|^2 = 2A^\top(Ax-b) = 2A^\top A x - 2A^\top b \]"
    assert set(verdicts(once)) <= {"proved", "holds"} and len(verdicts(once)) == 2
    assert len(wrong(once.replace("- 2A", "- 3A"))) == 1


FOLLOWS = {
    r"\[ A^\top A x = A^\top b \Rightarrow x = (A^\top A)^{-1} A^\top b \]": [],
    r"\begin{align} A^\top A x &= A^\top b \\ \Rightarrow\quad x &= (A^\top A)^{-1} A^\top b \end{align}": [],
    r"\begin{align} A^\top A x &= A^\top b \\ \Rightarrow\quad x &= A^\top b \end{align}": [r"x &= A^\top b"],
    r"\begin{align} \nabla_x \|Ax-b\|^2 &= 0 \\ \implies A^\top A x &= A^\top b \end{align}": [],
    r"\begin{align} \nabla_x \|Ax-b\|^2 &= 0 \\ \implies A^\top A x &= 2A^\top b \end{align}": [
        r"A^\top A x &= 2A^\top b"
    ],
    r"\[ B x = a \implies x^\top B^\top = a^\top \iff x = B^{-1} a \]": [],
    r"\[ B x = a \implies x = a B^{-1} \]": [r"x = a B^{-1}"],
    r"\[ B W = W B \implies B^2 W = W B^2 \]": [],
    r"\[ B x = a \implies x = c \]": [],
    r"\[ \nabla_x f = 0 \implies x = B a \]": [],
}


@pytest.mark.parametrize("body", list(FOLLOWS))
def test_an_arrow_says_that_one_equation_follows_from_another(body: str) -> None:
    assert wrong(body) == FOLLOWS[body]
    judged = [s for s in checked(LET + body) if s.kind == "claim"]
    assert all(s.message.startswith("follows from the equation before") for s in judged if s.code is None)


MORE_QUIET = {
    "words between rows": "\\begin{align} \\nabla_x\\, a^\\top x &= a \\\\ \\intertext{and for the other} \\nabla_x\\, c^\\top x &= c \\end{align}",
    "a long line in parts": "\\begin{multline} \\nabla_x \\|Ax-b\\|^2 = 2A^\\top A x \\\\ - 2 A^\\top b \\end{multline}",
    "equations under each other": "\\begin{gather} \\nabla_x\\, a^\\top x = a \\\\ \\nabla_x\\, c^\\top x = c \\end{gather}",
    "an expectation with a measure below": r"\[ \nabla_x\, \mathbb{E}_{y\sim p}[y^\top x] = \mathbb{E}_{y\sim p}[y] \]",
    "a symbol that is held constant": r"\[ d\mathbf{B} = \mathbf{0} \]",
    "a bold condition": r"\[ \nabla_x \|Ax - b\|^2 = \mathbf{0} \]",
    "a maximum": r"\[ \max_x a^\top x = c \]",
    "a limit": r"\[ \lim_{t\to 0} \frac{a^\top (x + t c) - a^\top x}{t} = a^\top c \]",
    "dots": r"\[ B^k = B B \cdots B = W \]",
    "a Taylor expansion": r"\[ (x+c)^\top B (x+c) = x^\top B x + c^\top (B + B^\top) x + o(\|c\|) \]",
    "an update in two lines": "\\begin{align} x_{k+1} &= x_k - \\eta \\nabla f(x_k) \\\\ &= x_k - \\eta a \\end{align}",
    "the word for a constant": r"\[ \nabla_x \log p = -B x + \mathrm{const} \]",
    "an estimate from samples": r"\[ \hat W = \frac1N \sum_{i=1}^N x_i x_i^\top \]",
}


@pytest.mark.parametrize("what", list(MORE_QUIET))
def test_nothing_is_said_of(what: str) -> None:
    assert wrong(MORE_QUIET[what]) == []


def test_a_differential_varies_what_its_display_varies() -> None:
    text = (
        LET + r"\begin{align} E &= (Ax - b)^\top (Ax - b) \\ dE &= (Ax - b)^\top (Ax - b) \\ "
        r"dE &= 2 (Ax - b)^\top A\, dx \end{align}"
    )
    (wrong_one, right_one) = [s for s in checked(text) if s.kind == "claim"]
    assert (wrong_one.verdict, wrong_one.fixes[0].replacement) == ("fails", r"2(Ax - b)^\top A\, dx")
    assert right_one.verdict == "proved"


@pytest.mark.parametrize(
    "step",
    [
        r"d((B - W)'(B - W)) = -dW'(B - W) - (B - W)'dW",
        r"d(W (B - W)') = dW(B - W)' - W dW'",
        r"\mathrm{d}(W B' W) = \mathrm{d}W (B'W) + W B'\, \mathrm{d}W",
        r"d(W^\top (B - W)) = dW^\top (B - W) - W^\top dW",
    ],
)
def test_parentheses_behind_a_differential_are_a_factor(step: str) -> None:
    varied = "Let $B$ be constant.\n"
    assert verdicts(varied + rf"\[ {step} \]") == ["proved"]
    assert verdicts(varied + rf"\[ {step} + W \]") == ["fails"]
