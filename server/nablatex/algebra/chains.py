"""Named rules for neighbours in a matrix product: what two factors side by side are together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from nablatex.algebra.atoms import Commutation, Ones, Size, Symbol, UnitVector
from nablatex.algebra.build import add, identity, mul, number, ones, power, transpose
from nablatex.algebra.core import Add, Inverse, Mul, Power, Transpose
from nablatex.algebra.dims import ONE
from nablatex.algebra.expr import Expr
from nablatex.algebra.hadamard import Hadamard, HadamardPower, hadamard
from nablatex.algebra.halves import vech_rule
from nablatex.algebra.indices import delta, entry
from nablatex.algebra.khatri_rao import khatri_rao
from nablatex.algebra.measure import measure
from nablatex.algebra.structure import Diag, DiagSelection, Kron, Vec, diag, kron, vec

Rule = Callable[[Expr, Expr], "Expr | None"]


def _inverse_cancels(a: Expr, b: Expr) -> Expr | None:
    if (isinstance(a, Inverse) and a.args[0] == b) or (isinstance(b, Inverse) and b.args[0] == a):
        return identity(a.shape[0])
    if isinstance(a, Transpose) and isinstance(a.args[0], Inverse) and transpose(a.args[0].args[0]) == b:
        return identity(a.shape[0])
    if isinstance(b, Transpose) and isinstance(b.args[0], Inverse) and transpose(b.args[0].args[0]) == a:
        return identity(a.shape[0])
    return None


def _orthonormal(a: Expr, b: Expr) -> Expr | None:
    """Q^T Q = I for orthonormal columns; both orders for an orthogonal Q."""
    if (
        isinstance(a, Transpose)
        and a.args[0] == b
        and isinstance(b, Symbol)
        and b.has("orthonormal-columns", "orthogonal")
    ):
        return identity(b.shape[1])
    if isinstance(b, Transpose) and b.args[0] == a and isinstance(a, Symbol) and a.has("orthogonal"):
        return identity(a.shape[0])
    return None


def _diag_times_vector(a: Expr, b: Expr) -> Expr | None:
    if isinstance(a, Diag) and b.shape[1] == ONE:
        return hadamard(a.args[0], b)
    if isinstance(b, Diag) and a.shape[0] == ONE:
        return transpose(hadamard(b.args[0], transpose(a)))
    return None


def _unit_vectors(a: Expr, b: Expr) -> Expr | None:
    """e_i^T e_j is δ_ij; x^T e_i and e_i^T x are x_i."""
    row = a.args[0] if isinstance(a, Transpose) else None
    if isinstance(row, UnitVector) and isinstance(b, UnitVector):
        return delta(row.args[0], b.args[0])
    if isinstance(row, UnitVector) and b.shape[1] == ONE:
        return entry(b, row.args[0], number(1))
    if isinstance(b, UnitVector) and a.shape[0] == ONE:
        return entry(transpose(a), b.args[0], number(1))
    return None


def _diag_times_diag(a: Expr, b: Expr) -> Expr | None:
    return diag(hadamard(a.args[0], b.args[0])) if isinstance(a, Diag) and isinstance(b, Diag) else None


def _kron_mixed_product(a: Expr, b: Expr) -> Expr | None:
    """(A ⊗ B)(C ⊗ D) = AC ⊗ BD (Magnus & Neudecker 2.2)."""
    if not (isinstance(a, Kron) and isinstance(b, Kron)):
        return None
    (p, q), (r, s) = a.args, b.args
    if p.shape[1] != r.shape[0] or q.shape[1] != s.shape[0]:
        return None
    return kron(mul(p, r), mul(q, s))


def _kron_times_vec(a: Expr, b: Expr) -> Expr | None:
    """(B^T ⊗ A) vec X = vec(A X B) (Matrix Cookbook 520)."""
    if isinstance(a, Kron) and isinstance(b, Vec):
        bt, left = a.args
        if left.shape[1] == b.args[0].shape[0] and bt.shape[1] == b.args[0].shape[1]:
            return vec(mul(left, b.args[0], transpose(bt)))
    return None


def _selected_columns(a: Expr, b: Expr) -> Expr | None:
    """vec(A diag(x) B) = (B^T ⊗ A) S x: of the columns that S selects, those of the Khatri-Rao product are left."""
    if isinstance(a, Kron) and isinstance(b, Transpose) and isinstance(b.args[0], DiagSelection):
        left, right = a.args
        return khatri_rao(left, right) if left.shape[1] == right.shape[1] == b.shape[1] else None
    if isinstance(a, DiagSelection) and isinstance(b, Kron):
        left, right = b.args
        if left.shape[0] == right.shape[0] == a.shape[0]:
            return transpose(khatri_rao(transpose(left), transpose(right)))
    return None


def _commutation(a: Expr, b: Expr) -> Expr | None:
    """K_{nm} K_{mn} = I and K_{mn} vec X = vec X^T."""
    if isinstance(a, Commutation):
        m, n = a.params
        if isinstance(b, Commutation) and b.params == (n, m):
            return identity(m * n)
        if isinstance(b, Vec) and b.args[0].shape == (m, n):
            return vec(transpose(b.args[0]))
    return None


def _same_base(a: Expr, b: Expr) -> Expr | None:
    """X^j X^k = X^{j+k} where one of them is already a power."""
    if isinstance(a, Power) or isinstance(b, Power):
        (x, j), (y, k) = as_power(a), as_power(b)
        if x == y:
            return power(x, add(j, k))
    return None


def as_power(e: Expr) -> tuple[Expr, Expr]:
    """(X, k) of X^k; X^{-T} is (X^T)^{-1}."""
    if isinstance(e, Power):
        return e.args[0], e.args[1]
    if isinstance(e, Inverse):
        return e.args[0], number(-1)
    if isinstance(e, Transpose) and isinstance(e.args[0], Inverse):
        return transpose(e.args[0].args[0]), number(-1)
    return e, number(1)


def _inner_of_hadamard(a: Expr, b: Expr) -> Expr | None:
    """(u ⊙ v)^T w = 1^T (u ⊙ v ⊙ w), where entries cancel in it."""
    if a.shape[0] != ONE or b.shape[1] != ONE:
        return None
    row = transpose(a)
    if not any(isinstance(x, HadamardPower) for y in (row, b) for x in (y.args if isinstance(y, Hadamard) else (y,))):
        return None
    scalars, whole = hadamard(row, b), ones(*b.shape)
    k: list[Expr] = []
    if isinstance(scalars, Mul):
        outer, chain = scalars.parts()
        k, scalars = list(outer), mul(*chain)
    if isinstance(scalars, Hadamard):
        whole, scalars = scalars.args[0], hadamard(*scalars.args[1:])
    made = mul(*k, transpose(whole), scalars)
    return made if measure(made) < measure(mul(a, b)) else None


def _run_cancels(items: Sequence[Expr], k: int) -> int:
    """How many factors behind the k-th are the product that it inverts: A and B behind (AB)^{-1}; negative before it."""
    body, turned = items[k], False
    if isinstance(body, Transpose):
        body, turned = body.args[0], True
    if not isinstance(body, Inverse) or not isinstance(body.args[0], Mul):
        return 0
    inside = transpose(body.args[0]) if turned else body.args[0]
    if not isinstance(inside, Mul) or inside.args[0].is_scalar:
        return 0
    n = len(inside.args)
    if tuple(items[k + 1 : k + 1 + n]) == inside.args:
        return n
    return -n if k >= n and tuple(items[k - n : k]) == inside.args else 0


def repeated(chain: Sequence[Expr]) -> list[Expr]:
    """X^T X^T is (X^T)^2."""
    out: list[Expr] = []
    for c, run in groupby(chain):
        times = list(run)
        base, k = as_power(c)
        out += [power(base, mul(k, number(len(times))))] if len(times) > 1 and repeats(c) else times
    return out


def repeats(e: Expr) -> bool:
    """What is written as a power: an inverse, a sum, or a symbol with a transpose or an inverse on it."""
    if isinstance(e, Inverse):
        return True
    while isinstance(e, (Transpose, Inverse)):
        e = e.args[0]
    return isinstance(e, (Symbol, Add))


def _sum_of_entries(a: Expr, b: Expr) -> Expr | None:
    """1^T 1 is n, 1^T (a ⊙ b) is a^T b, and 1^T (x - 1 1^T x / n) is 0: the sum of the entries of a sum, where terms cancel."""
    if isinstance(a, Add) and isinstance(b, Ones):
        turned = _sum_of_entries(transpose(b), transpose(a))
        return None if turned is None else transpose(turned)
    if not isinstance(a, Ones) or a.shape[0] != ONE or b.shape[1] != ONE:
        return None
    if isinstance(b, Add):
        apart = add(*[_total(a, t) for t in b.args])
        return apart if measure(apart) < measure(mul(a, b)) else None
    if isinstance(b, HadamardPower) and b.args[1] == number(2):
        return mul(transpose(b.args[0]), b.args[0])
    if isinstance(b, Hadamard) and not any(isinstance(f, HadamardPower) for f in b.args):
        return mul(transpose(b.args[0]), hadamard(*b.args[1:]))
    return _count(b) if isinstance(b, Ones) else None


def _total(row: Expr, term: Expr) -> Expr:
    """1^T term, and c n of c 1."""
    scalars, chain = term.parts() if isinstance(term, Mul) else ((), (term,))
    if isinstance(chain[0], Ones) and chain[0].shape[1] == ONE:
        return mul(*scalars, _count(chain[0]), *chain[1:])
    inside = _sum_of_entries(row, chain[0]) if len(chain) == 1 else None
    return mul(row, term) if inside is None else mul(*scalars, inside)


def _count(column: Expr) -> Expr:
    rows = column.shape[0]
    return number(rows.value) if rows.value is not None else Size((), (rows,))


ORTHONORMAL = frozenset(("orthonormal-columns", "orthogonal"))

RULES: dict[str, Rule] = {
    "half-vectorisation": vech_rule,
    "entries by unit vectors": _unit_vectors,
    "inverse cancels": _inverse_cancels,
    "orthonormal columns": _orthonormal,
    "diagonal times vector": _diag_times_vector,
    "product of diagonals": _diag_times_diag,
    "mixed product of Kronecker products": _kron_mixed_product,
    "Kronecker product of a vec": _kron_times_vec,
    "columns of a Kronecker product": _selected_columns,
    "commutation matrix": _commutation,
    "powers of one matrix": _same_base,
    "scalar product of Hadamard products": _inner_of_hadamard,
    "sum of the entries of a sum": _sum_of_entries,
}


def _dull(e: Expr) -> bool:
    """No rule speaks of a plain symbol, of its transpose, or of a sum: neighbours that are both dull stay as they are."""
    if isinstance(e, Transpose):
        e = e.args[0]
    return isinstance(e, Add) or (isinstance(e, Symbol) and not e.params[2] & ORTHONORMAL)


def reduce_chain(chain: Sequence[Expr]) -> Expr | None:
    """The product of the chain with the rules applied until none fits; None where none did."""
    items = list(chain)
    changed = False
    k = 0
    if len(items) > 2 and isinstance(items[-1], UnitVector) and isinstance(items[0], Transpose):
        first = items[0].args[0]  # e_i^T M e_j is M_ij
        if isinstance(first, UnitVector):
            return entry(mul(*items[1:-1]), first.args[0], items[-1].args[0])
    if len(items) > 2 and items[0].shape[0] == ONE and items[-1].shape[1] == ONE:  # e_i^T A x is (A x)_i
        if isinstance(items[-1], UnitVector):
            return entry(transpose(mul(*items[:-1])), items[-1].args[0], number(1))
        if isinstance(items[0], Transpose) and isinstance(items[0].args[0], UnitVector):
            return entry(mul(*items[1:]), items[0].args[0].args[0], number(1))
    if all(_dull(x) for x in items):
        return None
    while k < len(items):
        n = _run_cancels(items, k)
        if n:
            low, high = (k, k + 1 + n) if n > 0 else (k + n, k + 1)
            items[low:high] = [identity(items[k].shape[0])]
            changed, k = True, max(low - 1, 0)
            continue
        if k + 1 == len(items):
            break
        for rule in RULES.values():
            made = rule(items[k], items[k + 1])
            if made is not None:
                items[k : k + 2] = [made]
                changed = True
                k = max(k - 1, 0)
                break
        else:
            k += 1
    return mul(*items) if changed else None


__all__ = ["RULES", "as_power", "reduce_chain", "repeated", "repeats"]
