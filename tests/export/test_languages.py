"""Exported code runs: every operator and every public derivative, in each language that this machine can run.

JAX comes with the extra `export` of the tests, Octave (for MATLAB) with the system; Julia code is read by Julia's
grammar.  Where a tool is missing the test is skipped and says so; with CI=true it fails.
"""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "algebra"), str(HERE.parent / "cases")]
import judge  # noqa: E402
import oracle  # noqa: E402
import runners  # noqa: E402
import test_registry as registry  # noqa: E402
from nablatex.algebra import ops  # noqa: E402
from nablatex.algebra.atoms import Symbol  # noqa: E402
from nablatex.algebra.spelling import LANGUAGES  # noqa: E402
from nablatex.calculus import expand  # noqa: E402
from nablatex.codegen.graph import NotExportable  # noqa: E402
from nablatex.codegen.program import Code, Program, write  # noqa: E402
from nablatex.features.export import Formula, Wanted, export_formula, formula_of  # noqa: E402
from nablatex.features.standalone import Formula as Given  # noqa: E402
from nablatex.features.standalone import read  # noqa: E402
from runners import Call, needed, same  # noqa: E402

RUNNERS = {
    "numpy": ("numpy", runners.run_numpy),
    "jax": ("jax", runners.run_jax),
    "torch": ("torch", runners.run_torch),
    "sympy": ("sympy", runners.run_sympy),
}
JAX_STRIDE = 1 if os.environ.get("CI") else 8
"""JAX compiles every operation that it meets, half a second for a case: all of them in CI, every eighth elsewhere."""
SLOW_IN_SYMPY = {"matrix_function"}
"""SymPy's exponential goes by a Jordan form, which floating point entries do not have."""


@cache
def samples() -> list[tuple[str, Any, list[Symbol]]]:
    """Every operator's samples with the symbols that they use."""
    symbols = [v for v in vars(registry).values() if isinstance(v, Symbol)]
    out = []
    for k, (name, e) in enumerate(registry.every_sample()):
        if name == "smooth":  # nothing is known of that function, and no program can call it
            continue
        worked = expand(e)
        out.append((f"{name}-{k}", worked, [s for s in symbols if s in worked.free_symbols]))
    return out


def call_of(e: Any, symbols: list[Symbol], language: str) -> Call:
    ev = registry.point()
    code = write(Program((e,), symbols), language)
    given: list[Any] = [int(ev.values[s].item()) if s.has("index") else ev.values[s] for s in symbols]
    labels = [s.label for s in symbols]
    for label in code.symbols:
        if label in ev.sizes:
            given.append(ev.sizes[label])
        elif label not in labels:
            sigma = ops.elementwise(label, registry.x)
            given.append(lambda z, f=sigma: np.asarray(f.numeric(z)))
    return Call(code, given)


def exportable(e: Any, symbols: list[Symbol], language: str) -> Call | None:
    try:
        return call_of(e, symbols, language)
    except NotExportable:
        return None


UNSAID = {
    "sympy": {
        "power",
        "frechet",
        "frechet_matrix",
        "polar_factor",
        "leading_vector",
        "leading_gap",
        "integral",
        "vech",
        "duplication",
    }
    | {"elimination", "structured_derivative", "diagonal_sums", "same_diagonal", "argmax", "argmin"},
}
"""Operators that a language has no words for."""


@pytest.mark.parametrize("language", RUNNERS)
def test_operators_have_their_value(language: str) -> None:
    package, run = RUNNERS[language]
    if find_spec(package) is None:
        needed(package)
    ev, unsaid, seen = registry.point(), set(), set()
    for k, (name, e, symbols) in enumerate(samples()):
        if language == "jax" and (name.split("-")[0] in seen or k % JAX_STRIDE):
            continue
        seen.add(name.split("-")[0])
        if language == "sympy" and name.split("-")[0] in SLOW_IN_SYMPY:
            continue
        call = exportable(e, symbols, language)
        if call is None:
            unsaid.add(name.split("-")[0])
            continue
        assert same(run(call), ev(e)), (name, call.code.code)
    assert unsaid <= UNSAID.get(language, set())


def test_operators_have_their_value_in_matlab() -> None:
    if not runners.has_octave():
        needed("Octave")
    ev = registry.point()
    calls = {name: call_of(e, symbols, "matlab") for name, e, symbols in samples() if "sigma" not in repr(e)}
    values = {name: ev(e) for name, e, _ in samples()}
    for name, got in runners.run_octave(calls).items():
        assert not isinstance(got, str) and same(got, values[name]), (name, got, calls[name].code.code)


def test_operators_are_read_by_the_grammar_of_julia() -> None:
    if find_spec("tree_sitter_julia") is None:
        needed("tree-sitter-julia")
    for name, e, symbols in samples():
        source = call_of(e, symbols, "julia").code.code
        assert runners.julia_errors(source) == [], (name, source)


# ---- the public derivatives, against the numerical oracle


