"""Runs exported programs: Python dialects in this process, MATLAB code by Octave, Julia code by its grammar alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nablatex.codegen.program import Code

Array = Any


@dataclass(frozen=True)
class Call:
    """A program and what it is given: arrays with two dimensions, whole numbers for indices, functions by name."""

    code: Code
    arguments: Sequence[Any]


def needed(missing: str) -> None:
    """Skips where a tool is not installed; in CI its absence is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{missing} is not installed, and CI must run these tests")
    pytest.skip(f"{missing} is not installed: exported code is NOT run in it here")


def flat(x: Any) -> Any:
    """As a caller of NumPy would hold it: numbers, vectors of one dimension, matrices."""
    if callable(x) or isinstance(x, int):
        return x
    x = np.asarray(x, dtype=float)
    return x.item() if x.size == 1 else x.reshape(-1) if 1 in x.shape else x


def function_of(code: Code) -> Callable[..., Any]:
    space: dict[str, Any] = {}
    exec(code.code, space)
    found: Callable[..., Any] = space[code.function]
    return found


def run_numpy(call: Call) -> Array:
    return function_of(call.code)(*[flat(x) for x in call.arguments])


def run_jax(call: Call) -> Array:
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    given = [x if callable(x) or isinstance(x, int) else jnp.asarray(flat(x)) for x in call.arguments]
    return jax.tree.map(np.asarray, function_of(call.code)(*given))


def run_torch(call: Call) -> Array:
    import torch

    def tensor(x: Any) -> Any:
        if callable(x):
            return lambda z: torch.as_tensor(np.asarray(x(z.numpy())))
        return x if isinstance(x, int) else torch.tensor(flat(x), dtype=torch.float64)

    out = function_of(call.code)(*[tensor(x) for x in call.arguments])
    return tuple(np.asarray(x) for x in out) if isinstance(out, tuple) else np.asarray(out)


def run_sympy(call: Call) -> Array:
    import sympy

    def matrix(x: Any) -> Any:
        if callable(x):
            return lambda z: sympy.Float(float(x(float(z))))
        if isinstance(x, int):
            return x
        x = flat(x)
        return sympy.Float(x) if isinstance(x, float) else sympy.Matrix(x)

    def back(x: Any) -> Array:
        if isinstance(x, sympy.MatrixBase):
            return np.array(x.evalf().tolist(), dtype=complex).real
        return complex(sympy.sympify(x).evalf()).real

    out = function_of(call.code)(*[matrix(x) for x in call.arguments])
    return tuple(back(x) for x in out) if isinstance(out, tuple) else back(out)


def run_octave(calls: Mapping[str, Call]) -> dict[str, Array]:
    """All calls in one process: each file in a folder of its own, so that functions of one name do not meet."""
    out: dict[str, Array] = {}
    with tempfile.TemporaryDirectory() as folder:
        lines = ["warning('off', 'all');"]
        for k, call in enumerate(calls.values()):
            place = Path(folder) / f"case{k}"
            place.mkdir()
            (place / f"{call.code.function}.m").write_text(call.code.code, encoding="utf-8")
            given = ", ".join(_octave_literal(x) for x in call.arguments)
            lines += [
                f"cd '{place}';",
                f"try, r = {call.code.function}({given}); printf('RESULT {k} %d %d', size(r));",
                "printf(' %.17g', real(full(r))); printf('\\n');",
                f"catch e, printf('FAILED {k} %s\\n', strrep(e.message, char(10), ' ')); end",
                f"clear {call.code.function};",
            ]
        script = Path(folder) / "all.m"
        script.write_text("\n".join(lines), encoding="utf-8")
        command = ["octave-cli", "--no-gui", "--no-init-file", "--quiet", str(script)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    names = list(calls)
    for line in done.stdout.splitlines():
        word, k, *rest = line.split(" ")
        if word == "RESULT":
            rows, cols, *values = rest
            out[names[int(k)]] = np.array(values, dtype=float).reshape(int(rows), int(cols), order="F")
        elif word == "FAILED":
            out[names[int(k)]] = " ".join(rest)
    assert len(out) == len(calls), done.stdout[-500:] + done.stderr[-2000:]
    return out


def _octave_literal(x: Any) -> str:
    if callable(x):
        return str(getattr(x, "octave", "@(z) z"))
    x = np.atleast_2d(np.asarray(x, dtype=float))
    if x.shape[0] == 1 and x.size > 1:
        x = x.T
    return "[" + "; ".join(", ".join(repr(float(v)) for v in row) for row in x) + "]"


def has_octave() -> bool:
    return shutil.which("octave-cli") is not None


def julia_errors(source: str) -> list[str]:
    """What Julia's grammar cannot read in a program."""
    import tree_sitter
    import tree_sitter_julia

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_julia.language()))
    tree = parser.parse(source.encode())
    found: list[str] = []
    todo = [tree.root_node]
    while todo:
        node = todo.pop()
        if node.type == "ERROR" or node.is_missing:
            found.append(f"line {node.start_point[0] + 1}: {source.splitlines()[node.start_point[0]]}")
        todo.extend(node.children)
    return found


def same(got: Any, wanted: Array, tolerance: float = 1e-7) -> bool:
    """Equal values, whatever the number of dimensions of vectors and numbers."""
    got, wanted = np.asarray(got, dtype=float), np.asarray(wanted, dtype=float)
    if got.size != wanted.size or (got.ndim == 2 and 1 not in got.shape and got.shape != wanted.shape):
        return False
    scale = max(1.0, float(np.max(np.abs(wanted), initial=0.0)))
    return bool(np.max(np.abs(got.reshape(-1) - wanted.reshape(-1)), initial=0.0) <= tolerance * scale)


def words(source: str) -> str:
    """A program without white space at the ends of lines and without empty lines, to compare."""
    return "\n".join(x.rstrip() for x in re.sub(r"\n\n+", "\n", source).splitlines() if x.strip())
