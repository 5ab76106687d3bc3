"""How operators are written in programming languages: plain data that stands on the operators' classes.

A *kernel* is one operation that every language has (a product of a matrix and a vector, a linear solve).  Most
operators are one kernel; a product is many.  A template is text with fields:

* ``{0}`` an argument where anything may stand, ``{0:2}`` an argument that binds at least as tight as level 2, so that
  parentheses are put where they are needed; ``{0:i}`` an index, counted as the language counts (arguments count from 1);
* ``{rows}``, ``{cols}`` the sizes of the result, ``{r0}``, ``{c1}`` rows and columns of an argument, ``{p0}`` a parameter;
* a leading ``2|`` says how tight the whole binds; without it the text is atomic.

Levels: 1 sums, 2 products, 3 signs, 4 powers, 5 atoms.
"""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("numpy", "jax", "torch", "julia", "matlab", "sympy")
MODULES = {"numpy": "np.", "jax": "jnp.", "torch": "torch."}

Spelling = Mapping[str, str]
"""A kernel's template by language; a language that is not there cannot say it."""

Kernels = Mapping[str, Spelling]


def spelled(
    python: str = "",
    *,
    every: str = "",
    julia: str = "",
    matlab: str = "",
    sympy: str = "",
    numpy: str = "",
    jax: str = "",
    torch: str = "",
) -> Spelling:
    """Templates by language.  `python` serves NumPy, JAX and PyTorch, its ``np.`` standing for each one's module;
    `every` serves all languages.
    """
    own = {"numpy": numpy, "jax": jax, "torch": torch, "julia": julia, "matlab": matlab, "sympy": sympy}
    out: dict[str, str] = {}
    for language, text in own.items():
        if not text and language in MODULES:
            text = python.replace("np.", MODULES[language])
        if text or every:
            out[language] = text or every
    return out
