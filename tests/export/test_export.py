"""Formulas as programs: what an author copies runs, agrees with the formula, and is written as one would write it."""

from __future__ import annotations

import numpy as np
import pytest
from nablatex.algebra import ops
from nablatex.algebra.spelling import LANGUAGES
from nablatex.codegen.program import Program, write
from nablatex.features.export import Exported, Formula, Wanted, export_formula, formula_of
from nablatex.features.standalone import Formula as Given
from nablatex.features.standalone import by_variable, read
from runners import function_of, words

SQUARES = (r"\|y - Xw\|^2", "w", (r"X \in \mathbb{R}^{m \times n}", r"w \in \mathbb{R}^n", r"y \in \mathbb{R}^m"))


def formula(latex: str, wrt: str | None, decls: tuple[str, ...] = (), assume: tuple[str, ...] = ()) -> Formula:
    given = Given(latex, decls, assume)
    context = given.known()
    tree, problem = read(given, context)
    assert problem is None
    found = formula_of(by_variable(tree, wrt, context), context)
    assert isinstance(found, Formula), found
    return found


def body(code: str) -> str:
    """The lines of the first function, without its help."""
    inside = code.split("def ", 1)[1].split("\n\n\ndef ")[0]
    return words(inside.split('"""')[-1]).replace("    ", "")


def numpy_of(latex: str, wrt: str | None, *decls: str, assume: tuple[str, ...] = (), **wanted: object) -> str:
    return body(export_formula(formula(latex, wrt, decls, assume), Wanted(**wanted)).code)  # type: ignore[arg-type]


def test_the_value_and_its_gradient_share_their_residual() -> None:
    code = export_formula(formula(*SQUARES), Wanted(value=True)).code
    assert body(code) == "v = y - X @ w\nreturn v @ v, -2 * (X.T @ v)"
    assert "X: m x n matrix" in code and r"-2X^\top (y - Xw)" in code


def test_a_solve_instead_of_an_inverse() -> None:
    code = numpy_of("a^T X^{-1} b", "X", r"X \in \mathbb{R}^{n \times n}", r"a, b \in \mathbb{R}^n")
    assert code == "return np.outer(-np.linalg.solve(X.T, a), np.linalg.solve(X, b))"


def test_a_factor_for_what_is_positive_definite() -> None:
    asked = formula(
        r"\log\det\Sigma + x^T \Sigma^{-1} x",
        "x",
        (r"\Sigma \in \mathbb{R}^{n \times n}", r"x \in \mathbb{R}^n"),
        (r"$\Sigma$ is symmetric positive definite",),
    )
    code = export_formula(asked, Wanted("julia", value=True)).code
    assert (
        "cholesky(Symmetric(Sigma))" in code and "logdet(M)" in code and code.count("cholesky(") == 2
    )  # once in each function


def test_no_diagonal_matrix_and_no_kronecker_product_is_multiplied() -> None:
    vector = (r"A \in \mathbb{R}^{m \times n}", r"x \in \mathbb{R}^n", r"B \in \mathbb{R}^{n \times m}")
    code = numpy_of(r"\operatorname{diag}(Ax) A x", None, *vector)
    assert "np.diag" not in code
    code = numpy_of(r"(B^T \otimes A) \operatorname{vec}(X)", None, *vector, r"X \in \mathbb{R}^{n \times n}")
    assert code == "return (A @ X @ B).T.reshape(-1)"
    assert numpy_of(r"\operatorname{tr}(A B)", None, *vector) == "return np.vdot(A.T, B)"


def test_chains_are_multiplied_in_the_cheapest_order() -> None:
    tall = (r"A \in \mathbb{R}^{m \times n}", r"B \in \mathbb{R}^{n \times m}", r"x \in \mathbb{R}^m")
    assert numpy_of("A B A B x", None, *tall) == "return A @ (B @ (A @ (B @ x)))"
    assert numpy_of("A B A", None, *tall, sizes={"m": 1000, "n": 2}) == "return A @ (B @ A)"
    assert numpy_of("A B A", None, *tall, sizes={"m": 2, "n": 1000}) == "return A @ B @ A"


