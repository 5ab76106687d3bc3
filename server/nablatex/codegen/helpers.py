"""Functions that programs call where a language has none: matrix functions, softmax, singular vectors."""

from __future__ import annotations

import re
from typing import Any

PYTHON = {
    "_expm": '''
def _expm(a):
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
''',
    "_expm_frechet": '''
def _expm_frechet(a, e):
    """The differential of e^A in the direction E: a corner of e^{[A E; 0 A]}."""
    n = len(a)
    return _expm(np.vstack([np.hstack([a, e]), np.hstack([np.zeros_like(a), a])]))[:n, n:]
''',
    "_spectral": '''
def _spectral(f, a):
    """f(A) by eigenvectors, for a diagonalisable A."""
    w, v = np.linalg.eig(a)
    return ((v * f(w + 0j)) @ np.linalg.inv(v)).real
''',
    "_spectral_frechet": '''
def _spectral_frechet(f, df, a, e):
    """The differential of f(A) in the direction E, by divided differences, for a diagonalisable A."""
    w, v = np.linalg.eig(a)
    w, v = w + 0j, v + 0j
    gap = w[:, None] - w[None, :]
    close = np.abs(gap) < 1e-6 * np.abs(w).max()
    slopes = df((w[:, None] + w[None, :]) / 2)
    divided = np.where(close, slopes, (f(w)[:, None] - f(w)[None, :]) / np.where(close, 1, gap))
    back = np.linalg.inv(v)
    return (v @ (divided * (back @ (e + 0j) @ v)) @ back).real
''',
    "_matrix_of": '''
def _matrix_of(linear, n):
    """The matrix of a linear map of n x n matrices, by vec."""
    eye = np.eye(n * n)
    return np.stack([linear(eye[k].reshape(n, n).T).T.reshape(-1) for k in range(n * n)], axis=1)
''',
    "_softmax": """
def _softmax(x):
    z = np.exp(x - np.max(x))
    return z / np.sum(z)
""",
    "_logsumexp": """
def _logsumexp(x):
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))
""",
    "_softmax_rows": """
def _softmax_rows(x):
    z = np.exp(x - np.max(x, axis=1, keepdims=True))
    return z / np.sum(z, axis=1, keepdims=True)
""",
    "_logsumexp_rows": """
def _logsumexp_rows(x):
    top = np.max(x, axis=1)
    return top + np.log(np.sum(np.exp(x - top[:, None]), axis=1))
""",
    "_gauss": '''
def _gauss(n):
    """Nodes and weights of Gauss and Legendre, by Golub and Welsch."""
    k = np.arange(1, n)
    b = k / np.sqrt(4.0 * k * k - 1.0)
    x, v = np.linalg.eigh(np.diag(b, 1) + np.diag(b, -1))
    return np.stack([x, 2.0 * v[0] ** 2])
''',
}

TORCH = {
    "_gauss": PYTHON["_gauss"].replace("np.arange(1, n)", "torch.arange(1, n, dtype=torch.float64)"),
    "_expm_frechet": PYTHON["_expm_frechet"].replace("_expm(", "torch.linalg.matrix_exp("),
    "_matrix_of": PYTHON["_matrix_of"].replace("np.eye(n * n)", "torch.eye(n * n, dtype=torch.float64)"),
}

SYMPY = {
    "_softmax": """
def _softmax(x):
    z = x.applyfunc(sympy.exp)
    return z / sum(z)
""",
    "_pad": """
def _pad(x, r, m, c, n):
    out = sympy.zeros(m, n)
    out[r : r + x.rows, c : c + x.cols] = x
    return out
""",
}

JULIA = {
    "expm_frechet_": """
# The differential of e^A in the direction E: a corner of e^{[A E; 0 A]}.
expm_frechet_(a, e) = exp([a e; zero(a) a])[1:size(a, 1), (size(a, 1) + 1):end]
""",
    "spectral_": """
# f(A) by eigenvectors, for a diagonalisable A.
function spectral_(f, a)
    w, v = eigen(a)
    return real(v * Diagonal(f.(complex(w))) / v)
end
""",
    "spectral_frechet_": """
# The differential of f(A) in the direction E, by divided differences, for a diagonalisable A.
function spectral_frechet_(f, df, a, e)
    w, v = eigen(a)
    w = complex(w)
    near = 1e-6 * maximum(abs, w)
    divided = [abs(x - y) < near ? df((x + y) / 2) : (f(x) - f(y)) / (x - y) for x in w, y in w]
    return real(v * (divided .* (v \\ e * v)) / v)
end
""",
    "matrix_of_": """
# The matrix of a linear map of n x n matrices, by vec.
function matrix_of_(linear, n)
    units = Matrix(1.0I, n^2, n^2)
    return reduce(hcat, [vec(linear(reshape(units[:, k], n, n))) for k in 1:(n^2)])
end
""",
    "softmax_": """
softmax_(x) = (z = exp.(x .- maximum(x)); z / sum(z))
""",
    "logsumexp_": """
logsumexp_(x) = (top = maximum(x); top + log(sum(exp.(x .- top))))
""",
    "softmax_rows_": """
softmax_rows_(x) = (z = exp.(x .- maximum(x; dims=2)); z ./ sum(z; dims=2))
""",
    "logsumexp_rows_": """
logsumexp_rows_(x) = (top = maximum(x; dims=2); vec(top .+ log.(sum(exp.(x .- top); dims=2))))
""",
    "gauss_": """
# Nodes and weights of Gauss and Legendre, by Golub and Welsch.
function gauss_(n)
    b = [k / sqrt(4 * k^2 - 1) for k in 1:(n - 1)]
    x, v = eigen(SymTridiagonal(zeros(n), b))
    return vcat(transpose(x), transpose(2 .* v[1, :] .^ 2))
end
""",
    "pad_": """
function pad_(x, r, m, c, n)
    out = zeros(eltype(x), m, n)
    out[(r + 1):(r + size(x, 1)), (c + 1):(c + size(x, 2))] = x
    return out
end
""",
}

