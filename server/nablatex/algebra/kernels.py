"""The templates of operators that are many kernels, and of functions that languages write differently: data of their classes."""

from __future__ import annotations

from nablatex.algebra.spelling import Kernels, Spelling, spelled

PRODUCT: Kernels = {
    "scale": spelled(every="2|{0:2} * {1:3}"),
    "divide": spelled(every="2|{0:2} / {1:3}"),
    "negate": spelled(every="3|-{0:4}"),
    "product": spelled("2|{0:2} @ {1:3}", julia="2|{0:2} * {1:3}", matlab="2|{0:2} * {1:3}", sympy="2|{0:2} * {1:3}"),
    "dot": spelled("2|{0:2} @ {1:3}", julia="dot({0}, {1})", matlab="2|{0:5}' * {1:3}", sympy="{0:5}.dot({1})"),
    "outer": spelled(
        "np.outer({0}, {1})", julia="2|{0:2} * {1:5}'", matlab="2|{0:2} * {1:5}'", sympy="2|{0:2} * {1:5}.T"
    ),
    "scale_rows": spelled(  # diag(x) A
        "2|{0:5}[:, None] * {1:3}",
        julia="2|{0:2} .* {1:3}",
        matlab="2|{0:2} .* {1:3}",
        sympy="2|sympy.diag(*{0:5}) * {1:3}",
    ),
    "scale_columns": spelled(  # A diag(x)
        "2|{0:2} * {1:3}",
        julia="2|{0:2} .* {1:5}'",
        matlab="2|{0:2} .* {1:5}'",
        sympy="2|{0:2} * sympy.diag(*{1:5})",
    ),
    "row_sums": spelled(  # A 1
        "np.sum({0}, axis=1)",
        torch="torch.sum({0}, dim=1)",
        julia="vec(sum({0}, dims=2))",
        matlab="sum({0}, 2)",
        sympy="2|{0:2} * sympy.ones({c0}, 1)",
    ),
    "column_sums": spelled(  # A^T 1
        "np.sum({0}, axis=0)",
        torch="torch.sum({0}, dim=0)",
        julia="vec(sum({0}, dims=1))",
        matlab="sum({0}, 1)'",
        sympy="2|{0:5}.T * sympy.ones({r0}, 1)",
    ),
    "total": spelled("np.sum({0})", julia="sum({0})", matlab="sum(sum({0}))", sympy="sum({0})"),
    "row": spelled("{0:5}[{1:i}]", julia="{0:5}[{1:i}, :]", matlab="{0:n}({1:i}, :)'", sympy="{0:5}[{1:i}, :].T"),
    "column": spelled("{0:5}[:, {1:i}]", julia="{0:5}[:, {1:i}]", matlab="{0:n}(:, {1:i})", sympy="{0:5}[:, {1:i}]"),
}

INVERSE: Kernels = {
    "inverse": spelled("np.linalg.inv({0})", julia="inv({0})", matlab="inv({0})", sympy="{0:5}.inv()"),
    "solve": spelled(
        "np.linalg.solve({0}, {1})",
        julia="2|{0:2} \\ {1:3}",
        matlab="2|{0:2} \\ {1:3}",
        sympy="{0:5}.LUsolve({1})",
    ),
    "cholesky": spelled(
        "np.linalg.cholesky({0})",
        julia="cholesky(Symmetric({0}))",
        matlab="chol({0}, 'lower')",
    ),
    "cholesky_solve": spelled(
        jax="jax.scipy.linalg.cho_solve(({0}, True), {1})",
        torch="torch.cholesky_solve({1}, {0})",
        julia="2|{0:2} \\ {1:3}",
        matlab="2|{0:5}' \\ ({0:2} \\ {1:3})",
    ),
    "cholesky_solve_vector": spelled(
        jax="jax.scipy.linalg.cho_solve(({0}, True), {1})",
        torch="torch.cholesky_solve({1:5}[:, None], {0})[:, 0]",
        julia="2|{0:2} \\ {1:3}",
        matlab="2|{0:5}' \\ ({0:2} \\ {1:3})",
    ),
    "cholesky_inverse": spelled(
        jax="jax.scipy.linalg.cho_solve(({0}, True), jnp.eye({rows}))",
        torch="torch.cholesky_inverse({0})",
        julia="inv({0})",
    ),
    "cholesky_logdet": spelled(
        "2|2 * np.sum(np.log(np.diagonal({0})))",
        julia="logdet({0})",
        matlab="2|2 * sum(log(diag({0})))",
    ),
}

SUM: Kernels = {
    "plus": spelled(every="1|{0:1} + {1:2}"),
    "minus": spelled(every="1|{0:1} - {1:2}"),
    "shift": spelled(  # a number and every entry
        "1|{0:1} + {1:2}",
        julia="1|{0:1} .+ {1:2}",
        matlab="1|{0:1} + {1:2}",
        sympy="{1:5}.applyfunc(lambda z: {0:1} + z)",
    ),
    "less": spelled(
        "1|{0:1} - {1:2}",
        julia="1|{0:1} .- {1:2}",
        matlab="1|{0:1} - {1:2}",
        sympy="{0:5}.applyfunc(lambda z: z - {1:2})",
    ),
    "shift_minus": spelled(
        "1|{0:1} - {1:2}",
        julia="1|{0:1} .- {1:2}",
        matlab="1|{0:1} - {1:2}",
        sympy="{1:5}.applyfunc(lambda z: {0:1} - z)",
    ),
}


def call(name: str, other: str = "", sympy: str = "") -> Spelling:
    """A function that every language has, under a name of NumPy's and perhaps another elsewhere."""
    word = other or name
    return spelled(
        f"np.{name}({{0}})", julia=f"{word}.({{0}})", matlab=f"{word}({{0}})", sympy=f"sympy.{sympy or word}({{0}})"
    )


LOG_ABS = spelled(
    "np.log(np.abs({0}))",
    julia="log.(abs.({0}))",
    matlab="log(abs({0}))",
    sympy="sympy.log(sympy.Abs({0}))",
)
RELU = spelled(
    "np.maximum({0}, 0)",
    torch="torch.relu({0})",
    julia="max.({0}, 0)",
    matlab="max({0}, 0)",
    sympy="sympy.Max({0}, 0)",
)
STEP = spelled(
    "2|({0:1} > 0) * 1.0",
    julia="2|({0:1} .> 0) .* 1.0",
    matlab="double({0:1} > 0)",
    sympy="sympy.Heaviside({0}, 0)",
)
SIGMOID = spelled(
    numpy="2|1 / (1 + np.exp(-{0:4}))",
    jax="jax.nn.sigmoid({0})",
    torch="torch.sigmoid({0})",
    julia="2|1 ./ (1 .+ exp.(-{0:4}))",
    matlab="2|1 ./ (1 + exp(-{0:4}))",
    sympy="2|1 / (1 + sympy.exp(-{0:4}))",
)
SOFTPLUS = spelled(
    "np.logaddexp(0.0, {0})",
    torch="torch.nn.functional.softplus({0})",
    julia="1|max.({0}, 0) .+ log1p.(exp.(-abs.({0})))",
    matlab="1|max({0}, 0) + log1p(exp(-abs({0})))",
    sympy="sympy.log(1 + sympy.exp({0}))",
)
