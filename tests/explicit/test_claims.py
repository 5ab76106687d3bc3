"""Claims between numbers, scalars and explicit matrices: what *Check this identity* says, and what a document shows."""

from __future__ import annotations

import signal
import sys
import time
from typing import Any

import pytest
from nablatex.explicit.budget import OutOfTime, limited
from nablatex.features.budget import OutOfTime as FormulaOutOfTime
from nablatex.features.budget import limit as formula_limit
from nablatex.features.check import check_document
from nablatex.features.model import Settings
from nablatex.features.standalone import Formula, check

M = r"\begin{pmatrix}1&2\\3&4\end{pmatrix}"


def verdict(latex: str, **given: tuple[str, ...]) -> str:
    return check(Formula(latex, **given)).verdict.name


@pytest.mark.parametrize(
    "latex",
    [
        r"\int x \, dx = \frac{x^2}{2} + C",
        r"\frac{d}{dt} y(t)^2 = 2 y(t) \frac{dy}{dt}",
        r"\int_0^1 x^2 \, dx = \frac13",
        r"\sum_{k=1}^n k = \frac{n(n+1)}{2}",
        r"\lim_{x\to 0} \frac{\sin x}{x} = 1",
        r"\sum_{n=1}^\infty \frac{1}{n^2} = \frac{\pi^2}{6}",
        r"\binom{n}{k} = \frac{n!}{k!(n-k)!}",
        r"\binom{n+1}{k} = \binom{n}{k} + \binom{n}{k-1}",
        r"\ln(ab) = \ln a + \ln b",
        r"\log_2 8 = 3",
        r"\frac{d}{dx}(ax^2+bx) = 2ax+b",
        r"\sqrt{ab} = \sqrt a \sqrt b",
        r"e^{i\pi} = -1",
        r"e x + i x = x (e + i)",
        r"\int_0^\infty e^{-ax} dx = \frac1a",
        r"\frac{d}{dx} \arcsin x = \frac{1}{\sqrt{1-x^2}}",
        rf"\det {M} = -2",
        rf"{M}^{{-1}} = \frac12 \begin{{pmatrix}}-4&2\\3&-1\end{{pmatrix}}",
        rf"{M} \begin{{pmatrix}}a\\b\end{{pmatrix}} = \begin{{pmatrix}}a+2b\\3a+4b\end{{pmatrix}}",
    ],
)
def test_right_claims_hold(latex: str) -> None:
    assert verdict(latex) in ("proved", "holds")


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\int_0^1 x^2 \, dx = \frac12", "left 0.3333, right 0.5"),
        (r"\int x \, dx = x^2 + C", "right"),
        (r"\sum_{k=1}^n k = \frac{n(n-1)}{2}", "for n ="),
        (r"\lim_{x\to 0} \frac{\sin x}{x} = 0", "left 1, right 0"),
        (r"\binom{5}{2} = 12", "left 10, right 12"),
    ],
)
def test_wrong_claims_have_a_counterexample(latex: str, shown: str) -> None:
    done = check(Formula(latex))
    assert done.verdict.name == "fails" and shown in done.verdict.message


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"\sqrt{x^2} = x", "positive"),
        (r"|x| = x", "positive"),
        (r"\cos(n\pi) = (-1)^n", "whole"),
    ],
)
def test_what_an_author_means_is_not_called_wrong(latex: str, words: str) -> None:
    from nablatex.explicit.claims import judge
    from nablatex.latex.parse import parse

    left, right = parse(latex).tree.sides  # type: ignore[attr-defined]
    found = judge(left, right, Formula(latex).known(), latex)
    assert found.name == "conditional" and words in found.message


@pytest.mark.parametrize(
    "latex",
    [
        r"\sqrt{2} = 1.414",  # rounded
        r"(A+B)^2 = A^2 + 2AB + B^2 \cdot \binom{2}{2}",  # numbers or matrices?
        r"\lim_{x\to 0} \frac1x = \infty",
        r"\int \sin(x^x) dx = 1/2x",
        r"e^{x+C} = C e^x",  # the constant is another one
        r"e^x = 1 + x + o(x)",
        r"\frac{d}{dt} x^2 = 2 x \dot x",
        r"\sum_{i=1}^n x_i = n \bar{x}",
        r"7 \bmod 3 = 1",
        r"90^\circ = \frac{\pi}{2}",
        r"1\,\mathrm{h} = 60\,\mathrm{m}",
        r"\sin 30 = \frac12",
        r"|z|^2 = z \bar z \binom{1}{1}",
        r"\Gamma(x+1) = x \Gamma(x)",
        r"\int_a^b f(x) dx = F(b) - F(a)",
    ],
)
def test_what_is_not_certain_is_unknown(latex: str) -> None:
    assert verdict(latex) == "unknown"


