"""What a language's programs look like around their formulas: statements, functions, numbers, sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Language:
    """name: the key of templates; title: for people; extension: of a file; first: lines at the top of a file;
    first_index: what the first entry counts as; size: of an array's axis 0 or 1; loop: the lines before and after
    its body; comment: how a line of comment starts.
    """

    name: str
    title: str
    extension: str
    first: tuple[str, ...]
    first_index: int
    comment: str
    end: str
    assign: str
    reserved: frozenset[str]

    def size(self, array: str, axis: int) -> str:
        if self.name in ("julia", "matlab"):
            return f"size({array}, {axis + 1})"
        return f"{array}.shape[{axis}]"

    def quotient(self, whole: str, parts: Sequence[str]) -> str:
        """whole over the product of the parts, which divides it."""
        sign = {"julia": "÷", "matlab": "/"}.get(self.name, "//")
        return f" {sign} ".join([whole, *parts])

    def number(self, v: Fraction) -> tuple[str, int]:
        """A rational number and how tight it binds (levels of `algebra.spelling`)."""
        if v.denominator == 1:
            text, level = str(v.numerator), 5
        elif self.name == "sympy":
            return f"sympy.Rational({v.numerator}, {v.denominator})", 5
        elif 10**6 % v.denominator == 0:
            text, level = repr(v.numerator / v.denominator), 5
        else:
            text, level = f"{v.numerator} / {v.denominator}", 2
        return text, min(level, 3) if v < 0 else level

    def loop(
        self, total: str, step: tuple[str, str], index: str, lower: str, upper: str, body: Callable[[], list[str]]
    ) -> list[str]:
        """total = sum of the body over index = lower .. upper; body's last line is the term.

        step: the operation, + or *, and the value of an empty sum or product.
        """
        op, empty = step
        *lines, term = body()
        if self.name == "julia":
            head, tail = f"for {index} in {lower}:{upper}", ["end"]
        elif self.name == "matlab":
            head, tail = f"for {index} = {lower}:{upper}", ["end"]
        else:
            stop = str(int(upper) + 1) if upper.isdigit() else f"{upper} + 1"
            head, tail = f"for {index} in range({lower}, {stop}):", []
        dot = "." if self.name == "julia" else ""
        again = self.assign.format(total, f"{total} {dot}{op} {term}")
        return [self.assign.format(total, empty), head, *[f"    {x}" for x in [*lines, again]], *tail]

    def function(
        self, name: str, arguments: Sequence[str], results: Sequence[str], help_lines: Sequence[str], body: list[str]
    ) -> list[str]:
        """A function: its help, its lines, and what it returns (name, expression)."""
        given = ", ".join(arguments)
        if self.name == "matlab":
            outs = [f"result{k + 1}" if len(results) > 1 else "result" for k in range(len(results))]
            left = outs[0] if len(outs) == 1 else f"[{', '.join(outs)}]"
            last = [f"{o} = {r};" for o, r in zip(outs, results, strict=True)]
            head = [f"function {left} = {name}({given})", *[f"    % {x}".rstrip() for x in help_lines]]
            return [*head, *[f"    {x}" for x in [*body, *last]], "end"]
        last_line = f"return {', '.join(results)}"
        if self.name == "julia":
            doc = ['@doc raw"""', f"    {name}({given})", "", *help_lines, '"""'] if help_lines else []
            return [*doc, f"function {name}({given})", *[f"    {x}" for x in [*body, last_line]], "end"]
        doc = _docstring(help_lines)
        return [f"def {name}({given}):", *[f"    {x}".rstrip() for x in [*doc, *body, last_line]]]


def _docstring(lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    mark = 'r"""' if any("\\" in x for x in lines) else '"""'
    return [mark + lines[0] + '"""'] if len(lines) == 1 else [mark + lines[0], *lines[1:], '"""']


CHECK_WORDS = frozenset(
    "point seed rng draw whole unvec start step slopes entry ends sign direction unit moved rows columns jacobian "
    "wanted got scale difference check_derivative result varargin".split()
)
"""What gradient checks call their own: no argument may be called so."""
PYTHON_WORDS = CHECK_WORDS | frozenset(
    "False None True and as assert async await break class continue def del elif else except finally for from global "
    "if import in is lambda nonlocal not or pass raise return try while with abs all any bin bool chr dict dir eval "
    "exec float format hash help hex id input int iter len list map max min next object oct open ord pow print range "
    "repr round set slice sorted str sum tuple type vars zip np jnp jax torch sympy value derivative".split()
)
JULIA_WORDS = CHECK_WORDS | frozenset(
    "begin baremodule break catch const continue do else elseif end export false finally for function global if "
    "import in isa let local macro module quote return struct true try using while where mutable abstract type pi im "
    "I sum vec inv det tr dot norm kron exp log sin cos tan abs sign max min sqrt size zeros ones diag diagm reshape "
    "hcat vcat cholesky svd pinv value derivative Matrix Symmetric map f".split()
)
MATLAB_WORDS = CHECK_WORDS | frozenset(
    "break case catch classdef continue else elseif end for function global if otherwise parfor persistent return "
    "spmd switch try while pi i j e eps inf nan ans sum inv det trace norm kron exp log sin cos tan abs sign max min "
    "sqrt size zeros ones eye diag reshape chol lu svd pinv expm double full sparse value derivative result "
    "gamma beta gradient length numel rank null".split()
)

LANGUAGES: dict[str, Language] = {
    x.name: x
    for x in (
        Language("numpy", "NumPy", "py", ("import numpy as np",), 0, "#", "", "{} = {}", PYTHON_WORDS),
        Language("jax", "JAX", "py", ("import jax", "import jax.numpy as jnp"), 0, "#", "", "{} = {}", PYTHON_WORDS),
        Language("torch", "PyTorch", "py", ("import torch",), 0, "#", "", "{} = {}", PYTHON_WORDS),
        Language("julia", "Julia", "jl", ("using LinearAlgebra",), 1, "#", "", "{} = {}", JULIA_WORDS),
        Language("matlab", "MATLAB", "m", (), 1, "%", ";", "{} = {};", MATLAB_WORDS),
        Language("sympy", "SymPy", "py", ("import sympy",), 0, "#", "", "{} = {}", PYTHON_WORDS),
    )
}
