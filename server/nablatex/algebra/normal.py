"""The normal form that proves identities: equal forms are equal expressions.

An expression becomes a polynomial in non-commuting matrix atoms with commuting scalar atoms as coefficients:
products are expanded, transposes stand on atoms, neighbours cancel (`chains`), a scalar a^T X b is the smaller of
itself and b^T X^T a, a trace the smallest of its rotations and their transposes, a Hadamard product is sorted.
The converse does not hold: unequal forms may still be equal expressions.
"""

from __future__ import annotations

from fractions import Fraction

from nablatex.algebra.atoms import Number, Size
from nablatex.algebra.build import inverse, is_zero, mul, number, power, split_coefficient, transpose, zero
from nablatex.algebra.chains import reduce_chain
from nablatex.algebra.core import Add, Inverse, Mul, Power, Transpose
from nablatex.algebra.dims import ONE
from nablatex.algebra.elementwise import Hadamard, hadamard
from nablatex.algebra.expr import Expr
from nablatex.algebra.reductions import Det, Inner, Norm, Trace, det, trace
from nablatex.algebra.structure import Diag, diag

MAX_TERMS = 600
MAX_POWER = 8


class TooLarge(ValueError):
    """The expansion has more terms than the normal form is meant for."""


def _smaller(a: Expr, b: Expr) -> Expr:
    return a if repr_key(a) <= repr_key(b) else b


def repr_key(e: Expr) -> str:
    """The expression as text, made of the texts of its parts."""
    if not e.args:
        return repr(e)
    found: str | None = e.cached("text")
    if found is None:
        parts = [*map(repr_key, e.args), *map(str, e.params)]
        found = e.cache("text", f"{e.name}({', '.join(parts)})")
    return found


Terms = dict[Expr, Fraction]


def normal_form(e: Expr) -> Expr:
    """The canonical expression equal to e.  TooLarge where expanding it gives too many terms."""
    found: Expr | None = e.cached("normal")
    if found is None:
        found = e.cache("normal", _assemble(_terms(e), e))
    return found


def _assemble(terms: Terms, e: Expr) -> Expr:
    kept = sorted(((repr_key(t), t, k) for t, k in terms.items() if k), key=lambda x: x[0])
    if not kept:
        return zero(e.shape)
    parts = [mul(number(k), t) for _, t, k in kept]
    return parts[0] if len(parts) == 1 else Add(parts)


def _collect(pairs: list[tuple[Expr, Fraction]]) -> Terms:
    out: Terms = {}
    for t, k in pairs:
        if is_zero(t):
            continue
        c, rest = split_coefficient(t)
        out[rest] = out.get(rest, Fraction(0)) + k * c
    if len(out) > MAX_TERMS:
        raise TooLarge(f"more than {MAX_TERMS} terms")
    return out


def _terms(e: Expr) -> Terms:
    """e as monomials (canonical, coefficient 1) with rational coefficients."""
    if isinstance(e, Number):
        return {number(1): e.value} if e.value else {}
    if is_zero(e):
        return {}
    if isinstance(e, Add):
        return _collect([pair for a in e.args for pair in _as_terms(normal_form(a)).items()])
    if isinstance(e, Mul):
        return _product(e)
    if isinstance(e, Transpose):
        return _collect([(monomial(transpose(t)), k) for t, k in _as_terms(normal_form(e.args[0])).items()])
    if isinstance(e, (Trace, Diag)):
        make = trace if isinstance(e, Trace) else diag
        return _collect([(monomial(make(t)), k) for t, k in _as_terms(normal_form(e.args[0])).items()])
    if isinstance(e, Inner):
        return _terms(trace(mul(transpose(e.args[0]), e.args[1])))
    if isinstance(e, Norm):
        return _terms(power(trace(mul(transpose(e.args[0]), e.args[0])), number("1/2")))
    if isinstance(e, Power):
        return _power(e)
    if isinstance(e, Inverse):
        return _inverse(e)
    if isinstance(e, Det):
        return _det(e)
    if isinstance(e, Hadamard):
        return _hadamard(e)
    if not e.args or e.binds:
        return {e: Fraction(1)}
    return _collect([(monomial(e.rebuild([normal_form(a) for a in e.args])), Fraction(1))])


def _as_terms(e: Expr) -> Terms:
    """A normal form read back as terms."""
    if is_zero(e):
        return {}
    return _collect([(t, Fraction(1)) for t in (e.args if isinstance(e, Add) else (e,))])


