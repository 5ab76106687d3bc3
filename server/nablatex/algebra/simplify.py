"""Results as people write them: like terms merged, common factors pulled out, inverses and diagonals collected.

Every rule preserves value and shape (a property test says so); a rule is kept where the measure falls
(`nablatex.algebra.measure`).  The result is stable: simplifying it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from nablatex.algebra.atoms import Identity, Number, Symbol
from nablatex.algebra.binders import IndexSum
from nablatex.algebra.build import add, identity, inverse, mul, number, split_coefficient, transpose, zero
from nablatex.algebra.chains import reduce_chain, repeated, repeats
from nablatex.algebra.collapse import collapse
from nablatex.algebra.core import Add, Inverse, Mul, Power, Transpose
from nablatex.algebra.denominators import common_denominator, spread
from nablatex.algebra.entrywise import simpler_product, simpler_sum
from nablatex.algebra.expr import Expr
from nablatex.algebra.factoring import factored
from nablatex.algebra.factors import absorbed, together
from nablatex.algebra.hadamard import Hadamard
from nablatex.algebra.integrals import Integral, integrate
from nablatex.algebra.lengths import one_length, one_length_in_sum
from nablatex.algebra.measure import measure
from nablatex.algebra.normal import TooLarge, normal_form
from nablatex.algebra.reductions import Trace
from nablatex.algebra.set_collapse import merged, settled
from nablatex.algebra.set_sums import SetSum
from nablatex.algebra.structure import Diag, diag
from nablatex.algebra.traces import simpler_trace

ROUNDS = 6
MANY_TERMS = 64


def simplify(e: Expr) -> Expr:
    """The simplest form found of e, of the same shape and value."""
    for _ in range(ROUNDS):
        done = _bottom_up(e)
        if done == e:
            return e
        e = done
    return e


def _bottom_up(e: Expr) -> Expr:
    """One round; what stands in many places (the layers of a network) is worked on once."""
    if not e.args:
        return e
    done: Expr | None = e.cached("simplified")
    return e.cache("simplified", _round(e)) if done is None else done


def _round(e: Expr) -> Expr:
    if isinstance(e, IndexSum) and isinstance(e.args[0], IndexSum):  # two indices at once, before the inner goes alone
        both = collapse(e)
        if both is not None and measure(both) < measure(e):
            return _bottom_up(both)
    args = tuple([_bottom_up(a) for a in e.args])
    out = e if args == e.args else e.rebuild(args)
    if isinstance(out, IndexSum):
        done = collapse(out) or _collapsed_terms(out)
        out = out if done is None or measure(done) >= measure(out) else done
    elif isinstance(out, SetSum):
        done = settled(out)
        out = out if done is None else done
    elif isinstance(out, Integral):
        done = integrate(out)
        out = out if done is None or measure(done) >= measure(out) else done
    if isinstance(out, Mul):
        out = _whole_coefficients(out)
    if isinstance(out, Mul):
        out = one_length(out)
    if isinstance(out, Mul):
        out = _product(out)
    elif isinstance(out, Transpose):
        out = _turned(out)
    elif isinstance(out, Hadamard):
        out = simpler_product(out)
    elif isinstance(out, Trace):
        out = simpler_trace(out)
    if isinstance(out, Add):
        out = _sum(out)
    return out


def _collapsed_terms(e: IndexSum) -> Expr | None:
    """The sum of a product with a sum in it, term by term, where every term can be worked out."""
    body = e.args[0]
    for k, a in enumerate(body.args if isinstance(body, Mul) else ()):
        if isinstance(a, Add):
            spread = add(*[mul(*body.args[:k], t, *body.args[k + 1 :]) for t in a.args])
            whole = e.over(spread)
            done = collapse(whole) if isinstance(whole, IndexSum) else whole
            return None if done is None else _bottom_up(done)
    return None


def _product(e: Mul) -> Expr:
    scalars, chain = e.parts()
    if len(chain) > 1:
        opened = _opened_inverses(chain)
        if opened is not None:
            return mul(*scalars, *opened)
        reduced = reduce_chain(chain)
        if reduced is not None:
            return mul(*scalars, reduced)
        if any(a == b and repeats(a) for a, b in pairwise(chain)):
            return mul(*scalars, *repeated(chain))
        if (
            e.is_scalar
            and _conjugate(chain[-1])
            and isinstance(chain[0], Transpose)
            and not _conjugate(chain[0].args[0])
        ):
            return mul(*scalars, *[transpose(f) for f in reversed(chain)])  # x^H w, and not w^T x^*
    if len(scalars) > 1:
        joined = together(scalars)
        if joined is not None and measure(joined) < measure(mul(*scalars)):
            return mul(joined, *chain)
    if scalars:
        made = absorbed(e)
        if made is not None and measure(made) < measure(e):
            return made
    return _negated_sum(_cancelled(e, scalars, chain))


def _conjugate(e: Expr) -> bool:
    return isinstance(e, Symbol) and e.has("conjugate")


def _cancelled(e: Mul, scalars: Sequence[Expr], chain: Sequence[Expr]) -> Mul:
    """s(1 - s)(1/s - 1) with the sum multiplied out, and the sums of what is left, where that cancels."""
    for k, a in enumerate(scalars):
        if not isinstance(a, Add) or not any(
            _divides(x) for t in a.args for x in ((t,) if t.name != "mul" else t.args)
        ):
            continue
        others = [*scalars[:k], *scalars[k + 1 :]]
        fraction = common_denominator(a)
        if fraction is not None:
            whole = mul(*others, fraction, *chain)
            if measure(whole) < measure(e) and isinstance(whole, Mul):
                return whole
        if not any(isinstance(s, Add) or not s.args or s.name == "elementwise" for s in others):
            continue
        inside = add(*[spread(mul(*others, t)) for t in a.args])
        whole = mul(_sum(inside) if isinstance(inside, Add) else inside, *chain)
        if measure(whole) < measure(e) and isinstance(whole, Mul):
            return whole
    return e


def _divides(e: Expr) -> bool:
    return isinstance(e, Power) and isinstance(e.args[1], Number) and e.args[1].value < 0


def _whole_coefficients(e: Mul) -> Expr:
    """2(a/2 + b) is a + 2b, and (2a + 2b)/2 is a + b."""
    k, _ = split_coefficient(e)
    if abs(k) == 1:
        return e
    for i, a in enumerate(e.args[1:], 1):
        if isinstance(a, Add) and (k.denominator != 1 or any(split_coefficient(t)[0].denominator != 1 for t in a.args)):
            inside = add(*[mul(number(k), t) for t in a.args])
            spread = mul(*e.args[1:i], inside, *e.args[i + 1 :])
            if measure(spread) < measure(e):
                return spread
    return e


def _opened_inverses(chain: Sequence[Expr]) -> list[Expr] | None:
    """A^T (A X B)^{-T} B^T is X^{-T}: the inverse of a product of square factors, where its ends then cancel."""
    for k, c in enumerate(chain):
        turned = isinstance(c, Transpose)
        body = c.args[0] if turned else c
        if not isinstance(body, Inverse) or not isinstance(body.args[0], Mul):
            continue
        factors = body.args[0].args
        if any(f.shape[0] != f.shape[1] or f.is_scalar for f in factors):
            continue
        inner = [inverse(f) for f in reversed(factors)]
        if turned:
            inner = [transpose(f) for f in reversed(inner)]
        whole = [*chain[:k], *inner, *chain[k + 1 :]]
        reduced = reduce_chain(whole)
        if reduced is not None and measure(reduced) < measure(mul(*chain)):
            return [reduced]
    return None


def _negated_sum(e: Mul) -> Expr:
    """-(a - b)x = (b - a)x is left alone, but -2(-a - b) = 2(a + b)."""
    k, _ = split_coefficient(e)
    if k >= 0:
        return e
    for i, a in enumerate(e.args):
        if isinstance(a, Add) and all(split_coefficient(t)[0] < 0 for t in a.args):
            return mul(number(-1), *e.args[:i], _negate(a), *e.args[i + 1 :])
    return e


def _negate(e: Add) -> Expr:
    return Add([mul(number(-1), t) for t in e.args])


def _turned(e: Transpose) -> Expr:
    """(a + b)^T is distributed where that is simpler."""
    body = e.args[0]
    if isinstance(body, Add):
        spread = add(*[transpose(t) for t in body.args])
        if measure(spread) < measure(e):
            return spread
    return e


def _sum(e: Add) -> Expr:
    terms = _merge(e.args)
    out = add(*terms) if terms else zero(e.shape)
    if isinstance(out, Add) and any(_multiple(t) for t in out.args):  # 2(a + b) + a + b is 3(a + b)
        flat = _merge([x for t in out.args for x in (_opened(t) if _multiple(t) else (t,))])
        spread_out = add(*flat) if flat else zero(e.shape)
        out = spread_out if measure(spread_out) < measure(out) else out
    if (
        isinstance(out, Add)
        and sum(t.name == "set_sum" or any(a.name == "set_sum" for a in t.args) for t in out.args) > 1
    ):
        out = add(*merged(out.args))
    out = one_length_in_sum(out) if isinstance(out, Add) else out
    if not isinstance(out, Add) or len(out.args) > MANY_TERMS:
        return out
    fraction = common_denominator(out)
    if fraction is not None and measure(fraction) < measure(out):
        return fraction  # the next round goes on: it may ask for the sum of this one's terms
    out = _identities(_diagonal(out))
    out = factored(out, _sum) if isinstance(out, Add) else out
    out = simpler_sum(out) if isinstance(out, Add) else out
    return _paired(_transposed_as_whole(out)) if isinstance(out, Add) else out


def _multiple(e: Expr) -> bool:
    """Whether a term is a number times a sum."""
    return isinstance(e, Mul) and len(e.args) == 2 and isinstance(e.args[0], Number) and isinstance(e.args[1], Add)


def _opened(e: Expr) -> list[Expr]:
    return [mul(e.args[0], t) for t in e.args[1].args]


def _identities(e: Expr) -> Expr:
    """I - s I is (1 - s) I."""
    if not isinstance(e, Add) or e.is_scalar:
        return e
    at = [i for i, t in enumerate(e.args) if isinstance(t.args[-1] if isinstance(t, Mul) else t, Identity)]
    at = [i for i in at if not isinstance(e.args[i], Mul) or e.args[i].args[-2].is_scalar]
    if len(at) < 2:
        return e
    unit = identity(e.shape[0])
    inside = add(*[mul(*t.args[:-1]) if isinstance(t, Mul) else number(1) for t in (e.args[i] for i in at)])
    others = [t for i, t in enumerate(e.args) if i not in at]
    return add(*others[: at[0]], mul(_bottom_up(inside), unit), *others[at[0] :])


def _diagonal(e: Add) -> Expr:
    """diag(a) + diag(b) is diag(a + b)."""
    at = [i for i, t in enumerate(e.args) if isinstance(t.args[-1] if isinstance(t, Mul) else t, Diag)]
    at = [i for i in at if not isinstance(e.args[i], Mul) or all(a.is_scalar for a in e.args[i].args[:-1])]
    if len(at) < 2:
        return e
    inside = []
    for i in at:
        t = e.args[i]
        scalars, body = (t.args[:-1], t.args[-1]) if isinstance(t, Mul) else ((), t)
        inside.append(mul(*scalars, body.args[0]))
    whole = diag(_bottom_up(add(*inside)))
    others = [t for i, t in enumerate(e.args) if i not in at]
    return add(*others[: at[0]], whole, *others[at[0] :])


def _transposed_as_whole(e: Add) -> Expr:
    """W^T X^T - Y^T is (XW - Y)^T."""
    turned = Transpose((add(*[transpose(t) for t in e.args]),)) if not e.is_scalar else e
    return turned if measure(turned) < measure(e) else e


def _paired(e: Expr) -> Expr:
    """A + A^T rather than A^T + A."""
    if not isinstance(e, Add) or e.is_scalar:
        return e
    args = list(e.args)
    for i, t in enumerate(args):
        if isinstance(t, Transpose) and t.args[0] in args[i + 1 :]:
            args.insert(i, args.pop(args.index(t.args[0], i)))
    return e if tuple(args) == e.args else Add(args)


def _key(term: Expr) -> Expr | None:
    """What makes two terms alike: the normal form (transposed scalars, turned traces), if it is small."""
    if measure(term) > 60:
        return None
    try:
        return normal_form(term)
    except TooLarge:
        return None


def _merge(terms: Sequence[Expr]) -> list[Expr]:
    """Terms that are equal up to a rational factor become one, in the form of the simpler one; the order is kept."""
    found: dict[Expr, tuple[Fraction, Expr, Fraction]] = {}
    order: list[Expr] = []
    for t in terms:
        key = _key(t)
        if key is None:  # long terms are compared as they stand
            key = t
        k, rest = split_coefficient(key)
        if isinstance(rest, Add):
            k, rest = _leading(rest, k)
        if not k:
            continue
        if rest in found:
            total, form, unit = found[rest]
            if measure(t) < measure(form):
                form, unit = t, k
            found[rest] = (total + k, form, unit)
        else:
            found[rest] = (k, t, k)
            order.append(rest)
    out = []
    for rest in order:
        total, form, unit = found[rest]
        if total:
            out.append(mul(number(total / unit), form))
    return out


def _leading(e: Add, k: Fraction) -> tuple[Fraction, Expr]:
    """A sum as (coefficient of its first term, the sum divided by it): 2a + 2b is 2 times a + b."""
    first = split_coefficient(e.args[0])[0]
    return k * first, add(*[mul(number(1 / first), t) for t in e.args])
