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
    return type(e) is Zero or (type(e) is Number and not e.params[0])


def split_coefficient(e: Expr) -> tuple[Fraction, Expr]:
    """e as (rational coefficient, rest)."""
    kind = type(e)
    if kind is Mul:
        first = e.args[0]
        if type(first) is Number:
            rest = e.args[1:]
            return first.params[0], rest[0] if len(rest) == 1 else Mul(rest, (), e.shape)
        return UNIT, e
    if kind is Number:
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
    alike = False
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
            alike = True
        else:
            merged[rest] = k
            whole[rest] = term
    kept = (
        [whole[rest] if rest in whole else scale(k, rest) for rest, k in merged.items() if k]
        if alike
        else list(whole.values())
    )
    if shape is None or not kept:
        return zero(shape or fallback)
    return kept[0] if len(kept) == 1 else Add(kept, (), shape)


def _flat_terms(terms: Iterable[Expr]) -> list[Expr]:
    out: list[Expr] = []
    for t in terms:
        kind = type(t)
        if kind is Add:
            out += t.args
        elif kind is Mul and len(t.args) == 2 and type(t.args[1]) is Add and _is_minus_one(t.args[0]):
            out += [scale(-1, x) for x in t.args[1].args]
        else:
            out.append(t)
    return out


def _is_minus_one(e: Expr) -> bool:
    return isinstance(e, Number) and e.value == -1


def scale(k: Fraction | int, e: Expr) -> Expr:
    """k·e for a rational k."""
    return e if k == 1 else mul(number(Fraction(k)), e)


class _Product:
    """Factors being collected: a number, scalar bases with exponents, a chain of matrices; any of them may vanish."""

    __slots__ = ("chain", "number", "scalars", "vanishes")

    def __init__(self) -> None:
        self.number = UNIT
        self.scalars: dict[Expr, Expr] = {}
        self.chain: list[Expr] = []
        self.vanishes = False

    def put(self, e: Expr) -> None:
        kind = type(e)
        if not e.is_scalar:
            if kind is Mul:
                for a in e.args:
                    self.put(a)
            else:
                self.put_matrix(e)
        elif kind is Number:
            if e is not UNIT_SCALAR:
                self.multiply(e.params[0])
        elif kind is Mul:
            scalars, chain = e.parts()  # type: ignore[attr-defined]
            for s in scalars:
                self.put(s)
            if chain:
                self.put_scalar(Mul(chain, (), SCALAR) if scalars else e, UNIT_SCALAR)
        elif kind is Power:
            self.put_scalar(e.args[0], e.args[1])
        else:
            self.put_scalar(e, UNIT_SCALAR)

    def multiply(self, k: Fraction) -> None:
        self.number = k if self.number is UNIT else self.number * k
        if not k:
            self.vanishes = True

    def put_scalar(self, base: Expr, exponent: Expr) -> None:
        before = self.scalars.get(base)
        self.scalars[base] = exponent if before is None else add(before, exponent)

    def put_matrix(self, e: Expr) -> None:
        kind = type(e)
        if kind is Zero:
            self.vanishes = True
        chain = self.chain
        if not chain:
            chain.append(e)
            return
        left, (rows, cols) = chain[-1].shape[1], e.shape
        if left is not rows:
            whole = (chain[0].shape[0], left)
            raise ShapeError(f"the product of {shape_text(whole)} and {shape_text(e.shape)} cannot be formed")
        if kind is Identity:
            return
        if type(chain[-1]) is Identity:
            chain.pop()
        chain.append(e)
        if cols is ONE and chain[0].shape[0] is ONE:
            self.chain = []
            self.put_scalar(chain[0] if len(chain) == 1 else Mul(chain, (), SCALAR), UNIT_SCALAR)

    def result(self) -> Expr:
        chain = self.chain
        shape = (chain[0].shape[0], chain[-1].shape[1]) if chain else SCALAR
        factors = self.scalar_factors() if self.scalars else []
        if self.vanishes:
            return zero(shape)
        if not chain and factors:
            chains = [f for f in factors if type(f) is Mul]
            if len(chains) == 1:
                factors = [*(f for f in factors if f is not chains[0]), *chains[0].args]
        out = [*factors, *chain] if factors else chain
        if not out or (self.number is not UNIT and self.number != 1):
            out = [number(self.number), *out]
        return out[0] if len(out) == 1 else Mul(out, (), shape)

    def scalar_factors(self) -> list[Expr]:
        """The powers of the scalar bases, their own rational factors put with the number."""
        factors: list[Expr] = []
        for base, exponent in self.scalars.items():
            p = base if exponent is UNIT_SCALAR else power(base, exponent)
            if p is base and type(p) is not Mul:
                factors.append(p)
            elif isinstance(p, Number):
                self.multiply(p.value)
            elif isinstance(p, Mul):
                scalars, chain = p.parts()
                for f in scalars:
                    if isinstance(f, Number):
                        self.multiply(f.value)
                    else:
                        factors.append(f)
                if chain:
                    factors.append(Mul(chain, (), SCALAR))
            else:
                factors.append(p)
        return factors


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
    if e.name == "matrix_function" and e.params[0] == "exp":  # (e^X)^{-1} = e^{-X}
        return e.rebuild([mul(number(-1), e.args[0])])
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
        if base.name == "diag" and k > 0:
            return base.rebuild([_powers_of_entries(base.args[0], exponent)])
        if isinstance(base, Inverse) and k.denominator == 1:
            return power(base.args[0], number(-k))
    if base.shape[0] != base.shape[1]:
        raise ShapeError(f"a power of a {shape_text(base.shape)} matrix: it is not square")
    return Power((base, exponent))


def _powers_of_entries(x: Expr, exponent: Expr) -> Expr:
    from nablatex.algebra.hadamard import hadamard_power

    return hadamard_power(x, exponent)