def test_a_formula_without_a_derivative_is_exported_too() -> None:
    done = export_formula(formula(r"(X^T X)^{-1} X^T y", None, SQUARES[2]), Wanted())
    assert done.function == "value" and body(done.code) == "return np.linalg.solve(X.T @ X, X.T @ y)"


def test_a_family_is_one_array_with_a_member_in_each_row() -> None:
    asked = formula(
        r"\sum_{i=1}^N (y_i - w^\top x_i)^2",
        "w",
        (r"x_i \in \mathbb{R}^n", r"w \in \mathbb{R}^n", r"y \in \mathbb{R}^N"),
    )
    code = write(Program((asked.levels[-1],), asked.symbols), "numpy")
    x, y, w = np.arange(12.0).reshape(4, 3), np.arange(4.0), np.array([1.0, -1.0, 0.5])
    got = function_of(code)(x=x, y=y, w=w)
    assert code.symbols == {"x": "x", "y": "y", "w": "w"} and np.allclose(got, -2 * x.T @ (y - x @ w))


def difference(asked: Formula, language: str = "numpy") -> float:
    """What the gradient check of an export says."""
    done = export_formula(asked, Wanted(language, check=True))
    space: dict[str, object] = {"__name__": "exported"}
    exec(done.code, space)
    found = space["check_derivative"]
    assert callable(found)
    return float(found())


def test_a_check_is_right_around_a_symmetric_matrix() -> None:
    spd = (r"\Sigma \in \mathbb{R}^{n \times n}", r"x \in \mathbb{R}^n")
    said = (r"$\Sigma$ is symmetric positive definite",)
    assert difference(formula(r"\log\det\Sigma + x^T \Sigma^{-1} x", r"\Sigma", spd, said)) < 1e-6


def test_a_check_takes_sizes_at_which_the_formula_has_a_value() -> None:
    wide = (r"w \in \mathbb{R}^n", r"X \in \mathbb{R}^{m \times n}")
    assert difference(formula(r"w^T (X^T X)^{-1} w", "X", wide)) < 1e-6
    assert difference(formula(r"w^T (X^T X)^{-1} w", "X", wide), "sympy") < 1e-6


def test_no_name_of_an_author_meets_a_name_of_the_check() -> None:
    step, k = ops.symbol("step", "m"), ops.symbol("k", "n")
    f = ops.derivative(ops.transpose(step) @ ops.symbol("start", "m", "n") @ k, k)
    assert difference(Formula((f.args[0], ops.transpose(ops.symbol("start", "m", "n")) @ step), f)) < 1e-6


def test_what_cannot_be_exported_says_why() -> None:
    done = export_formula(formula(r"\operatorname{tr}(e^{AX})", None, ()), Wanted("cobol"))
    assert done == Exported("error", "'cobol' is none of numpy, jax, torch, julia, matlab, sympy", "numpy")
    done = export_formula(formula("Xw", None, SQUARES[2]), Wanted(check=True))
    assert (done.status, done.message) == (
        "unsupported",
        "a gradient check needs a derivative with respect to a symbol",
    )


def test_text_of_a_document_never_becomes_code() -> None:
    odd = ops.symbol('a"""\nimport os\n"""', "n")
    latex = 'a"""\nimport os\n"""\\'
    for language in LANGUAGES:
        code = write(Program((ops.transpose(odd) @ odd,), (odd,), "value", "Title", latex), language).code
        assert code.count('"""') in (0, 2) and "\nimport os" not in code
        assert words(code).count("aimportos") >= 2  # the argument's name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_complete_file(language: str) -> None:
    code = export_formula(formula(*SQUARES), Wanted(language, value=True, check=True)).code
    for name in ("value_and_derivative", "derivative", "value", "check_derivative"):
        assert f"{name}(" in code
