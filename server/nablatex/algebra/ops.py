"""All constructors of the algebra in one name space: ``from nablatex.algebra import ops``."""

from __future__ import annotations

from nablatex.algebra.arrangements import logsumexp_of, softmax_of
from nablatex.algebra.atoms import Constant, Size
from nablatex.algebra.binders import at, derivative, directional, fresh_index, index_sum
from nablatex.algebra.blocks import matrix_literal, pad, submatrix
from nablatex.algebra.build import (
    add,
    identity,
    inverse,
    is_zero,
    mul,
    number,
    ones,
    power,
    scale,
    split_coefficient,
    symbol,
    transpose,
    unit_vector,
    zero,
)
from nablatex.algebra.dims import Dim, dim
from nablatex.algebra.elementwise import FUNCTIONS, elementwise, hadamard, hadamard_power
from nablatex.algebra.expr import REGISTRY, Expr
from nablatex.algebra.extremes import argmax, argmin, index_max, index_min, largest_entry, smallest_entry
from nablatex.algebra.halves import duplication, elimination, vech
from nablatex.algebra.index_products import index_product
from nablatex.algebra.indices import delta, entry, member
from nablatex.algebra.integrals import integral
from nablatex.algebra.khatri_rao import khatri_rao
from nablatex.algebra.matrix_functions import expm, logm, sqrtm
from nablatex.algebra.norms import nuclear_norm, p_norm, spectral_norm
from nablatex.algebra.pinv import pinv
from nablatex.algebra.reductions import Adjugate, Norm1, det, inner, norm, trace
from nablatex.algebra.set_sums import cardinality, related, set_product, set_sum
from nablatex.algebra.smooth import smooth
from nablatex.algebra.softmax import logsumexp, softmax
from nablatex.algebra.structure import (
    commutation,
    diag,
    diag_part,
    kron,
    unvec,
    vec,
)
from nablatex.algebra.structured import structured_derivative
from nablatex.algebra.sylvester import sylvester
from nablatex.algebra.triangles import triangle


def adjugate(x: Expr) -> Expr:
    return number(1) if x.is_scalar else Adjugate((x,))


def norm1(x: Expr) -> Expr:
    return Norm1((x,))


def absolute(x: Expr) -> Expr:
    return elementwise("abs", x)


def size(n: str) -> Expr:
    """A dimension letter as a number in a formula."""
    return Size((), (dim(n),))


def size_of(d: Dim) -> Expr:
    """A dimension as a number in a formula."""
    return number(d.value) if d.value is not None else Size((), (d,))


def constant(name: str) -> Expr:
    r"""``\\pi`` or ``e``."""
    return Constant((), (name,))


__all__ = [
    "FUNCTIONS",
    "REGISTRY",
    "absolute",
    "add",
    "adjugate",
    "argmax",
    "argmin",
    "at",
    "cardinality",
    "commutation",
    "constant",
    "delta",
    "derivative",
    "det",
    "diag",
    "diag_part",
    "dim",
    "directional",
    "duplication",
    "elementwise",
    "elimination",
    "entry",
    "expm",
    "fresh_index",
    "hadamard",
    "hadamard_power",
    "identity",
    "index_max",
    "index_min",
    "index_product",
    "index_sum",
    "inner",
    "integral",
    "inverse",
    "is_zero",
    "khatri_rao",
    "kron",
    "largest_entry",
    "logm",
    "logsumexp",
    "logsumexp_of",
    "matrix_literal",
    "member",
    "mul",
    "norm",
    "norm1",
    "nuclear_norm",
    "number",
    "ones",
    "p_norm",
    "pad",
    "pinv",
    "power",
    "related",
    "scale",
    "set_product",
    "set_sum",
    "size",
    "size_of",
    "smallest_entry",
    "smooth",
    "softmax",
    "softmax_of",
    "spectral_norm",
    "split_coefficient",
    "sqrtm",
    "structured_derivative",
    "submatrix",
    "sylvester",
    "symbol",
    "trace",
    "transpose",
    "triangle",
    "unit_vector",
    "unvec",
    "vec",
    "vech",
    "zero",
]
