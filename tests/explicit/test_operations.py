"""Operations on formulas that stand alone; each answer has been confirmed numerically and read back before."""

from __future__ import annotations

import pytest
from nablatex.features.evaluate import evaluate_alone
from nablatex.features.standalone import Formula


def done(latex: str, operation: str = "evaluate", by: str | None = None, **arguments: str) -> str:
    context = arguments.pop("context", "")
    formula = Formula(latex, context=(context,) if context else ())
    found = evaluate_alone(formula, operation, by, arguments)
    return found.result if found.status == "ok" else f"! {found.message}"


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\int_0^{+\infty}e^{-r}dr", "1"),
        (r"\int_0^r e^{-x}dx", "1 - e^{-r}"),
        (r"\int x^2 + x \, dx", r"\frac{x^{3}}{3} + \frac{x^{2}}{2} + C"),
        (r"\int \frac{dx}{x}", r"\log|x| + C"),
        (r"\int_0^\infty e^{-ax} dx", r"\frac{1}{a}"),
        (r"\int_0^1\int_0^x xy\,dy\,dx", r"\frac{1}{8}"),
        (r"\lim_{x\to 0}\frac{\sin x}{x}", "1"),
        (r"\lim_{n\to\infty}(1+\frac1n)^n", "e"),
        (r"\sum_{n=1}^\infty \frac{1}{n^2}", r"\frac{\pi^{2}}{6}"),
        (r"\sum_{k=1}^n k", r"\frac{n (n + 1)}{2}"),
        (r"\prod_{k=1}^4 k", "24"),
        (r"\frac{\partial^2}{\partial x\,\partial y}(x^2y^3)", "6 x y^{2}"),
        (r"\sin^2 x + \cos^2 x", "1"),
        (r"\log_2 8", "3"),
        (r"\binom{5}{2} + 3!", "16"),
        (r"3(4-1)!", "18"),
        (r"25!", "15511210043330985984000000"),
        (r"\int \ln x \, dx", r"x \ln x - x + C"),
        (r"\sum_{k=0}^\infty x^k", r"\frac{1}{1 - x}"),
        (r"e^{i\pi} + 1", "0"),
        (r"(1+2i)^2", "-3 + 4 i"),
        (r"0.5 + 0.25", "0.75"),
        (r"\sqrt[3]{-8}", "-2"),
        (r"\begin{vmatrix} a & b \\ c & d \end{vmatrix}", "a d - b c"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix} - \lambda I", r"\begin{pmatrix} 1 - \lambda & 2 \\ 3 & 4 - \lambda \end{pmatrix}"),
        (r"\begin{pmatrix}1\\2\\3\end{pmatrix} \cdot \begin{pmatrix}1\\1\\1\end{pmatrix}", "6"),
        (r"\begin{pmatrix}1\\0\\0\end{pmatrix} \times \begin{pmatrix}0\\1\\0\end{pmatrix}", r"\begin{pmatrix} 0 \\ 0 \\ 1 \end{pmatrix}"),
        (r"\operatorname{tr}\begin{pmatrix}1&2\\3&4\end{pmatrix}", "5"),
        (r"\left\|\begin{pmatrix}3\\4\end{pmatrix}\right\|", "5"),
        (r"\begin{pmatrix}1&1\\0&1\end{pmatrix}^{10}", r"\begin{pmatrix} 1 & 10 \\ 0 & 1 \end{pmatrix}"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}^{-\top}", r"\begin{pmatrix} -2 & \frac{3}{2} \\ 1 & -\frac{1}{2} \end{pmatrix}"),
        (r"\begin{pmatrix}1&2\end{pmatrix}\otimes\begin{pmatrix}1\\1\end{pmatrix}", r"\begin{pmatrix} 1 & 2 \\ 1 & 2 \end{pmatrix}"),
    ],
)  # fmt: skip
def test_evaluate(latex: str, expected: str) -> None:
    assert done(latex) == expected


M = r"\begin{pmatrix}2&1\\1&2\end{pmatrix}"


