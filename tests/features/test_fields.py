"""Notation of fields: optima and priors with marks, samples and layers above a letter, mechanics, physics, mixtures."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings
from nablatex.features.standalone import Formula, check, derive

SHAPES = (r"A, B, C, P \in \mathbb{R}^{n\times n}", r"a, b, x, g \in \mathbb{R}^n", r"t \in \mathbb{R}")


def verdict(claim: str, *context: str, decls: tuple[str, ...] = SHAPES, assume: tuple[str, ...] = ()) -> str:
    return check(Formula(claim, decls, assume, context)).verdict.name


def derived(formula: str, *decls: str, assume: tuple[str, ...] = ()) -> str | None:
    return derive(Formula(formula, decls, assume)).latex


@pytest.mark.parametrize(
    ("claim", "definition"),
    [
        (r"A x^* = b", r"x^* = A^{-1} b"),
        (r"x^{*\top} A x^* = b^\top A^{-\top} b", r"x^* = A^{-1} b"),
        (r"\|x^+ - x\|^2 = t^2 \|g\|^2", r"x^+ = x - t g"),
        (r"P^- - A P A^\top = B", r"P^- = A P A^\top + B"),
    ],
)
def test_a_mark_makes_a_name_that_can_be_defined(claim: str, definition: str) -> None:
    assert verdict(claim, definition, assume=("A invertible",)) == "proved"


def test_of_a_matrix_it_stays_what_it_is() -> None:
    assert verdict("A A^+ A = A") == "holds"
    assert verdict("A^* = A^{-1}", assume=("A orthogonal",)) in ("proved", "holds")


@pytest.mark.parametrize(
    "claim", ["P_{k|k} = P_{k|k-1}", r"P_{k\mid k} = P_{k+1\mid k}", r"x_{\max} = x_{\min}", r"W^\ell = W^{\ell-1}", "P^+ = P^-"]
)  # fmt: skip
def test_scripts_that_differ_make_symbols_that_differ(claim: str) -> None:
    left, right = claim.split(" = ")
    kind = r"\mathbb{R}^n" if claim[0] == "x" else r"\mathbb{R}^{n\times n}"
    assert verdict(claim, decls=(rf"{left}, {right} \in {kind}",)) == "fails"


def test_they_are_written_back_as_they_stand() -> None:
    shapes = (r"W^\ell \in \mathbb{R}^{n\times m}", r"a^{\ell-1} \in \mathbb{R}^m", r"y_{k|k-1} \in \mathbb{R}^n")
    formula = r"\frac{\partial}{\partial W^\ell} \tfrac12 \|W^\ell a^{\ell-1} - y_{k|k-1}\|^2"
    assert derived(formula, *shapes) == r"(W^\ell a^{\ell-1} - y_{k|k-1})(a^{\ell-1})^\top"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"a \cdot A b = a^\top A b", "proved"),
        (r"a \cdot A b = b \cdot A a", "fails"),
        (r"\operatorname{tr}([A, B] C) = \operatorname{tr}(A [B, C])", "proved"),
        (r"[A, B] = [B, A]", "fails"),
        (r"[A, a] \begin{bmatrix} b \\ t \end{bmatrix} = A b + t a", "holds"),
        (r"\operatorname{cof}(A)^\top A = \det(A) I", "holds"),
        (r"\operatorname{sym}(A) + \operatorname{skew}(A) = A", "proved"),
        (r"\operatorname{vec}(P) = (I_{n^2} - A \otimes A)^{-1} \operatorname{vec}(P - A P A^\top)", "holds"),
    ],
)
def test_products_and_parts_of_mechanics_and_physics(claim: str, expected: str) -> None:
    assert verdict(claim) == expected


def test_a_dot_moves_what_the_equation_of_motion_moves() -> None:
    motion = (r"V = x^\top P x", r"\dot x = A x")
    assert verdict(r"\dot V = x^\top (A^\top P + P A) x", *motion) in ("proved", "holds")
    assert verdict(r"\dot V = 2 x^\top P A x", *motion) == "fails"


def test_a_derivative_by_a_function_of_a_variable_leaves_nothing_out() -> None:
    shapes = (r"\Sigma \in \mathbb{R}^{d\times d}", r"x \in \mathbb{R}^d", r"\sigma \in \mathbb{R}")
    known = (r"\Sigma symmetric",)
    formula = r"\frac{\partial}{\partial \Sigma^{-1}} \left(\log|\Sigma| + x^\top \Sigma^{-1} x\right)"
    assert derived(formula, *shapes, assume=known) == r"x x^\top - \Sigma"
    claim = r"\frac{\partial}{\partial \sigma^2} \left(\ln\sigma + \frac{1}{2\sigma^2}\right) = "
    assert verdict(claim + r"\frac{1}{2\sigma^2} - \frac{1}{2\sigma^4}", decls=shapes) == "proved"
    assert verdict(claim + r"-\frac{1}{2\sigma^4}", decls=shapes) == "fails"


MIXTURE = (
    r"x_1, \dots, x_N \in \mathbb{R}^D",
    r"\mu_1, \dots, \mu_K \in \mathbb{R}^D",
    r"\Sigma_1, \dots, \Sigma_K \in \mathbb{R}^{D\times D}",
    r"\gamma \in \mathbb{R}^{N\times K}",
)


def test_what_is_said_of_a_member_holds_of_each() -> None:
    known = (r"\Sigma_k symmetric positive definite",)
    q = r"Q = -\frac12 \sum_{n=1}^N \sum_{k=1}^K \gamma_{nk} (\ln|\Sigma_k| + (x_n - \mu_k)^\top \Sigma_k^{-1} (x_n - \mu_k))"
    claim = r"\frac{\partial Q}{\partial \mu_k} = \sum_{n=1}^N \gamma_{nk} \Sigma_k^{-1} (x_n - \mu_k)"
    assert verdict(claim, q, decls=MIXTURE, assume=known) == "holds"
    assert verdict(claim, q, decls=MIXTURE) == "fails"
    assert verdict(r"\Sigma_k^\top = \Sigma_k", decls=MIXTURE, assume=known) == "proved"


def test_a_zeroth_matrix_is_none_of_the_family() -> None:
    shapes = (r"x \in \mathbb{R}^m", r"F_0 \in \mathbb{R}^{n\times n}", r"F_1, \dots, F_m \in \mathbb{R}^{n\times n}")
    found = derived(r"\frac{\partial}{\partial x_j} \log\det\left(F_0 + \sum_{i=1}^m x_i F_i\right)", *shapes)
    assert found == r"\operatorname{tr}\left(\left(F_0 + \sum_{i=1}^m x_i F_i\right)^{-1}F_j\right)"


def test_a_symbol_with_a_subscript_is_no_entry_of_its_letter() -> None:
    found = derived(r"\nabla_w (w - w_b)^\top A (w - w_b)", r"w, w_b \in \mathbb{R}^n", r"A \in \mathbb{R}^{n\times n}")
    assert found == r"(A + A^\top)(w - w_b)"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"x^\top A x / x^\top x = \frac{x^\top A x}{x^\top x}", "proved"),
        (r"x^\top A x / x^\top x = x^\top A x", "fails"),
        (r"1/2\, x^\top A x = \frac12 x^\top A x", "proved"),
    ],
)
def test_a_slash_takes_the_product_behind_it_that_is_a_number(claim: str, expected: str) -> None:
    assert verdict(claim) == expected


@pytest.mark.parametrize(
    "claim",
    [
        r"\ln t\, A = A \ln(t)",
        r"\cos t\, x + \sin t\, g = (\cos t) x + (\sin t) g",
        r"\ln t\, \frac{1}{t} = \frac{\ln t}{t}",
        r"\ln t \frac{1}{t} = 0",
    ],
)
def test_a_function_without_parentheses_is_of_the_number_behind_it(claim: str) -> None:
    assert verdict(claim, assume=("t > 0",)) in ("proved", "holds")


def test_what_nothing_defines_is_never_wrong() -> None:
    assert verdict(r"\operatorname{Cov}(A x) = A \operatorname{Cov}(x) A^\top") == "unknown"
    assert verdict(r"\operatorname{prox}(x) = x - t g") == "unknown"
    assert verdict(r"\kappa(A) = \|A\| \|A^{-1}\|") == "unknown"


def test_what_does_not_hold_the_variable_has_no_derivative_that_is_known() -> None:
    claim = r"\frac{\partial\psi}{\partial F} = \frac{\partial J}{\partial F} - \frac{\partial I_1}{\partial F}"
    assert verdict(claim, decls=(r"F \in \mathbb{R}^{3\times 3}",)) == "unknown"


def test_an_optimum_that_is_defined_can_be_judged() -> None:
    text = r"""Let $P \in \mathbb{R}^{n\times n}$ be symmetric positive definite and $q \in \mathbb{R}^n$. The minimiser is
    $x^\star = -P^{-1} q$, where \[ \tfrac12 x^{\star\top} P x^\star + q^\top x^\star = -\tfrac12 q^\top P^{-1} q, \]
    and not \[ \tfrac12 x^{\star\top} P x^\star + q^\top x^\star = \tfrac12 q^\top P^{-1} q. \]"""
    assert [s.verdict for s in check_document(text, Settings()) if s.kind == "claim"] == ["proved", "fails"]


def test_a_set_may_be_a_macro() -> None:
    text = r"""\newcommand{\Sn}{\mathbb{S}^n}

    For $X \in \mathbb{S}^n_{++}$ and $D \in \Sn$ \[ \operatorname{tr}(X^{-1}DX^{-1}D) = \|X^{-1/2}DX^{-1/2}\|_F^2. \]"""
    assert [s.verdict for s in check_document(text, Settings()) if s.kind == "claim"] == ["proved"]


def test_a_capital_with_the_indices_of_a_small_letter_may_be_a_cofactor() -> None:
    text = r"""Let $A \in \mathbb{R}^{n\times n}$. Here $A_{ij}$ is the cofactor of $a_{ij}$:
    \[ \frac{\partial \det A}{\partial a_{ij}} = A_{ij}. \]"""
    assert [s.code for s in check_document(text, Settings()) if s.kind == "claim"] == [None]


def test_an_operation_on_matrices_of_another_section_is_judged() -> None:
    text = r"""\section{Observables}
    Let $A, B, H \in \mathbb{R}^{d\times d}$.

    \section{Commutators}
    \[ [A, BH] = [A, B]H + B[A, H] \qquad [A, BH] = [A, B]H + [A, H]B \]"""
    assert [s.verdict for s in check_document(text, Settings()) if s.kind == "claim"] == ["proved", "fails"]
