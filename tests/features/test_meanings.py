"""One letter in several sections, entries of what words declare, and other signs of what a symbol means."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.declarations import declarations
from nablatex.features.model import Settings, Statement


def claims(text: str) -> list[Statement]:
    return [s for s in check_document(text, Settings()) if s.kind == "claim"]


def test_a_letter_that_an_earlier_section_defines_may_be_taken_anew() -> None:
    text = r"""\section{Networks}
    Let $a(w, z) = (w + z)^2$ and $x \in \mathbb{R}^n$.

    \section{Powers}
    \[ \frac{d}{dx}(ax^2) = 2ax \]
    """
    assert [c.verdict for c in claims(text)] == ["holds"]


def test_a_mistake_in_a_later_section_is_still_one() -> None:
    text = r"""\section{Data}
    Let $A \in \mathbb{R}^{m\times n}$, $x \in \mathbb{R}^n$ and $b \in \mathbb{R}^m$.

    \section{Gradients}
    \[ \nabla_x \|Ax - b\|^2 = 2A^\top(Ax + b) \]
    """
    assert [c.code for c in claims(text)] == ["NB201"]


ENTRIES = {
    "of a matrix, beside a vector of the same letter": r"Let $\mathbf{v}$ be a vector. Suppose that $\mathbf{X}$ is an $n \times m$ matrix, $\mathbf{U}$ is an $n \times r$ and $\mathbf{V}$ is an $r \times m$. \[ \frac{d}{dv_{ab}} \|\mathbf{X} - \mathbf{U}\mathbf{V}\|_F^2 = -2[\mathbf{U}^\top(\mathbf{X} - \mathbf{U}\mathbf{V})]_{ab} \]",
    "in a sum that defines the function": r"Let $\mathbf{x}$ be a vector and $f(\mathbf{x}) = \sum_{i=1}^n \beta_i x_i$. \[ \frac{df}{dx_i} = \beta_i \]",
    "of a vector of no size in particular": r"Let $\mathbf{x}$ be a column vector. \[ \frac{\partial}{\partial x_k} \mathbf{x}^\top\mathbf{x} = 2 x_k \]",
}


@pytest.mark.parametrize("text", ENTRIES.values(), ids=ENTRIES)
def test_entries_are_those(text: str) -> None:
    assert [c.verdict in ("proved", "holds") for c in claims(text)] == [True]


def test_letters_of_a_bold_group_are_bold() -> None:
    (claim,) = claims(r"\[ d(\mathbf{X+Y}) = d\mathbf{X} + d\mathbf{Y} \]")
    assert claim.verdict == "proved"


def test_d_among_other_letters_is_one() -> None:
    text = r"\[ x\begin{bmatrix} a \\ c \end{bmatrix} + y\begin{bmatrix} b \\ d \end{bmatrix} = \begin{bmatrix} ax + by \\ cx + dy \end{bmatrix} = y\begin{bmatrix} b \\ d \end{bmatrix} + x\begin{bmatrix} a \\ c \end{bmatrix} \]"
    assert {c.verdict for c in claims(text)} <= {"proved", "holds"}


def test_a_product_of_a_matrix_by_a_vector_is_no_shape() -> None:
    text = r"This is the product of the matrix $\mathbf{A}^\top$ by the vector $\mathbf{x}$. \[ \nabla_{\mathbf{x}}\, \mathbf{x}^\top\mathbf{B}\mathbf{x} = (\mathbf{B} + \mathbf{B}^\top)\mathbf{x} \]"
    assert [c.verdict for c in claims(text)] == ["proved"]


def test_a_step_that_only_words_describe_is_stepped_over() -> None:
    text = r"""Let $W \in \mathbb{R}^{m\times n}$, $h \in \mathbb{R}^n$, $y \in \mathbb{R}^m$, $o = W h$ and $J = l(o, y) + \frac{\lambda}{2}\|W\|_F^2$.
    \begin{align}
    \frac{\partial J}{\partial W} &= \textrm{prod}\left(\frac{\partial J}{\partial o}, \frac{\partial o}{\partial W}\right) + \lambda W \\
    &= \frac{\partial J}{\partial o} h^\top + \lambda W
    \end{align}"""
    (claim,) = claims(text)
    assert claim.verdict in ("proved", "holds") and claim.latex.strip().endswith(r"h^\top + \lambda W")


def test_a_name_of_several_letters_is_no_differential() -> None:
    text = r"Let $b_{ij}$ be numbers. \[ \frac{1}{2}(dist_{ij}^2 + d i s t_{ij}^2) = dist_{ij}^2 \]"
    assert all("d" not in c.message.split() for c in claims(text))


def test_words_beside_the_last_of_several_declarations_speak_of_it_alone() -> None:
    text = r"""其中，$X = (x_1, \ldots, x_m) \in \mathbb{R}^{d\times m}$，$\mathbf{E} \in \mathbb{R}^{d\times d}$为单位矩阵。
    \[ \frac{\partial}{\partial X} \operatorname{tr}(X^\top \mathbf{E} X) = 2X \]"""
    assert [c.verdict for c in claims(text)] == ["proved"]


def test_a_size_with_a_prime_is_another_one() -> None:
    text = r"Let $W \in \mathbb{R}^{d\times d'}$. \[ \frac{\partial}{\partial W} \operatorname{tr}(W) = I \]"
    (claim,) = claims(text)
    assert claim.verdict == "ill-shaped"


BOLD = r"Let $\mathbf{x} \in \mathbb{R}^n$ and $\mathbf{a} \in \mathbb{R}^n$. \[ q = u\, \mathbf{a}^\top \mathbf{x} + \mathbf{v}^\top\mathbf{v} \]"


def test_where_vectors_are_bold_plain_letters_are_numbers() -> None:
    told = {k.label: (k.shape, k.detail) for k in declarations(BOLD)}
    assert told["u"] == ("scalar", "plain small letters are numbers here")
    assert told[r"\mathbf{v}"][1] == "bold small letters are vectors here"
    slim = BOLD.replace(r"\mathbf{x}", "x")
    assert all(not k.detail.endswith("here") for k in declarations(slim))


@pytest.mark.parametrize("mark", [r"^\dagger", "^*", r"^{\mathrm T}", r"^\intercal"])
def test_marks_of_a_transpose(mark: str) -> None:
    text = rf"Let $A \in \mathbb{{R}}^{{n\times n}}$ and $x \in \mathbb{{R}}^n$. \[ \boxed{{\nabla_x x{mark} A x = (A + A{mark})x}} \]"
    assert [c.verdict for c in claims(text)] == ["proved"]


SHAPES = {
    r"Given an $m\times n$ matrix $A$ and a vector $b$, we look on.": {"A": "m×n"},
    r"Let $U$ be an $n\times r$ matrix, and $V$ an $r\times m$ matrix.": {"U": "n×r", "V": "r×m"},
    r"$A$ 是可逆的 $n$ 阶方阵。": {"A": "n×n"},
}


@pytest.mark.parametrize(("text", "known"), SHAPES.items())
def test_shapes_in_words(text: str, known: dict[str, str]) -> None:
    assert {k.label: k.shape for k in declarations(text) if k.shape is not None} == known


@pytest.mark.parametrize("e", ["e", r"\mathrm{e}", r"\mathrm e", r"\operatorname{e}", r"\E"])
def test_an_upright_e_is_the_number(e: str) -> None:
    page = rf"\newcommand{{\E}}{{\mathrm{{e}}}} Let $x, b \in \mathbb{{R}}^n$. \[ \nabla_x {e}^{{b^\top x}} = {e}^{{b^\top x}} b \]"
    assert [c.verdict for c in claims(page)] == ["proved"]
    assert [c.verdict for c in claims(page.replace(r" b \]", r" 2b \]"))] == ["fails"]


MACROS = r"""
\newcommand{\tran}{^{\top}}\renewcommand{\vec}[1]{\mathbf{#1}}\providecommand{\R}{\mathbb{R}}\let\al\alpha
\newcommandtwoopt{\DD}[2][f][x]{\frac{\partial #1}{\partial #2}}\DeclarePairedDelimiter{\nrm}{\lVert}{\rVert}
\NewDocumentCommand{\pd}{O{} m m}{\frac{\partial^{#1} #2}{\partial #3}}\newcommand{\MX}{\ensuremath{\bm{X}}\xspace}
\newcommand{\dby}[2][]{\frac{\partial #1}{\partial #2}}\DeclareMathOperator{\Sp}{tr}\def\foo{\foo x}
Let $\mathbf{A}, \MX\in\R^{n\times n}$, $\vec{x}, \vec{b}\in\R^n$, $\al \in \R$. \[ %s \]"""


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        (r"\pd{\vec x\tran \mathbf A \vec x}{\vec x} = (\mathbf A + \mathbf A\tran)\vec x", "proved"),
        (r"\dby[\Sp(\mathbf A \MX)]{\MX} = \mathbf{A}\tran", "proved"),
        (r"\dby[\Sp(\mathbf A \MX)]{\MX} = 2\mathbf{A}", "fails"),
        (r"\nabla_{\vec x} \nrm*{\mathbf A\vec x - \vec b}^2 = 2\mathbf A\tran(\mathbf A\vec x - \vec b)", "proved"),
        (r"\DD[\al \vec b\tran\vec x][\vec x] = \al\vec b", "proved"),
    ],
)  # fmt: skip
def test_macros_of_every_kind_stand_for_what_they_say(claim: str, found: str) -> None:
    assert [c.verdict for c in claims(MACROS % claim)] == [found]