@pytest.mark.parametrize(
    ("latex", "operation", "expected"),
    [
        (r"(x+y)^3", "expand", "x^{3} + 3 x^{2} y + 3 x y^{2} + y^{3}"),
        (r"12", "factor", r"2^{2} \cdot 3"),
        (r"\frac{x^2-1}{x-1}", "simplify", "x + 1"),
        (r"\frac{1}{x^2-1}", "apart", r"-\frac{1}{2 (x + 1)} + \frac{1}{2 (x - 1)}"),
        (r"x^2 \sin x", "differentiate", r"x (x \cos x + 2 \sin x)"),
        (r"e^x", "series", r"1 + x + \frac{x^{2}}{2} + \frac{x^{3}}{6} + \frac{x^{4}}{24} + \frac{x^{5}}{120} + O\left(x^{6}\right)"),
        (r"k^2", "sum", r"\frac{n (n + 1) (2 n + 1)}{6}"),
        (r"|x| = 3", "solve", r"x = -3 \;\text{ or }\; x = 3"),
        (r"x^2 + 1 = 0", "solve", r"x = -i \;\text{ or }\; x = i"),
        (r"2x-y=3, 3x+y=7", "solve", r"x = 2,\; y = 1"),
        (r"\begin{cases} 2x-y&=3\\ 3x+y&=7 \end{cases}", "solve", r"x = 2,\; y = 1"),
        (M, "det", "3"),
        (M, "rank", "2"),
        (M, "charpoly", r"\lambda^{2} - 4 \lambda + 3"),
        (M, "eigenvalues", r"\lambda_1 = 1,\; \lambda_2 = 3"),
        (M, "eigenvectors", r"\lambda = 1:\; \begin{pmatrix} 1 \\ -1 \end{pmatrix};\quad \lambda = 3:\; \begin{pmatrix} 1 \\ 1 \end{pmatrix}"),
        (M, "lu", r"\begin{pmatrix} 1 & 0 \\ \frac{1}{2} & 1 \end{pmatrix} \begin{pmatrix} 2 & 1 \\ 0 & \frac{3}{2} \end{pmatrix}"),
        (r"\begin{pmatrix}0&2\\2&4\end{pmatrix}", "lu", r"\begin{pmatrix} 0 & 1 \\ 1 & 0 \end{pmatrix} \begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix} \begin{pmatrix} 2 & 4 \\ 0 & 2 \end{pmatrix}"),
        (r"\begin{pmatrix}3&4\\4&-3\end{pmatrix}", "qr", r"\begin{pmatrix} \frac{3}{5} & \frac{4}{5} \\ \frac{4}{5} & -\frac{3}{5} \end{pmatrix} \begin{pmatrix} 5 & 0 \\ 0 & 5 \end{pmatrix}"),
        (r"\begin{pmatrix}4&2\\2&2\end{pmatrix}", "cholesky", r"\begin{pmatrix} 2 & 0 \\ 1 & 1 \end{pmatrix} \begin{pmatrix} 2 & 1 \\ 0 & 1 \end{pmatrix}"),
        (r"\begin{pmatrix}3&0\\0&2\end{pmatrix}", "svd", r"\begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix} \begin{pmatrix} 3 & 0 \\ 0 & 2 \end{pmatrix} \begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}"),
        (r"\begin{pmatrix}1&2\\2&4\end{pmatrix}", "nullspace", r"\operatorname{span}\left\{ \begin{pmatrix} 2 \\ -1 \end{pmatrix} \right\}"),
        (r"\begin{pmatrix}0&t\\0&0\end{pmatrix}", "exponential", r"\begin{pmatrix} 1 & t \\ 0 & 1 \end{pmatrix}"),
        (r"\begin{pmatrix}a&b\\c&d\end{pmatrix}", "inverse", r"\frac{1}{a d - b c} \begin{pmatrix} d & -b \\ -c & a \end{pmatrix}"),
    ],
)  # fmt: skip
def test_operations(latex: str, operation: str, expected: str) -> None:
    assert done(latex, operation) == expected


def test_the_symbol_that_is_pointed_at() -> None:
    assert done("ax + b = 0", "solve", "x") == r"x = -\frac{b}{a}"
    assert done("ax + b = 0", "solve", "b") == "b = -a x"
    assert done("E = mc^2", "solve", "m") == r"m = \frac{E}{c^{2}}"
    assert done("ax + b = 0", "solve").startswith("! by which symbol")
    assert done("x^2 + ax + bx", "collect", "x") == "x^{2} + x (a + b)"