@pytest.mark.parametrize(
    "latex",
    [
        r"\sqrt{a^2b}=|a|\sqrt{b}",
        r"\sqrt{a^2 b}=a\sqrt b",
        r"\cosh^2 x-\sinh^2 x=1",
        r"\sin 2x=2\sin x\cos x",
        r"\cos 2\theta = 1-2\sin^2\theta",
        r"\tan(a+b)=\frac{\tan a+\tan b}{1-\tan a\tan b}",
        r"\frac{\partial^2}{\partial x\partial y}e^{xy}=(1+xy)e^{xy}",
        r"\frac{d^2}{dt^2}\sin\omega t=-\omega^2\sin\omega t",
        r"\sum_{k=0}^{n}\binom{n}{k}=2^n",
        r"\sum_{k=1}^n k^2=\frac{n(n+1)(2n+1)}{6}",
        r"\sum_{n=1}^{\infty}\frac{(-1)^{n+1}}{n}=\ln 2",
        r"\prod_{k=1}^n k=n!",
        r"\lim_{n\to\infty}\left(1+\frac{x}{n}\right)^n=e^x",
        r"\lim_{x\to 0^+}x\ln x=0",
        r"n!=n(n-1)!",
        r"\binom{n}{k}=\binom{n}{n-k}",
        r"e^{ix}=\cos x+i\sin x",
        r"|e^{ix}|=1",
        r"\cos x=\frac{e^{ix}+e^{-ix}}{2}",
        r"\begin{vmatrix}1&x\\1&y\end{vmatrix}=y-x",
        r"\begin{pmatrix}a&b\\c&d\end{pmatrix}^{-1}=\frac{1}{ad-bc}\begin{pmatrix}d&-b\\-c&a\end{pmatrix}",
        r"\begin{pmatrix}\cos\theta&-\sin\theta\\ \sin\theta&\cos\theta\end{pmatrix}^{-1}=\begin{pmatrix}\cos\theta&\sin\theta\\ -\sin\theta&\cos\theta\end{pmatrix}",
        r"\begin{pmatrix}1&1\\0&1\end{pmatrix}^n=\begin{pmatrix}1&n\\0&1\end{pmatrix}",
        r"e^{\begin{pmatrix}0&t\\0&0\end{pmatrix}}=\begin{pmatrix}1&t\\0&1\end{pmatrix}",
        r"\begin{pmatrix}1\\2\\3\end{pmatrix}\cdot\begin{pmatrix}4\\5\\6\end{pmatrix}=32",
        r"\begin{pmatrix}1\\0\\0\end{pmatrix}\times\begin{pmatrix}0\\1\\0\end{pmatrix}=\begin{pmatrix}0\\0\\1\end{pmatrix}",
        r"\begin{pmatrix}1&2\\3&4\end{pmatrix}-\lambda I=\begin{pmatrix}1-\lambda&2\\3&4-\lambda\end{pmatrix}",
        r"\pi=3.14",
        r"10^{-3}=0.001",
        r"1.5\cdot 10^3=1500",
        r"\max(1,2)=2",
        r"\gcd(12,18)=6",
        r"\frac{d}{dx}\int_0^x e^{-t^2}\,dt=e^{-x^2}",
        r"\int_0^\infty x^{n}e^{-x}\,dx=n!",
        r"\arcsin x+\arccos x=\frac{\pi}{2}",
        r"\sin(\arcsin x)=x",
        r"\operatorname{sign}(x)|x|=x",
        r"\sqrt{x}\sqrt{x}=x",
        r"\sqrt[3]{x^3}=x",
        r"\sqrt[n]{x^n}=x",
        r"a^2+2ab+b^2=(a+b)^2",
        r"(1+x)^n=\sum_{k=0}^n\binom{n}{k}x^k",
        r"x^n-1=(x-1)\sum_{k=0}^{n-1}x^k",
        r"\cos(\pi-x)=-\cos x",
        r"\sin(x+2\pi k)=\sin x",
        r"(-1)^{2k+1}=-1",
    ],
)
def test_what_textbooks_say_is_never_called_wrong(latex: str) -> None:
    assert verdict(latex) in ("proved", "holds", "conditional", "unknown")