@cache
def public() -> list[tuple[str, Formula, list[tuple[dict[str, Any], Any]]]]:
    """Public derivative cases that have an answer: (id, formula, [(values by name, true derivative)])."""
    out = []
    for line in (HERE.parent / "cases" / "public.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["kind"] != "derivative" or case.get("verdict") == "unsupported":
            continue
        layout = case.get("layout", "denominator")
        given = Given(
            case["latex"],
            case.get("decls", ()),
            case.get("assume", ()),
            case.get("context", ()),
            case.get("preamble", ""),
        )
        context = given.known()
        tree, _ = read(given, context)
        tree = tree.sides[0] if hasattr(tree, "sides") else tree
        found = formula_of(tree, context, "denominator" if layout == "any" else layout)
        ok, _, values = oracle.run_case(case)
        if isinstance(found, Formula) and ok:
            out.append((case["id"], found, [(env, left) for env, left, _, _ in values[:2]]))
    return out


def public_calls(language: str) -> list[tuple[str, Call, Any]]:
    out = []
    for identity, formula, points in public():
        labels = {s.label for s in formula.symbols}
        done = export_formula(formula, Wanted(language))
        assert done.status == "ok" or language == "sympy", (identity, done.message)
        if done.status != "ok":
            continue
        code = write(Program((formula.levels[-1],), formula.symbols), language)
        by_name = {v: k for k, v in code.symbols.items()}
        for env, wanted in points:
            try:
                given = [judge.variable_of(by_name[a], env) for a in code.arguments]
            except KeyError:
                assert labels  # a case whose symbols the oracle calls by other names is judged in tests/cases
                continue
            whole = [
                int(np.asarray(g).item()) if _is_index(formula, by_name[a]) else g
                for a, g in zip(code.arguments, given, strict=True)
            ]
            out.append((identity, Call(code, whole), wanted))
    return out


def _is_index(formula: Formula, label: str) -> bool:
    return any(s.label == label and s.has("index") for s in formula.symbols)


@pytest.mark.parametrize("language", [x for x in RUNNERS if x != "jax"])
def test_public_derivatives_agree_with_differences(language: str) -> None:
    package, run = RUNNERS[language]
    if find_spec(package) is None:
        needed(package)
    calls = public_calls(language)
    assert len({c[0] for c in calls}) >= 40
    for identity, call, wanted in calls:
        if language == "sympy" and ".exp()" in call.code.code:
            continue
        assert same(run(call), wanted, 3e-6), (identity, call.code.code)


def test_public_derivatives_agree_with_automatic_differentiation() -> None:
    """JAX differentiates the exported function; the exported derivative says the same."""
    if find_spec("jax") is None:
        needed("jax")
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    judged = 0
    for identity, formula, points in public()[::JAX_STRIDE]:
        done = export_formula(formula, Wanted("jax", check=True))
        if done.status != "ok" or len(formula.levels) != 2 or "linalg.eig(" in done.code:
            continue  # JAX does not differentiate eigenvectors of matrices that are not symmetric
        space: dict[str, Any] = {"__name__": identity}
        exec(done.code, space)
        table = write(Program((formula.levels[-1],), formula.symbols), "jax").symbols
        try:
            given = [judge.variable_of({v: k for k, v in table.items()}[a], points[0][0]) for a in done.arguments]
        except KeyError:
            continue
        if any(callable(x) for x in given) or any(s.has("index") for s in formula.symbols):
            continue
        arrays = [jnp.asarray(runners.flat(x)) for x in given]
        place = formula.symbols.index(formula.formal.args[1])
        slopes = np.asarray(jax.jacrev(space["value"], argnums=place)(*arrays))
        got = np.asarray(space["derivative"](*arrays))
        assert same(got, laid_out(slopes, formula, arrays[place].ndim), 1e-6), (identity, done.code)
        judged += 1
    assert judged >= 40 // JAX_STRIDE


def laid_out(slopes: Any, formula: Formula, dimensions: int) -> Any:
    """The array of partial derivatives (entries of the value first) in the layout of the formula."""
    f, x, layout = formula.levels[0], formula.formal.args[1], formula.formal.params[0]
    if f.is_scalar:
        return slopes.T if layout == "numerator" and dimensions == 2 else slopes
    if x.is_scalar:
        return slopes
    of_value = slopes.ndim - dimensions
    if of_value == 2:
        slopes = slopes.swapaxes(0, 1)
    if dimensions == 2:
        slopes = slopes.swapaxes(-1, -2)
    jacobian = slopes.reshape(int(np.prod(slopes.shape[:of_value])), -1)
    return jacobian if layout == "numerator" else jacobian.T


def test_public_derivatives_agree_with_differences_in_matlab() -> None:
    if not runners.has_octave():
        needed("Octave")
    calls = {
        f"{c[0]}-{k}": c for k, c in enumerate(public_calls("matlab")) if not any(callable(x) for x in c[1].arguments)
    }
    for name, got in runners.run_octave({k: c[1] for k, c in calls.items()}).items():
        assert not isinstance(got, str) and same(got, calls[name][2], 3e-6), (name, got, calls[name][1].code.code)


def test_gradient_checks_of_public_derivatives_run_and_pass() -> None:
    for identity, formula, _ in public():
        if not formula.checkable:
            continue
        done = export_formula(formula, Wanted("numpy", check=True))
        space: dict[str, Any] = {"__name__": identity}
        exec(done.code, space)
        assert space["check_derivative"]() < 1e-4, (identity, done.code)


def test_gradient_checks_run_and_pass_in_matlab() -> None:
    if not runners.has_octave():
        needed("Octave")
    calls = {}
    for identity, formula, _ in public()[::3]:
        if formula.checkable:
            done = export_formula(formula, Wanted("matlab", check=True))
            calls[identity] = Call(Code(done.code, "check_derivative", (), {}, "matlab"), ())
    for identity, got in runners.run_octave(calls).items():
        assert not isinstance(got, str) and got.item() < 1e-4, (identity, got)


def test_every_kernel_is_said_in_every_language_or_in_none_of_a_kind() -> None:
    """A kernel without a form in a language is a choice: only SymPy lacks some, and Cholesky factors some languages."""
    from nablatex.codegen.graph import kernels

    for kernel, spelling in kernels().items():
        missing = set(LANGUAGES) - set(spelling)
        assert missing <= {"sympy"} or kernel.startswith("cholesky"), (kernel, missing)