def _product(e: Mul) -> Terms:
    """Expanded; neighbours of one term each are multiplied at once, for a long chain takes the time of its length."""
    total: Terms = {number(1): Fraction(1)}
    run: list[Expr] = []
    for f in e.args:
        inside = normal_form(f)
        if not isinstance(inside, Add):
            run.append(inside)
            continue
        factor = _as_terms(inside)
        if len(total) * len(factor) > MAX_TERMS:
            raise TooLarge(f"more than {MAX_TERMS} terms")
        total = _collect([(mul(s, *run, t), j * k) for s, j in total.items() for t, k in factor.items()])
        run = []
    return _collect([(monomial(mul(s, *run)), k) for s, k in total.items()])


def monomial(t: Expr) -> Expr:
    """A product of atoms in canonical form: inner scalars taken out, neighbours cancelled, scalars oriented."""
    if t.is_scalar:
        return _scalar(t)
    if not isinstance(t, Mul):
        return t
    scalars, chain = t.parts()
    reduced = reduce_chain(chain)
    if reduced is not None:
        again = normal_form(mul(*scalars, reduced))
        return again
    split = _inner_scalar(chain)
    if split is not None:
        return monomial(mul(*scalars, *split))
    return mul(*sorted((_scalar(s) for s in scalars), key=repr_key), *chain)


def _inner_scalar(chain: tuple[Expr, ...]) -> list[Expr] | None:
    """x (x^T A x) for the chain x x^T A x: a row meets a column inside."""
    for i, f in enumerate(chain):
        if f.shape[0] == ONE and i:
            for j in range(i, len(chain)):
                if chain[j].shape[1] == ONE:
                    return [mul(*chain[i : j + 1]), mul(*chain[:i], *chain[j + 1 :])]
    return None


def _scalar(t: Expr) -> Expr:
    if isinstance(t, Mul):
        scalars, chain = t.parts()
        out = [_scalar(s) for s in scalars]
        if chain:
            out.append(_oriented(chain))
        product = mul(*out)
        if not isinstance(product, Mul):
            return product
        scalars, chain = product.parts()
        return mul(*sorted(scalars, key=repr_key), *chain)
    if isinstance(t, Trace):
        return _rotated(t)
    if isinstance(t, Power):
        return power(_scalar(t.args[0]), t.args[1])
    return t


def _oriented(chain: tuple[Expr, ...]) -> Expr:
    reduced = reduce_chain(chain)
    if reduced is not None:
        return normal_form(reduced)
    split = _inner_scalar(chain)
    if split is not None:
        return normal_form(mul(*split))
    forward = Mul(chain)
    backward = Mul([transpose(x) for x in reversed(chain)])
    return _smaller(forward, backward)


def _rotated(t: Trace) -> Expr:
    body = t.args[0]
    if not isinstance(body, Mul):
        return t
    _, chain = body.parts()
    best: Expr | None = None
    turned = tuple(transpose(x) for x in reversed(chain))
    for c in (chain, turned):
        for k in range(len(c)):
            rotated = c[k:] + c[:k]
            reduced = reduce_chain(rotated)
            if reduced is not None:
                return normal_form(trace(reduced))
            made = Trace((Mul(rotated),))
            best = made if best is None else _smaller(best, made)
    assert best is not None
    return best


def _power(e: Power) -> Terms:
    base, k = e.args
    inside = normal_form(base)
    exponent = normal_form(k)
    n = int(exponent.value) if isinstance(exponent, Number) and exponent.value.denominator == 1 else None
    if n is not None and 0 < n <= MAX_POWER and (not base.is_scalar or isinstance(inside, Add)):
        return _product(Mul([inside] * n)) if base.is_scalar else _terms(_chain_power(inside, n))
    if n is not None and -MAX_POWER <= n < 0 and not base.is_scalar:
        return _terms(_chain_power(normal_form(inverse(inside)), -n))
    if isinstance(inside, Add) and base.is_scalar:
        lead, rest = _unit(inside)
        if n is not None:
            return _collect([(power(rest, exponent), lead**n)])
        if lead > 0:
            return _collect([(mul(power(number(lead), exponent), power(rest, exponent)), Fraction(1))])
    if isinstance(inside, Power) and base.is_scalar and n is None:
        return _collect([(Power((inside, exponent)), Fraction(1))])
    return _collect([(_scalar(power(inside, exponent)) if base.is_scalar else power(inside, exponent), Fraction(1))])


