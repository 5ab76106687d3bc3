"""Which rules lead from one expression to another: the smallest set under which both become the same.

A rule is applied everywhere it can be, to both sides, in a canonical direction (the smaller of a scalar and its
transpose, the smallest rotation under a trace, ...).  Sets are tried by size; a step that needs more than three
rules is too long to be explained in a line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.binders import INDEXED, Derivative, Directional, IndexSum, fresh_index, index_sum
from nablatex.algebra.blocks import Blocks
from nablatex.algebra.build import add, inverse, is_zero, mul, number, ones, transpose
from nablatex.algebra.chains import reduce_chain
from nablatex.algebra.core import Add, Inverse, Mul, Power, Transpose
from nablatex.algebra.dims import ONE, ShapeError
from nablatex.algebra.elementwise import Hadamard, hadamard
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.indices import entry
from nablatex.algebra.normal import TooLarge, normal_form, repr_key
from nablatex.algebra.ops import size_of
from nablatex.algebra.reductions import Det, Inner, Norm, Trace, det, trace
from nablatex.algebra.simplify import simplify
from nablatex.algebra.structure import Diag, Kron, Vec, vec
from nablatex.calculus.derivatives import expand
from nablatex.calculus.unfolding import unfold

MAX_RULES = 3
MAX_SIZE = 400


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    apply: Callable[[Expr], Expr]


def explain(left: Expr, right: Expr) -> tuple[str, ...] | None:
    """Names of the rules (at most three) that make the sides one, () where they are one; None where none do.

    The sides are taken to be equal: whether they are is the checker's word, not this one's.
    """
    if sum(1 for side in (left, right) for _ in side.walk()) > MAX_SIZE:
        return None
    plain_left, plain_right, table = _without_symmetry((left, right))
    if plain_left == plain_right:
        return ()
    worked, (a, b) = _worked_out(plain_left, plain_right)
    if a == b:
        return worked
    rules = [*RULES, *[_symmetry(s, t) for t, s in table.items()]]
    useful = _useful(rules, a, b)
    for count in range(1, MAX_RULES + 1 - min(len(worked), 2)):
        for chosen in combinations(useful, count):
            if _together(chosen, a) == _together(chosen, b):
                return (*worked, *[r.name for r in chosen])
    try:
        if normal_form(a) == normal_form(b) or simplify(a) == simplify(b):
            return (*worked, "rearranging")[:MAX_RULES]
    except TooLarge:
        return None
    return None


def _useful(rules: Sequence[Rule], a: Expr, b: Expr) -> list[Rule]:
    """The rules that change a side, or what another rule has made of it."""
    images = {a, b}
    for r in rules:
        images |= {everywhere(e, r.apply) for e in (a, b)}
    return [r for r in rules if any(everywhere(e, r.apply) != e for e in images)]


def _together(rules: Sequence[Rule], e: Expr) -> Expr:
    """All rules until nothing changes; rules that undo each other stop after a few rounds."""
    for _ in range(4):
        before = e
        for r in rules:
            e = everywhere(e, r.apply)
        if e == before:
            break
    return _sorted_sums(e)


def everywhere(e: Expr, f: Callable[[Expr], Expr]) -> Expr:
    """f at every node, innermost first; under operators that bind symbols nothing is touched but sums."""
    if e.args and not (e.binds and not isinstance(e, IndexSum)):
        args = [everywhere(a, f) for a in e.args]
        if any(a is not b for a, b in zip(args, e.args, strict=True)):
            e = e.rebuild(args)
    return f(e)


def _sorted_sums(e: Expr) -> Expr:
    def f(x: Expr) -> Expr:
        if isinstance(x, Add):
            return Add(sorted(x.args, key=repr_key))
        if isinstance(x, Mul):
            scalars, chain = x.parts()
            return Mul([*sorted(scalars, key=repr_key), *chain])
        return x

    return everywhere(e, f)


# ---- what is worked out first: formal derivatives and differentials


def _worked_out(left: Expr, right: Expr) -> tuple[tuple[str, ...], tuple[Expr, Expr]]:
    """Both sides without formal derivatives, and the rules of calculus that this took (on the side with more)."""
    if isinstance(left, Derivative) and isinstance(right, Derivative) and left.args[1:] == right.args[1:]:
        return _inside(left, right)
    names = [[r for e in side.walk() for r in _calculus(e)] for side in (left, right)]
    try:
        out = (expand(left), expand(right))
    except NotDifferentiable:
        return (), (left, right)
    more, less = (names[0], names[1]) if len(names[0]) >= len(names[1]) else (names[1], names[0])
    used = [r for r in dict.fromkeys(more) if more.count(r) > less.count(r)]
    telling = [r for r in used if r != "linearity"]
    return tuple((telling or used)[:2]), out


def _inside(left: Derivative, right: Derivative) -> tuple[tuple[str, ...], tuple[Expr, Expr]]:
    """Two derivatives by one variable: what differs between the functions, but for a term that is constant in it."""
    f, g = (expand(side.args[0]) for side in (left, right))
    x = left.args[1]
    base = x if isinstance(x, Symbol) else x.args[0]
    assert isinstance(base, Symbol)
    try:
        rest = normal_form(add(f, mul(number(-1), g)))
    except (TooLarge, ShapeError):
        return (), (left, right)
    if f != g and base not in rest.free_symbols and not is_zero(rest):
        return (f"terms that are constant in ${base.label}$ drop out",), (add(g, rest), add(g, rest))
    return (), (f, g)


def _calculus(e: Expr) -> list[str]:
    """The rules that working out a formal derivative or differential takes."""
    if isinstance(e, Derivative):
        x = e.args[1] if isinstance(e.args[1], Symbol) else e.args[1].args[0]
        moving: tuple[Expr, ...] = (x,)
    elif isinstance(e, Directional):
        moving = e.params
    else:
        return []
    f = e.args[0]
    if any(a.binds and a.name not in INDEXED for a in f.walk()):
        return ["differentiation"]
    found: list[str] = []
    for x in moving:
        dx = Symbol((), ("d·", x.shape, frozenset()))
        try:
            lines = unfold(f, x, dx)
        except NotDifferentiable:
            return ["differentiation"]
        found.extend(r for line in lines for r in line.rules)
    if len(moving) > 1 and f.rule and f.rule not in found:
        found.insert(0, f.rule)
    return found or ["differentiation"]


def _without_symmetry(sides: tuple[Expr, Expr]) -> tuple[Expr, Expr, dict[Expr, Symbol]]:
    """Symmetric symbols as plain ones where a product shows it, so that the use of symmetry can be named."""
    table: dict[Expr, Expr] = {}
    back: dict[Expr, Symbol] = {}
    for side in sides:
        for s in side.free_symbols:
            if isinstance(s, Symbol) and s.has("symmetric"):
                plain = Symbol((), (s.params[0], s.shape, frozenset()))
                table[s], back[plain] = plain, s
    if not table:
        return (*sides, {})
    return sides[0].substitute(table), sides[1].substitute(table), back


def _symmetry(s: Symbol, plain: Expr) -> Rule:
    return Rule(f"symmetry of ${s.label}$", lambda e: s if e == plain else e)


# ---- the rules, each in one direction


def _multiply_out(e: Expr) -> Expr:
    """A(B + C) = AB + AC, also under transposes, traces and Hadamard products."""
    if isinstance(e, Mul):
        for i, a in enumerate(e.args):
            if isinstance(a, Add):
                return add(*[_multiply_out(mul(*e.args[:i], t, *e.args[i + 1 :])) for t in a.args])
    if isinstance(e, Trace) and isinstance(e.args[0], Add):
        return add(*[trace(t) for t in e.args[0].args])
    if isinstance(e, Hadamard):
        for i, a in enumerate(e.args):
            if isinstance(a, Add):
                return add(*[hadamard(*e.args[:i], t, *e.args[i + 1 :]) for t in a.args])
    if isinstance(e, Power) and e.args[1] == number(2) and isinstance(e.args[0], Add):
        return _multiply_out(mul(e.args[0], e.args[0]))
    return e


def _transpose_sum(e: Expr) -> Expr:
    if isinstance(e, Transpose) and isinstance(e.args[0], Add):
        return add(*[transpose(t) for t in e.args[0].args])
    return e


def _turn_scalar(e: Expr) -> Expr:
    if isinstance(e, Mul) and e.is_scalar:
        scalars, chain = e.parts()
        if not chain:
            chains = [s for s in scalars if isinstance(s, Mul)]
            turned = [_turn_scalar(c) for c in chains]
            return mul(*[s for s in scalars if not isinstance(s, Mul)], *turned) if turned != chains else e
        other = Mul([transpose(c) for c in reversed(chain)]) if len(chain) > 1 else chain[0]
        if repr_key(other) < repr_key(Mul(chain) if len(chain) > 1 else chain[0]):
            return mul(*scalars, other)
    return e


def _rotate(e: Expr) -> Expr:
    if isinstance(e, Trace) and isinstance(e.args[0], Mul):
        scalars, chain = e.args[0].parts()
        turns = [Mul((*chain[k:], *chain[:k])) for k in range(len(chain)) if chain[k - 1].shape[1] == chain[k].shape[0]]
        return mul(*scalars, trace(min(turns, key=repr_key))) if turns else e
    return e


def _turn_trace(e: Expr) -> Expr:
    if isinstance(e, Trace):
        return min((e, trace(transpose(e.args[0]))), key=repr_key)
    return e


def _open_norm(e: Expr) -> Expr:
    if isinstance(e, Power) and isinstance(e.args[0], Norm) and e.args[1] == number(2):
        x = e.args[0].args[0]
        return mul(transpose(x), x) if x.shape[1] == ONE else trace(mul(transpose(x), x))
    return e


def _open_inner(e: Expr) -> Expr:
    if isinstance(e, Inner):
        return trace(mul(transpose(e.args[0]), e.args[1]))
    return e


def _hadamard_scalar(e: Expr) -> Expr:
    """tr(A^T (B ⊙ C)) as 1^T (A ⊙ B ⊙ C) 1 with sorted factors."""
    if isinstance(e, Trace) and isinstance(e.args[0], Mul):
        scalars, chain = e.args[0].parts()
        for k, c in enumerate(chain):
            for h, turned in ((c, False), (c.args[0] if isinstance(c, Transpose) else c, True)):
                if isinstance(h, Hadamard) and (not turned or isinstance(c, Transpose)):
                    rest = mul(*chain[k + 1 :], *chain[:k])
                    other = rest if turned else transpose(rest)
                    return mul(*scalars, _sum_of(hadamard(*h.args, other)))
    if isinstance(e, Mul) and e.is_scalar:
        scalars, chain = e.parts()
        if len(chain) >= 2:
            for first, second in ((chain[0], chain[1:]), (chain[-1], chain[:-1])):
                column = transpose(first) if first is chain[0] else first
                rest = mul(*second) if first is chain[0] else transpose(mul(*second))
                for a, b in ((column, rest), (rest, column)):
                    if isinstance(b, Hadamard) and a.shape == b.shape:
                        return mul(*scalars, _sum_of(hadamard(*b.args, a)))
    return e


def _quadratic_hadamard(e: Expr) -> Expr:
    """u^T (A ⊙ B) v as 1^T (u v^T ⊙ A ⊙ B) 1."""
    if isinstance(e, Mul) and e.is_scalar:
        scalars, chain = e.parts()
        if len(chain) == 3 and isinstance(chain[1], Hadamard) and chain[0].name != "ones":
            outer = mul(transpose(chain[0]), transpose(chain[2]))
            if outer.shape == chain[1].shape:
                return mul(*scalars, _sum_of(hadamard(outer, *chain[1].args)))
    return e


def _sum_of(h: Expr) -> Expr:
    m, n = h.shape
    ordered = Hadamard(sorted(h.args, key=repr_key)) if isinstance(h, Hadamard) else h
    return mul(transpose(ones(m)), ordered, ones(n))


def _commute_hadamard(e: Expr) -> Expr:
    return Hadamard(sorted(e.args, key=repr_key)) if isinstance(e, Hadamard) else e


def _diag_product(e: Expr) -> Expr:
    """diag(u) A diag(v) = (u v^T) ⊙ A (Magnus & Neudecker 3.6)."""
    if isinstance(e, Mul):
        scalars, chain = e.parts()
        for k, c in enumerate(chain[:-1]):
            if isinstance(c, Diag):
                u, rest = c.args[0], chain[k + 1]
                return mul(
                    *scalars, *chain[:k], hadamard(mul(u, transpose(ones(rest.shape[1]))), rest), *chain[k + 2 :]
                )
            if isinstance(chain[k + 1], Diag):
                v = chain[k + 1].args[0]
                spread = hadamard(c, mul(ones(c.shape[0]), transpose(v)))
                return mul(*scalars, *chain[:k], spread, *chain[k + 2 :])
    if isinstance(e, Hadamard):
        outer = [a for a in e.args if isinstance(a, Mul) and len(a.parts()[1]) == 2 and a.parts()[1][0].shape[1] == ONE]
        for a in outer:
            scalars, (u, v) = a.parts()
            if u.name != "ones" and v.name != "ones":
                split = [mul(u, ones(ONE, v.shape[1])), mul(ones(u.shape[0]), v)]
                return mul(*scalars, hadamard(*[x for x in e.args if x is not a], *split))
    return e


def _inverse_of_product(e: Expr) -> Expr:
    if isinstance(e, Inverse) and isinstance(e.args[0], Mul):
        scalars, chain = e.args[0].parts()
        if all(c.shape[0] == c.shape[1] for c in chain):
            return mul(*[inverse(s) for s in scalars], *[inverse(c) for c in reversed(chain)])
    return e


def _cancel(e: Expr) -> Expr:
    """X X^{-1} = I, Q^T Q = I."""
    if isinstance(e, Mul):
        scalars, chain = e.parts()
        reduced = reduce_chain(chain) if len(chain) > 1 else None
        if reduced is not None:
            return mul(*scalars, reduced)
    return e


def _det_of_product(e: Expr) -> Expr:
    if isinstance(e, Det) and isinstance(e.args[0], Mul):
        _, chain = e.args[0].parts()
        if len(chain) > 1 and all(c.shape[0] == c.shape[1] for c in chain) and len(chain) == len(e.args[0].args):
            return mul(*[det(c) for c in chain])
    return e


def _log_of_product(e: Expr) -> Expr:
    if e.name == "elementwise" and e.params == ("log", 0):
        x = e.args[0]
        if isinstance(x, Mul) and len(x.parts()[0]) == len(x.args):
            return add(*[_log_of_product(e.rebuild((a,))) for a in x.args])
        if isinstance(x, Power):
            return mul(x.args[1], e.rebuild((x.args[0],)))
    return e


def _vec_of_product(e: Expr) -> Expr:
    """vec(A X B) = (B^T ⊗ A) vec X, read from right to left (Magnus & Neudecker 2.4)."""
    if isinstance(e, Mul):
        scalars, chain = e.parts()
        for k in range(len(chain) - 1):
            if isinstance(chain[k], Kron) and isinstance(chain[k + 1], Vec):
                b, a = chain[k].args[0], chain[k].args[1]
                inner = vec(mul(a, chain[k + 1].args[0], transpose(b)))
                return mul(*scalars, *chain[:k], inner, *chain[k + 2 :])
    if isinstance(e, Vec) and isinstance(e.args[0], Mul):
        scalars, chain = e.args[0].parts()
        if scalars:
            return mul(*scalars, vec(mul(*chain)))
    return e


def _write_out_trace(e: Expr) -> Expr:
    """tr(AB) = sum_ij A_ij B_ji."""
    if isinstance(e, Trace):
        i, j = fresh_index("i", e), fresh_index("j", e)
        x = e.args[0]
        n = x.shape[0]
        if isinstance(x, Mul) and len(x.parts()[1]) == 2:
            scalars, (a, b) = x.parts()
            inner = index_sum(mul(entry(a, i, j), entry(b, j, i)), j, number(1), size_of(a.shape[1]))
            return mul(*scalars, index_sum(inner, i, number(1), size_of(n)))
    if isinstance(e, Mul) and len(e.args) >= 3 and [e.args[-3].name, e.args[-1].name] == ["ones", "ones"]:
        middle = e.args[-2]
        if isinstance(middle, Hadamard):
            i, j = fresh_index("i", e), fresh_index("j", e)
            entries = [entry(a, i, j) for a in middle.args]
            inner = index_sum(mul(*entries), j, number(1), size_of(middle.shape[1]))
            return mul(*e.args[:-3], index_sum(inner, i, number(1), size_of(middle.shape[0])))
    return e


def _entry_of_product(e: Expr) -> Expr:
    """e_i^T A e_j = A_ij."""
    if isinstance(e, Mul):
        for k, c in enumerate(e.args):
            if isinstance(c, Mul) and c.is_scalar:
                return mul(*e.args[:k], _entry_of_product(c), *e.args[k + 1 :])
        scalars, chain = e.parts()
        if (
            len(chain) > 2
            and isinstance(chain[0], Transpose)
            and chain[0].args[0].name == "unit"
            and chain[-1].name == "unit"
        ):
            inner = mul(*chain[1:-1])
            return mul(*scalars, entry(inner, chain[0].args[0].args[0], chain[-1].args[0]))
        if len(chain) == 2 and isinstance(chain[0], Transpose) and chain[0].args[0].name == "unit":
            return mul(*scalars, entry(chain[1], chain[0].args[0].args[0], number(1)))
        if len(chain) == 2 and chain[1].name == "unit":
            return mul(*scalars, entry(transpose(chain[0]), chain[1].args[0], number(1)))
    return e


def _open_adjugate(e: Expr) -> Expr:
    """adj X = det X · X^{-1}."""
    return mul(det(e.args[0]), inverse(e.args[0])) if e.name == "adjugate" else e


def _entry_by_entry(e: Expr) -> Expr:
    """f([a b]) = [f(a) f(b)], [a b] ⊙ [c d] = [ac bd]."""
    if e.name == "elementwise" and isinstance(e.args[0], Blocks):
        return e.args[0].rebuild([e.rebuild((a,)) for a in e.args[0].args])
    if isinstance(e, Hadamard) and all(isinstance(a, Blocks) and a.params == e.args[0].params for a in e.args):
        return e.args[0].rebuild([mul(*same) for same in zip(*[a.args for a in e.args], strict=True)])
    return e


RULES: tuple[Rule, ...] = (
    Rule("multiplying out", _multiply_out),
    Rule("transpose of a sum", _transpose_sum),
    Rule("transpose of a scalar", _turn_scalar),
    Rule("cyclic property of the trace", _rotate),
    Rule("trace of a transpose", _turn_trace),
    Rule("definition of the norm", _open_norm),
    Rule("definition of the inner product", _open_inner),
    Rule("moving a Hadamard factor", _hadamard_scalar),
    Rule("a quadratic form of a Hadamard product", _quadratic_hadamard),
    Rule("the Hadamard product commutes", _commute_hadamard),
    Rule("diagonal matrices scale rows and columns", _diag_product),
    Rule("inverse of a product", _inverse_of_product),
    Rule("a matrix and its inverse cancel", _cancel),
    Rule("determinant of a product", _det_of_product),
    Rule("logarithm of a product", _log_of_product),
    Rule("vec of a product", _vec_of_product),
    Rule("definition of the trace", _write_out_trace),
    Rule("an entry of a product", _entry_of_product),
    Rule("adjugate and inverse", _open_adjugate),
    Rule("entry by entry", _entry_by_entry),
)

__all__ = ["RULES", "Rule", "explain"]
