"""Every rule of every operator, checked numerically.  An operator without a sample fails here."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from nablatex.algebra import ops
from nablatex.algebra.blocks import Selection
from nablatex.algebra.elementwise import FUNCTIONS
from nablatex.algebra.evaluate import Evaluator, central_difference
from nablatex.algebra.exact import ExactEvaluator, Jet
from nablatex.algebra.expr import REGISTRY, Expr
from nablatex.algebra.fields import NotExact, Reals
from nablatex.algebra.matrix_functions import FrechetMatrix, frechet
from nablatex.algebra.normal import normal_form
from nablatex.algebra.norms import LeadingGap, LeadingVector, PolarFactor
from nablatex.algebra.set_sums import Cardinality
from nablatex.algebra.simplify import simplify
from nablatex.algebra.structure import DiagSelection
from nablatex.algebra.structured import STRUCTURES
from nablatex.algebra.triangles import DiagonalSums, Mask, SameDiagonal
from nablatex.calculus import derivative, differential, expand
from nablatex.codegen.program import NotExportable, numpy_function

X = ops.symbol("X", "n", "n")
A = ops.symbol("A", "n", "n")
R = ops.symbol("R", "m", "n")
x = ops.symbol("x", "n")
a = ops.symbol("a", "n")
s = ops.symbol("s")
stack, family = ops.symbol("z", ops.dim("n") * ops.dim("n")), ops.symbol("F", ops.dim("n") * ops.dim("n"), "n")
i, j = (ops.symbol(k, 1, 1, "index", "integer") for k in "ij")
n = ops.dim("n") if hasattr(ops, "dim") else A.shape[0]

SAMPLES: dict[str, Callable[[], list[Expr]]] = {
    "symbol": lambda: [X, x, s],
    "number": lambda: [ops.mul(ops.number("3/2"), X)],
    "constant": lambda: [ops.mul(ops.constant("\\pi"), X)],
    "size": lambda: [ops.mul(ops.size("n"), X)],
    "identity": lambda: [ops.add(X, ops.identity("n"))],
    "zero": lambda: [ops.zero(X.shape)],
    "ones": lambda: [ops.mul(X, ops.ones("n"))],
    "unit": lambda: [ops.mul(X, ops.unit_vector(i, "n"))],
    "commutation": lambda: [ops.mul(ops.commutation("n", "n"), ops.vec(X))],
    "add": lambda: [ops.add(X, A, ops.transpose(X))],
    "mul": lambda: [ops.mul(X, A, X), ops.mul(ops.transpose(x), A, x), ops.mul(s, X, x)],
    "transpose": lambda: [ops.transpose(ops.add(X, ops.mul(A, X)))],
    "inverse": lambda: [ops.inverse(X), ops.inverse(ops.add(X, A))],
    "power": lambda: [ops.sqrtm(X), ops.power(X, ops.number("-1/2")), ops.power(X, ops.number("5/3")), ops.power(X, ops.number(3)), ops.power(X, ops.number(-2)), ops.power(s, ops.number("1/2"))],
    "trace": lambda: [ops.trace(ops.mul(X, A, X))],
    "det": lambda: [ops.det(X), ops.elementwise("log", ops.det(X))],
    "adjugate": lambda: [ops.adjugate(X)],
    "norm": lambda: [ops.norm(X), ops.power(ops.norm(ops.mul(A, x)), ops.number(2))],
    "norm1": lambda: [ops.norm1(X)],
    "p_norm": lambda: [ops.p_norm(ops.mul(A, x), ops.number(3)), ops.power(ops.p_norm(x, ops.number("5/2")), ops.number(2))],
    "inner": lambda: [ops.inner(X, ops.mul(A, X))],
    "elementwise": lambda: [ops.elementwise(f, X) for f in FUNCTIONS] + [ops.elementwise("\\sigma", ops.mul(A, x))],
    "hadamard": lambda: [ops.hadamard(X, A, ops.transpose(X))],
    "hadamard_power": lambda: [ops.hadamard_power(X, ops.number(3))],
    "diag": lambda: [ops.diag(ops.mul(A, x))],
    "diag_part": lambda: [ops.diag_part(ops.mul(A, X))],
    "diag_selection": lambda: [ops.mul(DiagSelection((), (n,)), ops.vec(X))],
    "delta": lambda: [ops.mul(ops.delta(i, j), X)],
    "member": lambda: [ops.mul(X, ops.member(family, i, X.shape)), ops.member(ops.mul(family, X), i, X.shape), ops.mul(X, ops.member(stack, i, (ops.dim("n"), ops.dim(1))))],
    "submatrix": lambda: [ops.submatrix(X, ops.dim(1), ops.dim(2), ops.dim(0), ops.dim(2)), ops.submatrix(x, ops.dim(0), ops.dim(2), ops.dim(0), ops.dim(1))],
    "pad": lambda: [ops.pad(R, ops.dim(1), ops.dim("m") + ops.dim(2), ops.dim(0), ops.dim("n") + ops.dim(1))],
    "selection": lambda: [ops.mul(Selection((), (ops.number(0).shape[0] - ops.number(0).shape[0], n, n)), X)],
    "kron": lambda: [ops.kron(X, A), ops.kron(A, X)],
    "vec": lambda: [ops.vec(ops.mul(A, X))],
    "unvec": lambda: [ops.unvec(ops.mul(ops.kron(A, A), ops.vec(X)), n, n)],
    "entry": lambda: [ops.entry(X, i, j), ops.mul(ops.entry(X, i, j), A)],
    "blocks": lambda: [ops.matrix_literal([[X, A], [A, ops.mul(X, X)]])],
    "derivative": lambda: [ops.derivative(ops.trace(ops.mul(X, X, A)), X)],
    "directional": lambda: [ops.directional(ops.mul(X, X), {X: A})],
    "at": lambda: [ops.at(ops.derivative(ops.trace(ops.mul(A, A, X)), A), {A: X})],
    "index_sum": lambda: [ops.index_sum(ops.power(ops.entry(X, i, ops.number(1)), ops.number(2)), i, ops.number(1), ops.size("n"))],
    "index_product": lambda: [ops.index_product(ops.entry(ops.mul(X, x), i, ops.number(1)), i, ops.number(1), ops.size("n")), ops.mul(ops.index_product(ops.add(s, ops.entry(x, i, ops.number(1))), i, ops.number(2), ops.size("n")), X)],
    "set_sum": lambda: [ops.set_sum(ops.power(ops.entry(ops.mul(X, x), i, ops.number(1)) - ops.entry(x, j, ops.number(1)), ops.number(2)), [i, j], ops.related("lt", n)), ops.set_sum(ops.entry(X, i, j), [i], ops.mul(ops.related("ne", n), ops.unit_vector(j, n)))],
    "set_product": lambda: [ops.set_product(ops.entry(ops.mul(X, x), i, ops.number(1)), [i], ops.mul(ops.related("le", n), ops.unit_vector(ops.number(2), n)))],
    "related": lambda: [ops.mul(ops.related(how, n), X) for how in ("ne", "lt", "le")],
    "cardinality": lambda: [ops.mul(Cardinality((ops.mul(ops.related("lt", n), ops.unit_vector(j, n)),)), X)],
    "index_max": lambda: [ops.index_max(ops.power(ops.entry(ops.mul(X, x), i, ops.number(1)), ops.number(2)), i, ops.number(1), ops.size("n")), ops.largest_entry(ops.mul(X, x), i)],
    "index_min": lambda: [ops.smallest_entry(ops.mul(X, x), i), ops.mul(ops.smallest_entry(ops.transpose(x), i), X)],
    "argmax": lambda: [ops.entry(x, ops.argmax(ops.entry(X, i, j), i, ops.number(1), ops.size("n")), ops.number(1))],
    "argmin": lambda: [ops.entry(x, ops.argmin(ops.entry(X, i, j), i, ops.number(1), ops.size("n")), ops.number(1))],
    "integral": lambda: [ops.integral(ops.inner(X, ops.expm(ops.mul(s, A))), s, ops.number(0), ops.number(1)), ops.integral(ops.mul(s, ops.expm(ops.mul(s, A))), s, ops.number(0), ops.trace(X))],
    "vech": lambda: [ops.vech(ops.mul(A, X)), ops.mul(ops.transpose(ops.vech(X)), ops.vech(ops.mul(X, A)))],
    "duplication": lambda: [ops.mul(ops.duplication("n"), ops.vech(ops.mul(A, X)))],
    "elimination": lambda: [ops.mul(ops.elimination("n"), ops.vec(ops.mul(A, X, X)))],
    "triangle": lambda: [ops.triangle(ops.mul(A, X), "lower"), ops.triangle(X, "upper")],
    "mask": lambda: [ops.mul(Mask((), (n, "lower")), X)],
    "diagonal_sums": lambda: [DiagonalSums((ops.mul(A, X),))],
    "same_diagonal": lambda: [ops.mul(SameDiagonal((), (n,)), ops.vec(X))],
    "structured_derivative": lambda: [ops.structured_derivative(ops.trace(ops.mul(A, X, X)), X, s) for s in STRUCTURES if s != "orthogonal"],
    "smooth": lambda: [ops.smooth("f", ("n", 1), a, A), ops.trace(ops.mul(R.T, R, ops.smooth("F", ("n", "n"), a)))],
    "softmax": lambda: [ops.softmax(ops.mul(A, x)), ops.transpose(ops.softmax(x))],
    "logsumexp": lambda: [ops.logsumexp(ops.mul(A, x)), ops.logsumexp(ops.transpose(x))],
    "softmax_of": lambda: [ops.softmax_of(ops.mul(R, X), "rows"), ops.mul(X, ops.softmax_of(X, "columns"))],
    "logsumexp_of": lambda: [ops.logsumexp_of(ops.mul(R, X), "rows"), ops.logsumexp_of(ops.mul(R, X), "columns")],
    "pinv": lambda: [ops.pinv(ops.mul(R, X)), ops.mul(ops.pinv(ops.mul(X, ops.transpose(R))), A)],
    "khatri_rao": lambda: [ops.khatri_rao(X, R), ops.khatri_rao(R, ops.mul(A, X))],
    "nuclear_norm": lambda: [ops.nuclear_norm(ops.mul(R, X)), ops.nuclear_norm(ops.mul(X, ops.transpose(R)))],
    "spectral_norm": lambda: [ops.spectral_norm(ops.mul(R, X))],
    "polar_factor": lambda: [ops.mul(ops.transpose(x), PolarFactor((A,)), x), PolarFactor((ops.mul(R, X),)), PolarFactor((ops.mul(A, ops.transpose(R)),))],
    "leading_vector": lambda: [ops.mul(LeadingVector((ops.mul(R, X),), ("left",)), ops.transpose(LeadingVector((ops.mul(R, X),), ("right",))))],
    "leading_gap": lambda: [ops.mul(X, LeadingGap((ops.mul(R, A),), ("right",)))],
    "matrix_function": lambda: [ops.expm(ops.mul(A, X)), ops.expm(ops.mul(s, A)), ops.trace(ops.expm(X)), ops.logm(X)],
    "sylvester": lambda: [ops.sylvester(X, ops.mul(X, X), A), ops.sylvester(X, ops.mul(R.T, R), ops.mul(X, A))],
    "frechet": lambda: [frechet(("exp",), A, X), frechet(("power", Fraction(1, 2)), ops.mul(A, ops.transpose(A)), X)],
    "frechet_matrix": lambda: [ops.mul(FrechetMatrix((A,), ("exp",)), ops.vec(X))],
}  # fmt: skip


def point(seed: int = 3) -> Evaluator:
    rng = np.random.default_rng(seed)
    sizes = {"n": 3, "m": 4}
    q = rng.standard_normal((3, 3))
    values = {
        X: np.eye(3) * 2 + 0.2 * np.abs(q) + 0.1,
        A: rng.standard_normal((3, 3)),
        R: rng.standard_normal((4, 3)),
        x: rng.uniform(0.3, 1.2, (3, 1)),
        a: rng.standard_normal((3, 1)),
        s: np.array([[1.3]]),
        stack: rng.standard_normal((9, 1)),
        family: rng.standard_normal((9, 3)),
        i: np.array([[2.0]]),
        j: np.array([[1.0]]),
    }
    return Evaluator(values, sizes)


def every_sample() -> list[tuple[str, Expr]]:
    return [(name, e) for name in sorted(SAMPLES) for e in SAMPLES[name]()]


def test_every_operator_has_a_sample() -> None:
    assert set(REGISTRY) == set(SAMPLES)


@pytest.mark.parametrize(("name", "e"), every_sample(), ids=lambda v: v if isinstance(v, str) else "")
def test_the_value_has_the_shape_of_the_rule(name: str, e: Expr) -> None:
    ev = point()
    value = ev(e)
    assert value.shape == (ev.size(e.shape[0]), ev.size(e.shape[1]))
    assert np.allclose(ev(ops.transpose(e)), value.T)


@pytest.mark.parametrize(("name", "e"), every_sample(), ids=lambda v: v if isinstance(v, str) else "")
@pytest.mark.parametrize("layout", ["denominator", "numerator"])
def test_derivatives_agree_with_differences_of_the_function(name: str, e: Expr, layout: str) -> None:
    ev = point()
    for variable in (X, x, s):
        if variable not in e.free_symbols:
            continue
        closed = derivative(e, variable, layout)
        formal = ops.derivative(e, variable, layout)
        assert closed.shape == formal.shape
        assert np.allclose(ev(closed), ev(formal), atol=1e-6), (e, variable)
        tidy = simplify(closed)
        assert tidy.shape == closed.shape and np.allclose(ev(tidy), ev(closed), atol=1e-8)
        assert simplify(tidy) == tidy


@pytest.mark.parametrize(("name", "e"), every_sample(), ids=lambda v: v if isinstance(v, str) else "")
def test_differentials_agree_with_differences(name: str, e: Expr) -> None:
    ev = point()
    dx = ops.symbol("dX", "n", "n")
    there = ev.bind({dx: np.random.default_rng(1).standard_normal((3, 3))})
    assert np.allclose(there(differential(expand(e), {X: dx})), there(ops.directional(e, {X: dx})), atol=1e-6)


@pytest.mark.parametrize(("name", "e"), every_sample(), ids=lambda v: v if isinstance(v, str) else "")
def test_normal_form_and_code_keep_the_value(name: str, e: Expr) -> None:
    ev = point()
    worked = expand(e)
    assert np.allclose(ev(normal_form(worked)), ev(worked))
    symbols = [X, A, R, x, a, s, i, j, stack, family]
    try:
        code = numpy_function(worked, symbols)
    except NotExportable:
        assert name == "smooth", f"{name} has no NumPy form"  # nothing is known of that function
        return
    space: dict[str, object] = {}
    exec(code.code, space)
    given = [ev.values[v] for v in symbols]
    if "\\sigma" in code.symbols:
        sigma = ops.elementwise("\\sigma", x)
        given.append(lambda z: sigma.numeric(z))
    function = space[code.function]
    assert callable(function)
    assert np.allclose(function(*given), ev(worked))


NOT_EXACT = {"set_product", "argmax", "argmin", "index_max", "index_min", "integral", "structured_derivative", "nuclear_norm", "spectral_norm", "polar_factor", "leading_vector", "leading_gap", "matrix_function", "frechet", "frechet_matrix"}  # fmt: skip


def in_many_digits(ev: Evaluator) -> ExactEvaluator:
    field = Reals(30)
    return ExactEvaluator(
        field, {k: Jet(field, {0: field.each(field.context.mpf, v)}) for k, v in ev.values.items()}, ev.sizes
    )


@pytest.mark.parametrize(("name", "e"), every_sample(), ids=lambda v: v if isinstance(v, str) else "")
def test_exact_values_and_derivatives_by_dual_numbers_agree_with_floating_point(name: str, e: Expr) -> None:
    ev = point()
    exact = in_many_digits(ev)
    try:
        assert np.allclose(exact(e).parts[0].astype(float), ev(e), atol=1e-9)
    except NotExact:
        assert name in NOT_EXACT or (name == "power" and not e.is_scalar)
        return
    for variable in (X, x, s):
        for layout in ("denominator", "numerator"):
            formal = ops.derivative(e, variable, layout)
            assert np.allclose(exact(formal).parts[0].astype(float), ev(expand(formal)), atol=1e-9), (e, variable)
    if e.is_scalar and x in e.free_symbols:
        hessian = ops.derivative(ops.derivative(e, x), x)
        assert np.allclose(exact(hessian).parts[0].astype(float), ev(expand(hessian)), atol=1e-9)


def test_a_letter_of_integration_is_not_the_one_outside() -> None:
    """∂/∂X of (s + ∫_0^1 s <X, e^{sA}> ds)^2: the s outside is not the one of the integral."""
    inside = ops.integral(ops.mul(s, ops.inner(X, ops.expm(ops.mul(s, A)))), s, ops.number(0), ops.number(1))
    ev = point()
    f = ops.power(ops.add(s, inside), ops.number(2))
    direction = np.arange(9.0).reshape(3, 3)
    slope = central_difference(lambda t: ev.bind({X: ev.values[X] + t * direction})(f))
    assert np.allclose(np.sum(ev(derivative(f, X)) * direction), slope)