def test_arguments() -> None:
    assert done(r"\frac{1}{1-x}", "series", order="3") == r"1 + x + x^{2} + O\left(x^{3}\right)"
    assert done(r"x^2", "integrate", **{"from": "0", "to": "3"}) == "9"
    assert done(r"\frac{\sin x}{x}", "limit", at=r"\infty") == "0"
    assert done(M, "power", exponent="3") == r"\begin{pmatrix} 14 & 13 \\ 13 & 14 \end{pmatrix}"


def test_values_and_functions_of_the_context() -> None:
    assert done("f(3)", context="f(x) = x^2 + 1") == "10"
    assert done(r"\int_0^1 f(t) dt", context="f(x) = x^2 + 1") == r"\frac{4}{3}"
    assert done(r"\det(A)", context=r"A = \begin{pmatrix} 1 & a \\ a & 1 \end{pmatrix}") == "1 - a^{2}"
    assert done(r"\sum_{x=1}^3 x", context="x = 5") == "6"


def test_what_is_not_whole_is_not_solved() -> None:
    assert "infinitely many" in done(r"\sin x = 0", "solve")
    assert "no readable" in done("x^5 - x - 1 = 0", "solve")


def letters(side: int) -> str:
    """A square matrix of letters of their own."""
    rows = (" & ".join(f"a_{{{i}{j}}}" for j in range(1, side + 1)) for i in range(1, side + 1))
    return "\\begin{pmatrix}" + " \\\\ ".join(rows) + "\\end{pmatrix}"


@pytest.mark.parametrize(
    ("latex", "operation"),
    [
        (letters(5), "det"),
        (letters(9), "det"),
        (r"\det" + letters(9), "evaluate"),
        (letters(9), "charpoly"),
        (letters(4), "inverse"),
        (letters(9) + "^{-1}", "evaluate"),
        ("3000!", "evaluate"),
        ("1000000!", "evaluate"),
        ("((9!)!)!", "evaluate"),
        (r"\binom{1000000}{500000}", "evaluate"),
        (r"\prod_{k=1}^{100000} k", "evaluate"),
        ("(w + x + y + z)^{60}", "expand"),
    ],
)
def test_what_would_be_too_large_is_declined_before_it_is_worked_out(latex: str, operation: str) -> None:
    found = done(latex, operation)
    assert "too large" in found or "too long" in found


def test_what_is_large_on_the_way_only_is_worked_out() -> None:
    assert done(r"\frac{5000!}{4998!}") == "24995000"
    side = 5
    rows = (" & ".join("x" if i == j else "1" for j in range(side)) for i in range(side))
    same = "\\begin{pmatrix}" + " \\\\ ".join(rows) + "\\end{pmatrix}"
    assert done(same, "det") == "(x - 1)^{4} (x + 4)"
    powers = (f"1 & {v} & {v}^2 & {v}^3" for v in "abcd")
    vandermonde = "\\begin{pmatrix}" + " \\\\ ".join(powers) + "\\end{pmatrix}"
    assert done(vandermonde, "det").count("(") == 6


def test_steps_have_rules() -> None:
    found = evaluate_alone(Formula(r"\begin{pmatrix}1&2\\3&4\end{pmatrix}"), "det")
    assert found.steps[1] == (r"1 \cdot 4 - 2 \cdot 3", "ad - bc")


@pytest.mark.parametrize(
    ("latex", "operation"),
    [
        ("x^{100000} - 1", "factor"),
        ("(x + y + z)^{10000}", "expand"),
        ("2^{2^{2^{2^{2^2}}}}", "evaluate"),
        ("10^{10^{10}}", "evaluate"),
        (r"\left(\frac{1}{2}\right)^{-1000000}", "evaluate"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}^{1000000000}", "evaluate"),
    ],
)
def test_powers_that_are_too_large_are_declined(latex: str, operation: str) -> None:
    assert "a power that is too large" in done(latex, operation)
