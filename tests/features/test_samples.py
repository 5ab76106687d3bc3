r"""Samples x^{(i)} and their entries, distributions, and the precision matrix as a variable: what statistics is written with."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings
from nablatex.features.standalone import Formula, derive


def verdicts(text: str) -> list[str | None]:
    return [s.verdict for s in check_document(text, Settings()) if s.kind == "claim"]


@pytest.mark.parametrize("entry", ["x_j^{(i)}", "x^{(i)}_j", "x_{j}^{(i)}"])
@pytest.mark.parametrize("declared", [r"$\theta, x^{(i)} \in \mathbb{R}^n$", r"$\theta \in \mathbb{R}^n$"])
def test_an_entry_of_a_sample(entry: str, declared: str) -> None:
    right = rf"""Let {declared}.
    \[ \frac{{\partial}}{{\partial\theta_j}} \frac12\sum_{{i=1}}^m (\theta^\top x^{{(i)}} - y^{{(i)}})^2
       = \sum_{{i=1}}^m (\theta^\top x^{{(i)}} - y^{{(i)}}) {entry} \]"""
    assert verdicts(right) == ["holds"]
    assert verdicts(right.replace(r"= \sum", r"= -\sum")) == ["fails"]


def test_an_entry_of_a_numbered_column() -> None:
    text = r"""Let $\beta \in \mathbb{R}^p$.
    \[ \frac{\partial}{\partial\beta_j} \sum_{i=1}^n (y_i - x_i^\top\beta)^2 = -2\sum_{i=1}^n (y_i - x_i^\top\beta) x_{ij} \]"""
    assert verdicts(text) == ["holds"]


def test_entries_of_samples_are_written_as_authors_do() -> None:
    formula = r"\frac{\partial}{\partial\theta_j} \frac12\sum_{i=1}^m (\theta^\top x^{(i)} - y^{(i)})^2"
    done = derive(Formula(formula, (r"\theta\in\mathbb{R}^n",)))
    assert done.latex == r"\sum_{i=1}^m (\theta^\top x^{(i)} - y^{(i)})x_j^{(i)}"


LIKELIHOOD = r"""Let $S, \Sigma\in\mathbb{R}^{d\times d}$ be symmetric positive definite, $\Lambda = \Sigma^{-1}$, and
$\ell(\Sigma) = -\frac12\log|\Sigma| - \frac12 \operatorname{tr}(\Sigma^{-1} S)$. """


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial \ell}{\partial \Sigma^{-1}} = \frac12 \Sigma - \frac12 S",
        r"\frac{\partial \ell}{\partial \Lambda} = \frac12 \Lambda^{-1} - \frac12 S",
        r"\frac{\partial}{\partial \Sigma^{-1}} \log\det\Sigma = -\Sigma",
    ],
)
def test_by_an_inverse_everything_is_differentiated(claim: str) -> None:
    """The determinant of Σ depends on Σ^{-1} as well as the trace does."""
    assert verdicts(LIKELIHOOD + f"\\[ {claim} \\]") == ["proved"]
    assert verdicts(LIKELIHOOD + r"\[ \frac{\partial \ell}{\partial \Sigma^{-1}} = -\frac12 S \]") == ["fails"]


def test_a_covariance_matrix_is_symmetric() -> None:
    text = r"""Let $x_1,\dots,x_N\in\mathbb{R}^d$ be independent with distribution $\mathcal{N}(\mu,\Sigma)$, and
    \[ \ell(\mu,\Sigma) = - \frac N2\log|\Sigma| - \frac12\sum_{i=1}^N (x_i-\mu)^\top\Sigma^{-1}(x_i-\mu). \]
    \[ \frac{\partial\ell}{\partial\mu} = \sum_{i=1}^N \Sigma^{-1}(x_i-\mu) \]
    \[ \frac{\partial^2\ell}{\partial\mu\,\partial\mu^\top} = -N\Sigma^{-1} \]"""
    assert set(verdicts(text)) <= {"proved", "holds"}


def test_a_variance_is_no_matrix() -> None:
    text = r"""Let $x \sim \mathcal{N}(\mu, A A^\top)$ with $A \in \mathbb{R}^{n\times n}$ and $\mu, v \in \mathbb{R}^n$.
    \[ \nabla_v v^\top A v = 2 A v \]"""
    assert verdicts(text) == ["conditional"]


def test_two_numbers_of_an_estimate_are_no_size() -> None:
    text = r"""\[ p(x_1, \dots, x_n) = q(x; \mu_{t,k}, \Sigma_{t,k}) \]
    \[ \frac{\partial}{\partial \Sigma} \log\det \Sigma = \Sigma^{-\top} \]"""
    assert verdicts(text) == ["proved"]
