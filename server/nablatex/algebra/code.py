"""NumPy source of an expression: a complete function with generated identifiers, never text of a document.

Arguments may be vectors of length n or n×1 arrays, scalars as numbers or 1×1 arrays; the result is a
two-dimensional array of the expression's shape.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nablatex.algebra import code_helpers
from nablatex.algebra.atoms import Number, Symbol
from nablatex.algebra.dims import ONE, Dim
from nablatex.algebra.elementwise import FUNCTIONS
from nablatex.algebra.expr import Expr


class NotExportable(ValueError):
    """An operator that has no NumPy form."""


@dataclass(frozen=True, slots=True)
class Code:
    """code: source of the function; arguments in order; symbols: the author's label → argument."""

    code: str
    function: str
    arguments: tuple[str, ...]
    symbols: Mapping[str, str]


RESERVED = frozenset((*keyword.kwlist, *dir(builtins), "np", "derivative", "t"))


def identifier(label: str, taken: set[str]) -> str:
    """A Python name for a LaTeX label, such as ``A`` for ``\\mathbf{A}`` and ``lam`` for ``\\lambda``."""
    text = re.sub(
        r"\\(?:mathbf|bm|boldsymbol|textbf|mathrm|mathsf|mathcal|mathbb|hat|bar|tilde|vec|text|operatorname|pmb)(?![A-Za-z])",
        "",
        label,
    )
    text = text.replace("\\Delta ", "d").replace("\\Delta", "Delta").replace("\\lambda", "lam")
    text = re.sub(r"[^A-Za-z0-9_]", "", text) or "x"
    if text[0].isdigit():
        text = "one" if text == "1" else "x" + text
    while text in RESERVED:
        text += "_"
    name, k = text, 2
    while name in taken:
        name, k = f"{text}{k}", k + 1
    taken.add(name)
    return name


def numpy_function(e: Expr, symbols: Sequence[Symbol], name: str = "derivative") -> Code:
    """The function of these symbols (in order) that computes e.  NotExportable where an operator has no NumPy form."""
    writer = _Writer(symbols)
    result = writer.value(e)
    body = ["import numpy as np", ""]
    functions = writer.functions
    arguments = [*writer.names.values(), *functions.values(), *writer.extra.values()]
    body.append(f"def {name}({', '.join(arguments)}):")
    for s, n in writer.names.items():
        kind = "column" if s.shape[1] == ONE else "matrix"
        reshape = ".reshape(-1, 1)" if kind == "column" else ""
        convert = f"np.asarray({n}, dtype=float)" + (reshape if s.shape[1] == ONE else "")
        if s.shape[0] == ONE and s.shape[1] != ONE:
            convert = f"np.asarray({n}, dtype=float).reshape(1, -1)"
        if s.has("family") and s.shape[1] != ONE:
            convert = f"np.asarray({n}, dtype=float).reshape(-1, np.shape({n})[-1])"
        body.append(f"    {n} = {convert}")
    body.extend(f"    {line}" for line in writer.size_lines)
    body.extend(f"    {line}" for line in writer.lines)
    body.append(f"    return np.atleast_2d({result})")
    helpers = [f"\n{h}" for h in code_helpers.helpers_for("\n".join(body))]
    body[1:1] = helpers
    table = {s.label: n for s, n in writer.names.items()}
    for (label, order), n in functions.items():
        table[label + "'" * order] = n
    table |= writer.extra
    return Code("\n".join(body) + "\n", name, tuple(arguments), table)


