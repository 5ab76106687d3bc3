"""Smart constructors: the light normal form that every expression keeps.

Sums are flat with like terms merged; products are a number, then scalar factors (powers of equal bases merged),
then matrix factors in order; transposes stand at leaves, inverses and sums.  Nothing is expanded or reordered
that an author would see: that is for `simplify` and `normal_form`.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from nablatex.algebra.atoms import Identity, Number, Ones, Symbol, UnitVector, Zero
from nablatex.algebra.core import Add, Inverse, Mul, Power, Transpose
from nablatex.algebra.dims import ONE, SCALAR, Dim, Shape, ShapeError, dim, shape_text
from nablatex.algebra.expr import Expr

NOUGHT, UNIT = Fraction(0), Fraction(1)
ZERO_SCALAR = Number((), (NOUGHT,))
UNIT_SCALAR = Number((), (UNIT,))
_INTEGERS = {k: Number((), (Fraction(k),)) for k in range(-16, 65)}
_INTEGERS[0], _INTEGERS[1] = ZERO_SCALAR, UNIT_SCALAR


def symbol(name: str, rows: str | int | Dim = 1, cols: str | int | Dim = 1, *properties: str) -> Symbol:
    """A symbol of shape rows×cols: symbol("X", "m", "n"), symbol("a", "m"), symbol("t")."""
    return Symbol((), (name, (dim(rows), dim(cols)), frozenset(properties)))


def number(x: int | Fraction | str) -> Number:
    if isinstance(x, Fraction):
        found = _INTEGERS.get(x.numerator) if x.denominator == 1 else None
        return Number((), (x,)) if found is None else found
    found = _INTEGERS.get(x) if isinstance(x, int) else None
    return Number((), (Fraction(x),)) if found is None else found


def identity(n: str | int | Dim) -> Expr:
    d = dim(n)
    return UNIT_SCALAR if d == ONE else Identity((), (d, d))


def zero(shape: Shape) -> Expr:
    return ZERO_SCALAR if shape == SCALAR else Zero((), shape)


def ones(rows: str | int | Dim, cols: str | int | Dim = 1) -> Expr:
    shape = (dim(rows), dim(cols))
    return UNIT_SCALAR if shape == SCALAR else Ones((), shape)


def unit_vector(index: Expr, n: str | int | Dim) -> Expr:
    return UNIT_SCALAR if dim(n) == ONE else UnitVector((index,), (dim(n),))


def is_zero(e: Expr) -> bool:
    return isinstance(e, Zero) or (isinstance(e, Number) and e.value == 0)


def split_coefficient(e: Expr) -> tuple[Fraction, Expr]:
    """e as (rational coefficient, rest)."""
    if isinstance(e, Mul):
        first = e.args[0]
        if isinstance(first, Number):
            rest = e.args[1:]
            return first.params[0], rest[0] if len(rest) == 1 else Mul(rest)
        return UNIT, e
    if isinstance(e, Number):
        return e.params[0], UNIT_SCALAR
    return UNIT, e


def add(*terms: Expr) -> Expr:
    """Sum of expressions of one shape; 0 fits every shape.  Like terms are merged, order is kept."""
    if len(terms) == 1:
        return terms[0]
    merged: dict[Expr, Fraction] = {}
    whole: dict[Expr, Expr] = {}
    shape: Shape | None = None
    fallback: Shape = SCALAR
    for term in _flat_terms(terms):
        if is_zero(term):
            fallback = term.shape if term.shape != SCALAR else fallback
            continue
        if shape is None:
            shape = term.shape
        elif shape != term.shape:
            raise ShapeError(f"a sum of {shape_text(shape)} and {shape_text(term.shape)}")
        k, rest = split_coefficient(term)
        if rest in merged:
            merged[rest] += k
            whole.pop(rest, None)
        else:
            merged[rest] = k
            whole[rest] = term
    kept = [whole[rest] if rest in whole else scale(k, rest) for rest, k in merged.items() if k]
    if not kept:
        return zero(shape or fallback)
    return kept[0] if len(kept) == 1 else Add(kept)


def _flat_terms(terms: Iterable[Expr]) -> Iterable[Expr]:
    for t in terms:
        if isinstance(t, Add):
            yield from t.args
            continue
        if isinstance(t, Mul) and len(t.args) == 2 and isinstance(t.args[1], Add) and isinstance(t.args[0], Number):
            k = t.args[0].value
            if k == -1:
                yield from (scale(k, x) for x in t.args[1].args)
                continue
        yield t


def scale(k: Fraction | int, e: Expr) -> Expr:
    """k·e for a rational k."""
    return e if k == 1 else mul(number(Fraction(k)), e)


class _Product:
    """Factors being collected: a number, scalar bases with exponents, a chain of matrices."""

    def __init__(self) -> None:
        self.number = UNIT
        self.scalars: dict[Expr, Expr] = {}
        self.chain: list[Expr] = []
        self.zero: Expr | None = None

    def put(self, e: Expr) -> None:
        if isinstance(e, Number):
            if e is not UNIT_SCALAR:
                self.number = e.value if self.number is UNIT else self.number * e.value
        elif isinstance(e, Mul):
            if e.is_scalar:
                scalars, chain = e.parts()
                for s in scalars:
                    self.put(s)
                if chain:
                    self.put_scalar(Mul(chain), UNIT_SCALAR)
            else:
                for a in e.args:
                    self.put(a)
        elif e.is_scalar:
            if isinstance(e, Power):
                self.put_scalar(e.args[0], e.args[1])
            else:
                self.put_scalar(e, UNIT_SCALAR)
        else:
            self.put_matrix(e)

    def put_scalar(self, base: Expr, exponent: Expr) -> None:
        before = self.scalars.get(base)
        self.scalars[base] = exponent if before is None else add(before, exponent)

    def put_matrix(self, e: Expr) -> None:
        if not self.chain:
            self.chain.append(e)
            return
        left = self.chain[-1].shape[1]
        if left != e.shape[0]:
            whole = (self.chain[0].shape[0], left)
            raise ShapeError(f"the product of {shape_text(whole)} and {shape_text(e.shape)} cannot be formed")
        if isinstance(e, Identity):
            return
        if isinstance(self.chain[-1], Identity):
            self.chain.pop()
        self.chain.append(e)
        if self.chain[0].shape[0] == ONE and e.shape[1] == ONE:
            chain, self.chain = self.chain, []
            if any(isinstance(c, Zero) for c in chain):
                self.number = Fraction(0)
            else:
                self.put_scalar(chain[0] if len(chain) == 1 else Mul(chain), UNIT_SCALAR)

    def result(self) -> Expr:
        shape = SCALAR if not self.chain else (self.chain[0].shape[0], self.chain[-1].shape[1])
        factors: list[Expr] = []
        for base, exponent in self.scalars.items():
            p = base if exponent is UNIT_SCALAR else power(base, exponent)
            if p is base and not isinstance(p, Mul):
                factors.append(p)
                continue
            if isinstance(p, Number):
                self.number *= p.value
            elif isinstance(p, Mul):
                scalars, chain = p.parts()
                for f in scalars:
                    if isinstance(f, Number):
                        self.number *= f.value
                    else:
                        factors.append(f)
                if chain:
                    factors.append(Mul(chain))
            else:
                factors.append(p)
        if (self.number is not UNIT and not self.number) or any(isinstance(c, Zero) for c in self.chain):
            return zero(shape)
        if not self.chain and factors:
            chains = [f for f in factors if isinstance(f, Mul)]
            if len(chains) == 1:
                factors = [*(f for f in factors if f is not chains[0]), *chains[0].args]
        out = [*factors, *self.chain]
        if not out or (self.number is not UNIT and self.number != 1):
            out.insert(0, number(self.number))
        return out[0] if len(out) == 1 else Mul(out)


def mul(*factors: Expr) -> Expr:
    """Product in order; scalars commute to the front.  ShapeError where matrices do not compose."""
    p = _Product()
    for f in factors:
        p.put(f)
    return p.result()


def transpose(e: Expr) -> Expr:
    """e^T, moved through products and kept on leaves, inverses and sums."""
    if e.is_scalar:
        return e
    done: Expr | None = e.cached("transpose")
    if done is None:
        done = e.cache("transpose", e.transposed())
    return done


def inverse(e: Expr) -> Expr:
    """e^{-1}; of a scalar its reciprocal.  ShapeError where e is not square."""
    if e.is_scalar:
        return power(e, number(-1))
    if e.shape[0] != e.shape[1]:
        raise ShapeError(f"the inverse of a {shape_text(e.shape)} matrix: it is not square")
    if isinstance(e, Inverse):
        return e.args[0]
    if isinstance(e, Identity):
        return e
    if isinstance(e, Transpose):
        return transpose(inverse(e.args[0]))
    if isinstance(e, Symbol) and e.has("orthogonal"):
        return transpose(e)
    if isinstance(e, Mul) and isinstance(e.args[0], Number):
        return mul(number(1 / e.args[0].value), inverse(mul(*e.args[1:])))
    if isinstance(e, Power):
        return power(e.args[0], mul(number(-1), e.args[1]))
    if e.name == "kron" and all(a.shape[0] == a.shape[1] for a in e.args):  # (A ⊗ B)^{-1} = A^{-1} ⊗ B^{-1}
        return e.rebuild([inverse(a) for a in e.args])
    return Inverse((e,))


def power(base: Expr, exponent: Expr) -> Expr:
    """base^exponent: of a scalar, or of a square matrix with a scalar exponent."""
    if isinstance(base, Number) and base.value == 1:
        return base
    if isinstance(exponent, Number):
        k = exponent.value
        if k == 0:
            return identity(base.shape[0])
        if k == 1:
            return base
        if isinstance(base, Number) and k.denominator == 1 and abs(k) <= 64 and (base.value or k > 0):
            return number(base.value ** int(k))
        if k == -1 and not base.is_scalar:
            return inverse(base)
        if isinstance(base, Identity):
            return base
        if base.is_scalar and isinstance(base, Mul) and k.denominator == 1:
            scalars, chain = base.parts()
            if scalars:
                rest = [power(Mul(chain), exponent)] if chain else []
                return mul(*[power(s, exponent) for s in scalars], *rest)
        if isinstance(base, Power):
            inner = base.args[1]
            # (s^a)^b = s^{ab} where b is an integer; for s^2 and b = 1/2 it would lose a sign
            if k.denominator == 1:
                return power(base.args[0], mul(inner, exponent))
        if isinstance(base, Inverse) and k.denominator == 1:
            return power(base.args[0], number(-k))
    if base.shape[0] != base.shape[1]:
        raise ShapeError(f"a power of a {shape_text(base.shape)} matrix: it is not square")
    return Power((base, exponent))