MATLAB = {
    "expm_frechet_": """
function out = expm_frechet_(a, e)
    % The differential of e^A in the direction E: a corner of e^{[A E; 0 A]}.
    n = size(a, 1);
    whole = expm([a, e; zeros(n), a]);
    out = whole(1:n, n + 1:end);
end
""",
    "spectral_": """
function out = spectral_(f, a)
    % f(A) by eigenvectors, for a diagonalisable A.
    [v, w] = eig(a);
    out = real(v * diag(f(complex(diag(w)))) / v);
end
""",
    "spectral_frechet_": """
function out = spectral_frechet_(f, df, a, e)
    % The differential of f(A) in the direction E, by divided differences, for a diagonalisable A.
    [v, w] = eig(a);
    w = complex(diag(w));
    gap = w - w.';
    near = abs(gap) < 1e-6 * max(abs(w));
    slopes = df((w + w.') / 2);
    divided = (f(w) - f(w).') ./ (gap + near);
    divided(near) = slopes(near);
    out = real(v * (divided .* (v \\ e * v)) / v);
end
""",
    "matrix_of_": """
function out = matrix_of_(linear, n)
    % The matrix of a linear map of n-by-n matrices, by vec.
    out = zeros(n^2);
    for k = 1:n^2
        unit = zeros(n);
        unit(k) = 1;
        out(:, k) = reshape(linear(unit), [], 1);
    end
end
""",
    "softmax_": """
function out = softmax_(x)
    z = exp(x - max(x));
    out = z / sum(z);
end
""",
    "logsumexp_": """
function out = logsumexp_(x)
    top = max(x);
    out = top + log(sum(exp(x - top)));
end
""",
    "softmax_rows_": """
function out = softmax_rows_(x)
    z = exp(x - max(x, [], 2));
    out = z ./ sum(z, 2);
end
""",
    "logsumexp_rows_": """
function out = logsumexp_rows_(x)
    top = max(x, [], 2);
    out = top + log(sum(exp(x - top), 2));
end
""",
    "gauss_": """
function out = gauss_(n)
    % Nodes and weights of Gauss and Legendre, by Golub and Welsch.
    k = 1:n - 1;
    b = k ./ sqrt(4 * k.^2 - 1);
    [v, x] = eig(diag(b, 1) + diag(b, -1));
    [x, order] = sort(diag(x));
    out = [x.'; 2 * v(1, order).^2];
end
""",
    "pad_": """
function out = pad_(x, r, m, c, n)
    out = zeros(m, n);
    out(r + 1:r + size(x, 1), c + 1:c + size(x, 2)) = x;
end
""",
    "polar_factor_": """
function out = polar_factor_(x)
    [u, ~, v] = svd(x, 'econ');
    out = u * v';
end
""",
    "leading_vector_": """
function out = leading_vector_(x, side)
    [u, ~, v] = svd(x, 'econ');
    if side == 1
        out = u(:, 1);
    else
        out = v(:, 1);
    end
end
""",
}

HELPERS: dict[str, dict[str, str]] = {
    "numpy": PYTHON,
    "jax": {k: v.replace("np.", "jnp.") for k, v in PYTHON.items()},
    "torch": {k: v.replace("np.", "torch.") for k, v in (PYTHON | TORCH).items()},
    "julia": JULIA,
    "matlab": MATLAB,
    "sympy": SYMPY,
}


def helpers_for(language: str, body: str) -> list[str]:
    """The sources of the helpers that this text calls, callees first."""
    table = HELPERS[language]
    needed: dict[str, None] = {}

    def need(text: str) -> None:
        for name in re.findall(r"\b_?[a-z_]+(?=\()", text):
            if name in table and name not in needed:
                source = table[name]
                need(source.replace(f"{name}(", "", 1) if f"def {name}(" in source else "")
                needed[name] = None

    need(body)
    return [table[name].strip("\n") for name in needed]


def function_fields(language: str, function: tuple[Any, ...]) -> dict[str, str]:
    """f and f' of a matrix function (log, or a power) as functions of a number or of an array of numbers."""
    log = function[0] == "log"
    p, q = (0, 1) if log else (function[1].numerator, function[1].denominator)
    if language == "julia":
        return (
            {"f": "log", "df": "inv"}
            if log
            else {"f": f"z -> z^({p} / {q})", "df": f"z -> {p} / {q} * z^({p - q} / {q})"}
        )
    if language == "matlab":
        if log:
            return {"f": "@log", "df": "@(z) 1 ./ z"}
        return {"f": f"@(z) z.^({p} / {q})", "df": f"@(z) {p} / {q} * z.^({p - q} / {q})"}
    module = {"numpy": "np", "jax": "jnp", "torch": "torch"}.get(language, "sympy")
    if log:
        return {"f": f"{module}.log", "df": "lambda z: 1 / z"}
    return {"f": f"lambda z: z**({p} / {q})", "df": f"lambda z: {p} / {q} * z**({p - q} / {q})"}
