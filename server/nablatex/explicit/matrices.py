"""Operations on explicit matrices: determinant, inverse, echelon form, eigenvalues, factorisations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy

from nablatex.explicit.answers import Answer, Declined, Subject, operation, place
from nablatex.explicit.scalars import done, tidy
from nablatex.explicit.sizes import MAX_LATEX, determinant_letters
from nablatex.explicit.values import Value, determinant, determinant_is_large, inverse, is_matrix, matrix, square_side

MAX_EXACT = 5
"""Side up to which eigenvalues and factorisations are worked out exactly."""


def given(s: Subject) -> Any:
    value = done(s.value)
    if not is_matrix(value):
        raise Declined("this is no explicit matrix")
    return value


def square(s: Subject, what: str, most: int = 12) -> Any:
    value = given(s)
    if square_side(value, what) > most:
        raise Declined(f"{what} is worked out up to {most}×{most}")
    return value


def wrapped(text: str) -> str:
    """The formula so that an operator or a script can stand at it: a single name or matrix as it is."""
    text = text.strip()
    single = len(text) == 1 or (text.startswith("\\begin") and text.count("\\begin") == 1 and text.endswith("}"))
    return text if single else f"\\left({text}\\right)"


def _applied(s: Subject, before: str, value: Value, checks: tuple[tuple[Value, Value], ...]) -> Answer:
    """``before formula = value``."""
    open_, close = ("", "") if wrapped(s.text) == s.text.strip() else ("\\left(", "\\right)")
    return Answer(f"{close} = ⟦0⟧", "⟦0⟧", (value,), checks, before=before + open_)


def _scripted(s: Subject, script: str, value: Value, checks: tuple[tuple[Value, Value], ...]) -> Answer:
    """``formula^script = value``."""
    open_, close = ("", "") if wrapped(s.text) == s.text.strip() else ("\\left(", "\\right)")
    return Answer(f"{close}^{script} = ⟦0⟧", "⟦0⟧", (value,), checks, before=open_)


@operation("det", "Determinant", "matrix")
def det(s: Subject) -> Answer:
    m = square(s, "the determinant")
    # the value comes from Berkowitz, the check from elimination by Bareiss
    from nablatex.explicit.steps import expansion

    if determinant_letters(m) > MAX_LATEX:
        raise Declined("the result is too long to be read")
    answer = _applied(s, "\\det ", tidy(sympy.factor(determinant(m))), ((determinant(m), m.det(method="bareiss")),))
    return replace(answer, steps=expansion(m, s.show))


@operation("inverse", "Inverse", "matrix")
def inverted(s: Subject) -> Answer:
    m = square(s, "the inverse")
    if m.rows * m.rows * determinant_letters(m.minor_submatrix(0, 0) if m.rows > 1 else m) > MAX_LATEX:
        raise Declined("the result is too long to be read")
    out = inverse(m)
    answer = _scripted(s, "{-1}", out.applyfunc(tidy), ((m * out, matrix(sympy.eye(m.rows))),))
    entries = [sympy.together(x) for x in out]
    common = sympy.factor(sympy.lcm_list([sympy.denom(x) for x in entries]))
    if common in (1, -1):
        return answer
    whole = matrix(m.rows, m.cols, [sympy.cancel(x * common) for x in entries])
    checks = (*answer.checks, (whole / common, out))
    return replace(
        answer,
        after=answer.after.replace("⟦0⟧", "⟦1⟧ ⟦0⟧"),
        result="⟦1⟧ ⟦0⟧",
        values=(whole, 1 / common),
        checks=checks,
    )


@operation("transpose", "Transpose", "matrix")
def transposed(s: Subject) -> Answer:
    m = given(s)
    return _scripted(s, s.arguments.get("transpose", "\\top"), m.T, ((m.T, m.T),))


@operation("rank", "Rank", "matrix")
def rank(s: Subject) -> Answer:
    m = given(s)
    if m.free_symbols:
        raise Declined("the rank depends on the symbols")
    r = m.rank(simplify=True)
    echelon, pivots = m.rref(simplify=True)
    del echelon
    return _applied(s, "\\operatorname{rank} ", sympy.Integer(r), ((sympy.Integer(r), sympy.Integer(len(pivots))),))


@operation("rref", "Reduced row echelon form", "matrix")
def rref(s: Subject) -> Answer:
    from nablatex.explicit.steps import elimination

    m = given(s)
    if m.free_symbols:
        raise Declined("the pivots depend on the symbols")
    out, _ = m.rref(simplify=True)
    lines, transform = elimination(m, s.show)
    return Answer(" \\sim ⟦0⟧", "⟦0⟧", (out,), ((transform * m, out),), steps=lines)


@operation("charpoly", "Characteristic polynomial", "matrix")
def charpoly(s: Subject) -> Answer:
    m = square(s, "the characteristic polynomial")
    if determinant_is_large(m + sympy.eye(m.rows), "the characteristic polynomial"):
        raise Declined("the result is too long to be read")
    x = s.fresh("\\lambda")
    p = m.charpoly().as_expr(x)
    shifted = x * sympy.eye(m.rows) - m
    name = wrapped(s.text)
    return Answer(
        f",\\quad \\det\\left({s.show(x)} I - {name}\\right) = ⟦0⟧",
        "⟦0⟧",
        (p,),
        ((p, shifted.det(method="bareiss")),),
    )


@operation("eigenvalues", "Eigenvalues", "matrix")
def eigenvalues(s: Subject) -> Answer:
    from nablatex.explicit.steps import characteristic

    m = square(s, "an eigenvalue", MAX_EXACT)
    found = _spectrum(m)
    x = sympy.Dummy("x")
    product = sympy.prod([(x - v) ** k for v, k in found])
    # the product of (x - λ) is compared with det(xI - M) by elimination
    checks = ((product, (x * sympy.eye(m.rows) - m).det(method="bareiss")),)
    parts, values = _numbered("\\lambda", found)
    return Answer(
        f",\\quad {parts}", parts, values, checks, steps=characteristic(m, found, s.fresh("\\lambda"), s.show)
    )


def _spectrum(m: Any) -> list[tuple[Any, int]]:
    """Eigenvalues with multiplicities, from the linear and quadratic factors of the characteristic polynomial."""
    x = sympy.Dummy("x")
    out: list[tuple[Any, int]] = []
    for factor, times in sympy.factor_list(m.charpoly().as_expr(x), x)[1]:
        if sympy.degree(factor, x) > 2:
            raise Declined("the eigenvalues have no readable closed form")
        out.extend((sympy.simplify(r), k * times) for r, k in sympy.roots(sympy.Poly(factor, x)).items())
    try:
        return sorted(out, key=lambda p: (complex(p[0]).real, complex(p[0]).imag))
    except TypeError:
        return sorted(out, key=lambda p: str(p[0]))


def _numbered(letter: str, found: list[tuple[Any, int]]) -> tuple[str, tuple[Any, ...]]:
    parts: list[str] = []
    k = 1
    for i, (_, times) in enumerate(found):
        names = " = ".join(f"{letter}_{{{j}}}" if j > 9 else f"{letter}_{j}" for j in range(k, k + times))
        parts.append(f"{names} = {place(i)}")
        k += times
    return ",\\; ".join(parts), tuple(v for v, _ in found)


@operation("eigenvectors", "Eigenvectors", "matrix")
def eigenvectors(s: Subject) -> Answer:
    m = square(s, "an eigenvector", MAX_EXACT)
    values: list[Any] = []
    parts: list[str] = []
    checks: list[tuple[Any, Any]] = []
    for v, _ in _spectrum(m):
        basis = (m - v * sympy.eye(m.rows)).nullspace(simplify=True)
        if not basis:
            raise Declined("an eigenvector was not found")
        parts.append(f"\\lambda = {place(len(values))}:\\;")
        values.append(v)
        vectors = []
        for b in basis:
            clean = _cleared(b)
            checks.append((m * clean, v * clean))
            vectors.append(place(len(values)))
            values.append(clean)
        parts[-1] += " " + ",\\ ".join(vectors)
    text = ";\\quad ".join(parts)
    return Answer(f",\\quad {text}", text, tuple(values), tuple(checks))


def _cleared(v: Any) -> Any:
    """The vector without denominators where it is rational, its first nonzero entry positive."""
    v = v.applyfunc(sympy.simplify)
    if all(x.is_Rational for x in v):
        v = v * sympy.ilcm(*[x.q for x in v])
        common = sympy.igcd(*[x.p for x in v])
        first = next(x for x in v if x != 0)
        v = v / (common if first > 0 else -common)
    return matrix(v)


@operation("nullspace", "Null space", "matrix")
def nullspace(s: Subject) -> Answer:
    m = given(s)
    if m.free_symbols:
        raise Declined("the null space depends on the symbols")
    basis = [_cleared(b) for b in m.nullspace(simplify=True)]
    checks = tuple((m * b, matrix(sympy.zeros(m.rows, 1))) for b in basis)
    dimension = m.cols - m.rank(simplify=True)
    checks = (*checks, (sympy.Integer(dimension), sympy.Integer(len(basis))))
    places = ",\\ ".join(place(i) for i in range(len(basis)))
    text = f"\\operatorname{{span}}\\left\\{{ {places} \\right\\}}" if basis else "\\{0\\}"
    name = wrapped(s.text)
    return Answer(f",\\quad \\ker {name} = {text}", text, tuple(basis), checks)


@operation("lu", "LU factorisation", "matrix")
def lu(s: Subject) -> Answer:
    m = given(s)
    if m.free_symbols:
        raise Declined("the pivots depend on the symbols")
    lower, upper, swaps = m.LUdecomposition()
    p = sympy.eye(m.rows).permuteFwd(swaps).T if swaps else None
    factors = tuple(matrix(x) for x in ((lower, upper) if p is None else (p, lower, upper)))
    return _product(m, factors)


def _product(m: Any, factors: tuple[Any, ...]) -> Answer:
    total = factors[0]
    for f in factors[1:]:
        total = total * f
    text = " ".join(place(i) for i in range(len(factors)))
    return Answer(f" = {text}", text, factors, ((total, m),))


@operation("qr", "QR factorisation", "matrix")
def qr(s: Subject) -> Answer:
    m = _numeric(s, "QR")
    if m.rank(simplify=True) < m.cols:
        raise Declined("the columns are linearly dependent")
    q, r = (matrix(x.applyfunc(sympy.simplify)) for x in m.QRdecomposition())
    answer = _product(m, (q, r))
    return replace(answer, checks=(*answer.checks, (q.T * q, matrix(sympy.eye(q.cols)))))


def _numeric(s: Subject, what: str) -> Any:
    m = given(s)
    if m.free_symbols:
        raise Declined(f"{what} of a matrix with symbols")
    if any(not x.is_real for x in m) or max(m.shape) > MAX_EXACT:
        raise Declined(f"{what} is worked out for real matrices up to {MAX_EXACT}×{MAX_EXACT}")
    return m


@operation("cholesky", "Cholesky factorisation", "matrix")
def cholesky(s: Subject) -> Answer:
    m = square(s, "the Cholesky factorisation", MAX_EXACT)
    if m.free_symbols or m != m.T or not m.is_positive_definite:
        raise Declined("the matrix is not symmetric positive definite")
    lower = matrix(m.cholesky().applyfunc(sympy.simplify))
    return _product(m, (lower, lower.T))


@operation("svd", "Singular value decomposition", "matrix")
def svd(s: Subject) -> Answer:
    """U Σ V^T with the singular values in falling order."""
    m = _numeric(s, "the singular value decomposition")
    gram = m.T * m
    pairs: list[tuple[Any, Any]] = []
    for v, _ in sorted(_spectrum(gram), key=lambda p: -complex(p[0]).real):
        if v == 0:
            continue
        for b in sympy.GramSchmidt((gram - v * sympy.eye(gram.rows)).nullspace(simplify=True), orthonormal=True):
            pairs.append((sympy.sqrt(v), b.applyfunc(sympy.simplify)))
    if not pairs:
        raise Declined("the matrix is zero")
    right = sympy.Matrix.hstack(*[b for _, b in pairs])
    left = sympy.Matrix.hstack(*[(m * b / sigma).applyfunc(sympy.simplify) for sigma, b in pairs])
    factors = tuple(matrix(x.applyfunc(sympy.simplify)) for x in (left, sympy.diag(*[p for p, _ in pairs]), right.T))
    answer = _product(m, factors)
    one = matrix(sympy.eye(len(pairs)))
    return replace(answer, checks=(*answer.checks, (factors[0].T * factors[0], one), (factors[2] * factors[2].T, one)))


@operation("power", "Power", "matrix", arguments=("exponent",))
def powered(s: Subject) -> Answer:
    """M^k for a given k; M^n by diagonalising otherwise, checked at small n."""
    m = square(s, "a power", MAX_EXACT)
    k = s.arguments.get("exponent")
    if k is None:
        k = s.fresh("n", integer=True, positive=True)
    if k.is_Integer:
        from nablatex.explicit.values import power

        out = power(m, k).applyfunc(tidy)
        rest = m if k > 0 else inverse(m)
        total = matrix(sympy.eye(m.rows))
        for _ in range(min(abs(int(k)), 200)):
            total = total * rest
        return _scripted(s, f"{{{s.show(k)}}}", out, ((out, total),))
    if not m.is_diagonalizable():
        raise Declined("the matrix is not diagonalisable")
    out = (m**k).applyfunc(sympy.simplify)
    checks = tuple((out.subs(k, j), m**j) for j in range(1, m.rows + 3))
    return _scripted(s, s.show(k), out, checks)


@operation("exponential", "Matrix exponential", "matrix")
def exponential(s: Subject) -> Answer:
    """e^M; checked by d/dt e^{tM} = M e^{tM} and by its value at 0."""
    m = square(s, "the exponential", MAX_EXACT)
    t = sympy.Dummy("t", real=True)
    try:
        flow = (t * m).exp().applyfunc(sympy.simplify)
    except (NotImplementedError, ValueError, sympy.matrices.exceptions.MatrixError):
        raise Declined("the exponential has no closed form") from None
    out = flow.subs(t, 1).applyfunc(tidy)
    rate = flow.applyfunc(lambda x: sympy.Derivative(x, t))
    checks = ((rate, m * flow), (flow.subs(t, 0), matrix(sympy.eye(m.rows))), (out, flow.subs(t, 1)))
    open_, close = "e^{", "}"
    return Answer(f"{close} = ⟦0⟧", "⟦0⟧", (matrix(out),), checks, before=open_)