class _Writer:
    """Lines of the function's body; every shared operation is computed once."""

    def __init__(self, symbols: Sequence[Symbol]) -> None:
        self.taken: set[str] = set()
        self.names: dict[Symbol, str] = {s: identifier(s.label, self.taken) for s in symbols}
        self.functions: dict[tuple[str, int], str] = {}
        self.lines: list[str] = []
        self.size_lines: list[str] = []
        self.sizes: dict[str, str] = {}
        self.extra: dict[str, str] = {}
        """Sizes that no argument shows: arguments of their own."""
        self.memo: dict[Expr, str] = {}
        self.bound: dict[Expr, str] = {}
        for s, n in self.names.items():
            for axis, d in enumerate(s.shape):
                letter = d.letter
                if letter is not None and letter not in self.sizes:
                    self.sizes[letter] = self.fresh(f"size_{re.sub('[^A-Za-z0-9]', '', letter)}")
                    self.size_lines.append(f"{self.sizes[letter]} = {n}.shape[{axis}]")
        for s, n in self.names.items():
            for axis, d in enumerate(s.shape):
                self.divide(n, axis, d)

    def divide(self, name: str, axis: int, d: Dim) -> None:
        """The one unknown letter of a size such as N n, from the others."""
        if len(d.terms) != 1 or d.terms[0][1] != 1:
            return
        unknown = [x for x in d.terms[0][0] if x not in self.sizes]
        if len(unknown) == 1:
            known = " // ".join([f"{name}.shape[{axis}]", *[self.sizes[x] for x in d.terms[0][0] if x in self.sizes]])
            self.sizes[unknown[0]] = self.fresh(f"size_{re.sub('[^A-Za-z0-9]', '', unknown[0])}")
            self.size_lines.append(f"{self.sizes[unknown[0]]} = {known}")

    def fresh(self, stem: str) -> str:
        name, k = stem, 1
        while name in self.taken:
            name, k = f"{stem}{k}", k + 1
        self.taken.add(name)
        return name

    def dim(self, d: Dim) -> str:
        parts = []
        for monomial, k in d.terms:
            for x in monomial:
                if x not in self.sizes:
                    self.sizes[x] = self.extra[x] = identifier(x, self.taken)
            parts.append(
                " * ".join([*([str(k)] if k != 1 or not monomial else []), *[self.sizes[x] for x in monomial]])
            )
        return "(" + " + ".join(parts) + ")" if len(parts) > 1 else parts[0] if parts else "0"

    def value(self, e: Expr) -> str:
        """A Python expression for e: a name for what is computed, atoms inline."""
        found = self.memo.get(e)
        if found is not None:
            return found
        text = self.write(e)
        if e.args and not self.bound:
            name = self.fresh(f"t{len(self.lines) + 1}")
            self.lines.append(f"{name} = {text}")
            text = name
        if not self.bound:
            self.memo[e] = text
        elif e.args:
            text = f"({text})"
        return text

    def write(self, e: Expr) -> str:
        if isinstance(e, Symbol):
            if e in self.bound:
                return self.bound[e]
            if e not in self.names:
                raise NotExportable(f"no argument for {e.label}")
            return self.names[e]
        if isinstance(e, Number):
            v = e.value
            return (
                f"np.array([[{v.numerator}.0]])"
                if v.denominator == 1
                else f"np.array([[{v.numerator} / {v.denominator}]])"
            )
        writer = getattr(self, "write_" + e.name, None)
        if writer is not None:
            return str(writer(e))
        if e.numpy and not e.binds:
            text = e.numpy.format(*[self.value(a) for a in e.args])
            return f"np.reshape({text}, (1, 1))" if e.is_scalar else text
        raise NotExportable(f"{e.name} has no NumPy form")

    def write_constant(self, e: Expr) -> str:
        return "np.array([[np.pi]])" if e.params[0] == "\\pi" else "np.array([[np.e]])"

    def write_size(self, e: Expr) -> str:
        return f"np.array([[float({self.dim(e.params[0])})]])"

    def write_identity(self, e: Expr) -> str:
        return f"np.eye({self.dim(e.shape[0])})"

    def write_zero(self, e: Expr) -> str:
        return f"np.zeros(({self.dim(e.shape[0])}, {self.dim(e.shape[1])}))"

    def write_ones(self, e: Expr) -> str:
        return f"np.ones(({self.dim(e.shape[0])}, {self.dim(e.shape[1])}))"

    def write_unit(self, e: Expr) -> str:
        return f"np.eye({self.dim(e.params[0])})[:, [int(round(float({self.value(e.args[0])}.item()))) - 1]]"

    def write_commutation(self, e: Expr) -> str:
        m, n = (self.dim(d) for d in e.params)
        return f"np.eye({m} * {n}).reshape({n}, {m}, {m} * {n}).transpose(1, 0, 2).reshape({m} * {n}, {m} * {n})"

    def write_diag_selection(self, e: Expr) -> str:
        n = self.dim(e.params[0])
        return f"np.eye({n} * {n})[:: {n} + 1]"

    def write_selection(self, e: Expr) -> str:
        first, k, n = (self.dim(d) for d in e.params)
        return f"np.eye({n})[{first} : {first} + {k}]"

    def write_submatrix(self, e: Expr) -> str:
        r, p, c, q = (self.dim(d) for d in e.params)
        return f"{self.value(e.args[0])}[{r} : {r} + {p}, {c} : {c} + {q}]"

    def write_pad(self, e: Expr) -> str:
        r, m, c, n = (self.dim(d) for d in e.params)
        x, (p, q) = self.value(e.args[0]), (self.dim(d) for d in e.args[0].shape)
        return f"np.pad({x}, (({r}, {m} - {r} - {p}), ({c}, {n} - {c} - {q})))"

    def write_delta(self, e: Expr) -> str:
        i, j = (self.value(a) for a in e.args)
        return f"(np.round({i}) == np.round({j})).astype(float)"

    def write_member(self, e: Expr) -> str:
        stack, i = (self.value(a) for a in e.args)
        p = self.dim(e.params[0])
        return f"{stack}[(int(round(float({i}.item()))) - 1) * {p} :][:{p}]"

    def write_add(self, e: Expr) -> str:
        return " + ".join(self.value(a) for a in e.args)

    def write_mul(self, e: Any) -> str:
        scalars, chain = e.parts()
        factors = [self.value(s) for s in scalars]
        if chain:
            values = [self.value(c) for c in chain]
            product = " @ ".join(values)
            if len(values) > 2 and chain[-1].shape[1] == ONE:  # a vector at the right end: associate to it
                product = values[-1]
                for v in reversed(values[:-1]):
                    product = f"({v} @ {product})"
            factors.append(f"({product})" if factors else product)
        return " * ".join(factors)

    def write_transpose(self, e: Expr) -> str:
        return f"{self.value(e.args[0])}.T"

    def write_inverse(self, e: Expr) -> str:
        return f"np.linalg.inv({self.value(e.args[0])})"

    def write_power(self, e: Expr) -> str:
        base, k = e.args
        if base.is_scalar:
            return f"{self.value(base)} ** {self.exponent(k)}"
        if isinstance(k, Number) and k.value.denominator == 1:
            return f"np.linalg.matrix_power({self.value(base)}, {k.value})"
        if isinstance(k, Number):
            return code_helpers.matrix_function(("power", k.value), self.value(base))
        return f"np.linalg.matrix_power({self.value(base)}, int(round(float({self.value(k)}.item()))))"

    def exponent(self, k: Expr) -> str:
        if isinstance(k, Number):
            return (
                f"({k.value.numerator})"
                if k.value.denominator == 1
                else f"({k.value.numerator} / {k.value.denominator})"
            )
        return self.value(k)

    def write_matrix_function(self, e: Expr) -> str:
        return code_helpers.matrix_function(e.params, self.value(e.args[0]))

    def write_frechet(self, e: Expr) -> str:
        return code_helpers.frechet(e.params, self.value(e.args[0]), self.value(e.args[1]))

    def write_frechet_matrix(self, e: Expr) -> str:
        x = self.value(e.args[0])
        return f"_matrix_of(lambda e: {code_helpers.frechet(e.params, x, 'e')}, len({x}))"

    def write_hadamard(self, e: Expr) -> str:
        return " * ".join(self.value(a) for a in e.args)

    def write_hadamard_power(self, e: Expr) -> str:
        return f"{self.value(e.args[0])} ** {self.exponent(e.args[1])}"

    def write_elementwise(self, e: Expr) -> str:
        name, order = e.params
        f = FUNCTIONS.get(name) if not order else None
        x = self.value(e.args[0])
        if f is not None:
            return f.numpy.format(x)
        key = (name, order)
        if key not in self.functions:
            stem = identifier(name, set()) + ("_" + "p" * order if order else "")
            self.functions[key] = self.fresh(stem)
        return f"np.asarray({self.functions[key]}({x}))"

    def write_diag(self, e: Expr) -> str:
        return f"np.diagflat({self.value(e.args[0])})"

    def write_diag_part(self, e: Expr) -> str:
        return f"np.diag({self.value(e.args[0])}).reshape(-1, 1)"

    def write_unvec(self, e: Expr) -> str:
        return f"np.reshape({self.value(e.args[0])}, ({self.dim(e.params[0])}, {self.dim(e.params[1])}), order='F')"

    def write_entry(self, e: Expr) -> str:
        x, i, j = (self.value(a) for a in e.args)
        row, col = f"int(round(float({i}.item()))) - 1", f"int(round(float({j}.item()))) - 1"
        return f"np.reshape({x}[{row}, {col}], (1, 1))"

    def write_blocks(self, e: Expr) -> str:
        rows, cols = e.params
        cells = [self.value(a) for a in e.args]
        lines = ", ".join("[" + ", ".join(cells[r * cols : (r + 1) * cols]) + "]" for r in range(rows))
        return f"np.block([{lines}])"

    def write_adjugate(self, e: Expr) -> str:
        x = self.value(e.args[0])
        return f"np.linalg.det({x}) * np.linalg.inv({x})"

    def write_index_sum(self, e: Expr) -> str:
        body, lower, upper = e.args
        lo, hi = self.value(lower), self.value(upper)
        name = self.fresh("k")
        self.bound[e.params[0]] = f"np.array([[float({name})]])"
        text = self.value(body)
        del self.bound[e.params[0]]
        span = f"range(int(round(float({lo}.item()))), int(round(float({hi}.item()))) + 1)"
        return f"sum(({text} for {name} in {span}), 0.0 * np.ones((1, 1)))"