def _chain_power(e: Expr, n: int) -> Expr:
    """e e … e as a raw chain, so that it does not become a power again."""
    factors: list[Expr] = []
    for _ in range(n):
        factors.extend(e.args if isinstance(e, Mul) else (e,))
    return Mul(factors) if n > 1 else e


def _unit(e: Add) -> tuple[Fraction, Expr]:
    lead = split_coefficient(e.args[0])[0]
    return lead, e if lead == 1 else Add([mul(number(1 / lead), t) for t in e.args])


def _inverse(e: Inverse) -> Terms:
    inside = normal_form(e.args[0])
    if isinstance(inside, Add):
        lead, rest = _unit(inside)
        turned = normal_form(transpose(rest))
        if isinstance(turned, Add) and repr_key(turned) < repr_key(rest):
            return {transpose(Inverse((turned,))) if turned != rest else Inverse((rest,)): 1 / lead}
        return {Inverse((rest,)): 1 / lead}
    if isinstance(inside, Mul):
        scalars, chain = inside.parts()
        if all(c.shape[0] == c.shape[1] for c in chain):
            flipped = mul(*[power(s, number(-1)) for s in scalars], *[inverse(c) for c in reversed(chain)])
            return _collect([(monomial(flipped), Fraction(1))])
        if scalars:
            body = inverse(Mul(chain))
            return _collect([(monomial(mul(*[power(s, number(-1)) for s in scalars], body)), Fraction(1))])
        turned = transpose(inside)
        if turned != inside and repr_key(turned) < repr_key(inside):
            return {transpose(inverse(turned)): Fraction(1)}
    return _collect([(inverse(inside), Fraction(1))])


def _det(e: Det) -> Terms:
    inside = normal_form(e.args[0])
    n = inside.shape[0]
    dimension: Expr = number(n.value) if n.value is not None else Size((), (n,))
    if isinstance(inside, Add):
        lead, rest = _unit(inside)
        turned = normal_form(transpose(rest))
        rest = _smaller(rest, turned)
        return _collect([(mul(power(number(lead), dimension), det(rest)), Fraction(1))])
    if isinstance(inside, Mul):
        scalars, chain = inside.parts()
        outside = [power(s, dimension) for s in scalars]
        if all(c.shape[0] == c.shape[1] for c in chain):
            return _collect([(_scalar(mul(*outside, *[det(c) for c in chain])), Fraction(1))])
        return _collect([(mul(*outside, det(_smaller(Mul(chain), transpose(Mul(chain))))), Fraction(1))])
    return _collect([(det(inside), Fraction(1))])


def _hadamard(e: Hadamard) -> Terms:
    total: Terms = {}
    for i, f in enumerate(e.args):
        factor = _as_terms(normal_form(f))
        if not i:
            total = factor
            continue
        if len(total) * len(factor) > MAX_TERMS:
            raise TooLarge(f"more than {MAX_TERMS} terms")
        total = _collect([(hadamard(s, t), j * k) for s, j in total.items() for t, k in factor.items()])
    return _collect([(_sorted_hadamard(t), k) for t, k in total.items()])


def _sorted_hadamard(t: Expr) -> Expr:
    scalars: tuple[Expr, ...] = ()
    body = t
    if isinstance(t, Mul):
        scalars, chain = t.parts()
        body = mul(*chain)
    if isinstance(body, Hadamard):
        for i, f in enumerate(body.args):
            chain = f.args if isinstance(f, Mul) else ()
            for k in range(1, len(chain)):
                if chain[k].shape[0] == ONE and f.shape[1] != ONE:  # (u v^T) ⊙ M = diag(u) M diag(v)
                    rest = hadamard(*body.args[:i], *body.args[i + 1 :])
                    u, v = mul(*chain[:k]), transpose(mul(*chain[k:]))
                    return normal_form(mul(*scalars, diag(u), rest, diag(v)))
        turned = [transpose(f) for f in body.args]
        if all(isinstance(f, Transpose) for f in body.args):
            body = transpose(Hadamard(sorted(turned, key=repr_key)))
        else:
            body = Hadamard(sorted(body.args, key=repr_key))
    return mul(*sorted((_scalar(s) for s in scalars), key=repr_key), body) if scalars else body
