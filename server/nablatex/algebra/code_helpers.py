"""NumPy source of the functions that exported code calls where NumPy has none: matrix functions and their differentials."""

from __future__ import annotations

import re
from typing import Any

_EXPONENTIAL = '''def _expm(a):
    """e^A by scaling and squaring of the Taylor series."""
    halvings = max(0, int(np.ceil(np.log2(max(np.abs(a).sum(axis=0).max(), 1e-3)))) + 4)
    a = a / 2.0**halvings
    total = term = np.eye(len(a))
    for k in range(1, 15):
        term = term @ a / k
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total
'''

_EXPONENTIAL_DIFFERENTIAL = '''def _expm_frechet(a, e):
    """The differential of e^A in the direction E: a corner of e^{[A E; 0 A]}."""
    n = len(a)
    return _expm(np.block([[a, e], [np.zeros((n, n)), a]]))[:n, n:]
'''

_SPECTRAL = '''def _spectral(f, a):
    """f(A) by eigenvectors, for a diagonalisable A."""
    w, v = np.linalg.eig(a)
    return ((v * f(w.astype(complex))) @ np.linalg.inv(v)).real
'''

_SPECTRAL_DIFFERENTIAL = '''def _spectral_frechet(f, df, a, e):
    """The differential of f(A) in the direction E, by divided differences, for a diagonalisable A."""
    w, v = np.linalg.eig(a)
    w = w.astype(complex)
    gap = w[:, None] - w[None, :]
    close = np.abs(gap) < 1e-6 * np.abs(w).max()
    slopes = df((w[:, None] + w[None, :]) / 2)
    divided = np.where(close, slopes, (f(w)[:, None] - f(w)[None, :]) / np.where(close, 1, gap))
    return (v @ (divided * (np.linalg.inv(v) @ e @ v)) @ np.linalg.inv(v)).real
'''

_COLUMNS = '''def _matrix_of(linear, n):
    """The matrix of a linear map of n×n matrices, by vec."""
    eye = np.eye(n * n)
    return np.column_stack([linear(eye[k].reshape(n, n, order="F")).reshape(-1, order="F") for k in range(n * n)])
'''

HELPERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "_expm": (_EXPONENTIAL, ()),
    "_expm_frechet": (_EXPONENTIAL_DIFFERENTIAL, ("_expm",)),
    "_spectral": (_SPECTRAL, ()),
    "_spectral_frechet": (_SPECTRAL_DIFFERENTIAL, ()),
    "_matrix_of": (_COLUMNS, ()),
}
"""By name: source, and the helpers that it calls."""


def helpers_for(body: str) -> list[str]:
    """The sources of the helpers that this code calls, callees first."""
    needed: dict[str, None] = {}
    for name in re.findall(r"\b_[a-z_]+(?=\()", body):
        if name in HELPERS:
            for callee in HELPERS[name][1]:
                needed[callee] = None
            needed[name] = None
    return [HELPERS[name][0] for name in needed]


def spectral_pair(function: tuple[Any, ...]) -> tuple[str, str]:
    """f and f' of a matrix function as lambdas."""
    if function[0] == "log":
        return "np.log", "lambda z: 1 / z"
    k = function[1]
    p, q = k.numerator, k.denominator
    return f"lambda z: z ** ({p} / {q})", f"lambda z: {p} / {q} * z ** ({p - q} / {q})"


def matrix_function(function: tuple[Any, ...], x: str) -> str:
    return f"_expm({x})" if function[0] == "exp" else f"_spectral({spectral_pair(function)[0]}, {x})"


def frechet(function: tuple[Any, ...], x: str, e: str) -> str:
    if function[0] == "exp":
        return f"_expm_frechet({x}, {e})"
    f, df = spectral_pair(function)
    return f"_spectral_frechet({f}, {df}, {x}, {e})"