M2 = r"\begin{pmatrix}1&1\\0&1\end{pmatrix}"


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        (rf"We compute $\det {M} = 2$.", ["fails"]),
        (rf"Let $A = {M}$. Then $A^2 = \begin{{pmatrix}}7&10\\15&22\end{{pmatrix}}$.", ["holds"]),
        (rf"Over $\mathbb{{F}}_2$: ${M2} {M2} = \begin{{pmatrix}}1&0\\0&1\end{{pmatrix}}$.", ["unknown"]),
        (rf"Let $A$ be such that $A^2 = {M}$.", []),
        (rf"Let $A = {M}$. Adding rows, $A' = {M2}$.", []),
        (rf"The map has $[T] = {M}$.", []),
        (rf"Let $A = {M}$. Then $\exp(A) = {M2}$ to first order.", []),
        (rf"Let $A = {M}$. Then $|A| = {M}$.", []),
        (rf"Find $x$ with ${M} x = \begin{{pmatrix}}5\\6\end{{pmatrix}}$.", []),
    ],
)
def test_computations_with_given_matrices_are_claims(text: str, verdicts: list[str]) -> None:
    assert [s.verdict for s in check_document(text, Settings()) if s.verdict] == verdicts


@pytest.mark.parametrize(
    "text",
    [
        r"Find $x \in \mathbb{R}$ with $\sin x = \cos x$.",
        r"Let $x \in \mathbb{R}$. Solve \[ e^x = 1 + x^2. \]",
        r"Let $n \in \mathbb{R}$ and $\binom{n}{2} = n + 3$.",
        r"Let $x \in \mathbb{R}$ with $\sqrt{x} = x - 2$. Then $|x| = x^2 - 12$.",
    ],
)
def test_equations_that_ask_are_not_wrong(text: str) -> None:
    assert "fails" not in [s.verdict for s in check_document(text, Settings())]


def test_a_wrong_computation_is_mended_by_the_value() -> None:
    text = rf"Let $A = {M}$. Then $A \begin{{pmatrix}}1\\1\end{{pmatrix}} = \begin{{pmatrix}}3\\6\end{{pmatrix}}$."
    found = [s for s in check_document(text, Settings()) if s.verdict == "fails"]
    assert found[0].fixes[0].replacement == r"\begin{pmatrix} 3 \\ 7 \end{pmatrix}"


def test_values_of_the_document_are_used() -> None:
    text = r"""Let $A = \begin{pmatrix}2&1\\1&2\end{pmatrix}$ and $\lambda \in \mathbb{R}$. Then
\begin{align*}
p &= \det(\lambda I - A) \\
  &= (\lambda-2)^2 - 1 \\
  &= \lambda^2 - 4\lambda + 3 \\
  &= (\lambda-1)(\lambda+3)
\end{align*}
"""
    found = [(s.latex.split("\\\\")[0].strip(" &="), s.verdict) for s in check_document(text, Settings()) if s.verdict]
    assert [v in ("proved", "holds") for _, v in found] == [True, True, False]
    assert found[-1][1] == "fails"


class Slow:
    """Takes its time to go: what a signal raises meanwhile, Python swallows."""

    def __del__(self) -> None:
        until = time.process_time() + 0.1
        while time.process_time() < until:
            pass


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs interval timers")
@pytest.mark.parametrize(("limit", "end"), [(limited, OutOfTime), (formula_limit, FormulaOutOfTime)])
def test_work_ends_also_when_its_end_was_swallowed(
    limit: Any, end: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    swallowed: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda what: swallowed.append(what.exc_type))
    with pytest.raises(end), limit(0.05):
        gone = Slow()
        del gone
        until = time.monotonic() + 20
        while time.monotonic() < until:
            pass
    assert swallowed == [end]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs interval timers")
def test_work_ends_in_time_and_leaves_the_alarm_of_others() -> None:
    with pytest.raises(OutOfTime), limited(0.05):
        while True:
            pass
    signal.setitimer(signal.ITIMER_REAL, 100)
    try:
        with limited(1):
            pass
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 50
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
