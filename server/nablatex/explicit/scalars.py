"""Operations on scalar formulas: evaluate, simplify, expand, factor, collect, apart, calculus."""

from __future__ import annotations

import re
from typing import Any

import sympy
from sympy.core.relational import Relational

from nablatex.explicit import numeric
from nablatex.explicit.answers import Answer, Declined, Subject, equals, operation
from nablatex.explicit.sizes import MAX_TERMS, terms
from nablatex.explicit.values import Identity, Value, is_matrix

UNEVALUATED = (sympy.Integral, sympy.Derivative, sympy.Limit, sympy.Sum, sympy.Product)


def done(value: Value) -> Value:
    """The value with its integrals, derivatives, sums and limits worked out; Declined where one has no closed form."""
    if isinstance(value, Identity):
        return value
    try:
        out = value.doit()
    except (ValueError, NotImplementedError, TypeError, ArithmeticError) as error:
        raise Declined(f"no closed form was found: {error}") from None
    parts = list(out) if is_matrix(out) else [out]
    if any(p.has(*UNEVALUATED, sympy.Piecewise) for p in parts):
        raise Declined("no closed form was found")
    if any(p.has(sympy.zoo, sympy.nan, sympy.AccumBounds) for p in parts):
        raise Declined("this has no value")
    return out


def tidy(value: Value) -> Value:
    """The shorter of the value as it came and simplified; entry by entry for a matrix."""
    if isinstance(value, Identity):
        return Identity(tidy(value.factor))
    if is_matrix(value):
        return value.applyfunc(tidy)
    if value.is_Rational or value.is_Symbol:
        return value
    if value.is_number and value.has(sympy.I):
        value = sympy.expand_complex(value)
    if terms(value) > MAX_TERMS:
        return value
    simplified = sympy.simplify(value)
    candidates = [value, simplified]
    if value.free_symbols and not value.is_polynomial():
        candidates.append(sympy.together(value))
    if value.is_polynomial() and sympy.count_ops(simplified) >= sympy.count_ops(value) - 1:
        return value
    return min(candidates, key=lambda e: (sympy.count_ops(e) + 0.1 * len(str(e)), str(e)))


def indefinite(value: Value) -> bool:
    return isinstance(value, sympy.Integral) and any(len(x) == 1 for x in value.limits)


@operation("evaluate", "Evaluate", "any")
def evaluate(s: Subject) -> Answer:
    """The exact value."""
    if indefinite(s.value):
        return antiderivative(s, s.value)
    try:
        out = tidy(done(s.value))
    except Declined:
        return where_positive(s)
    if isinstance(s.value, sympy.Sum) and out.free_symbols:
        out = sympy.factor(out)
    if out == s.value and _bare(s.show(out)) == _bare(s.text):
        raise Declined("there is nothing to evaluate")
    return equals(out, s.value)


def _bare(latex: str) -> str:
    return re.sub(r"\\left|\\right|\\[,;:! ]|[\s{}]", "", latex)


def where_positive(s: Subject) -> Answer:
    """The value where all symbols are positive, which the result then says: an integral may exist only there."""
    symbols = [x for x in s.symbols.values() if not x.is_positive and not x.is_integer]
    if is_matrix(s.value) or not symbols:
        return equals(done(s.value), s.value)
    cases = s.value.doit()
    if isinstance(cases, sympy.Piecewise) and not cases.args[0][0].has(*UNEVALUATED, sympy.Piecewise):
        out, condition = cases.args[0]
        if isinstance(condition, Relational) and isinstance(condition.lhs, sympy.Abs):
            after = f" = ⟦0⟧ \\quad ({s.show(condition)})"
            return Answer(after, "⟦0⟧", (tidy(out),), ((out, s.value),), domain=condition)
    positive = {x: sympy.Symbol(x.name, positive=True) for x in symbols}
    whole = s.value.subs(positive, simultaneous=True)
    out = tidy(done(whole))
    if out.has(sympy.Piecewise):
        raise Declined("the value depends on cases")
    back = {p: x for x, p in positive.items()}
    words = ",\\, ".join(s.show(x) for x in symbols)
    return Answer(f" = ⟦0⟧ \\quad ({words} > 0)", "⟦0⟧", (out.subs(back, simultaneous=True),), ((out, whole),))


def antiderivative(s: Subject, whole: Any) -> Answer:
    """∫ f dx up to a constant: its derivative is compared with f, not SymPy's integral with itself."""
    if len(whole.limits) != 1:
        raise Declined("a repeated indefinite integral")
    x = whole.limits[0][0]
    out = done(whole)
    constant = s.fresh("C")
    real = out.replace(sympy.log, lambda u: sympy.log(sympy.Abs(u)) if not u.is_nonnegative else sympy.log(u))
    for candidate in (tidy(real), tidy(out)):
        # the derivative is taken by differences, not by rules
        answer = Answer(
            " = ⟦0⟧ + ⟦1⟧", "⟦0⟧ + ⟦1⟧", (candidate, constant), ((sympy.Derivative(candidate, x), whole.function),)
        )
        from nablatex.explicit.answers import confirmed

        if confirmed(answer) is None:
            return answer
    raise Declined("the antiderivative could not be confirmed")


@operation("numerically", "Evaluate numerically", "any")
def numerically(s: Subject) -> Answer:
    """The value in decimals."""
    if isinstance(s.value, Identity):
        raise Declined("the size of the identity is not known")
    digits = int(s.arguments.get("digits", 6))
    if not 1 <= digits <= 50:
        raise Declined("between 1 and 50 digits")

    def number(e: Any) -> Any:
        if e.free_symbols:
            raise Declined("it holds symbols without a value")
        try:
            found = numeric.value(e, {})
        except numeric.NoValue as error:
            raise Declined(f"it has no number: {error}") from None
        return (
            sympy.Float(found.real, digits)
            if abs(found.imag) < 10**-25
            else sympy.Float(found.real, digits) + sympy.I * sympy.Float(found.imag, digits)
        )

    out = s.value.applyfunc(number) if is_matrix(s.value) else number(s.value)
    return Answer(" \\approx ⟦0⟧", "⟦0⟧", (out,), (), read_back=False)


def _entrywise(value: Value, f: Any) -> Value:
    if isinstance(value, Identity):
        return Identity(f(value.factor))
    return value.applyfunc(f) if is_matrix(value) else f(value)


def _changed(s: Subject, f: Any, nothing: str) -> Answer:
    before = done(s.value)
    if any(terms(e) > MAX_TERMS for e in ([] if isinstance(before, Identity) else numeric.entries(before))):
        raise Declined("the result is too long to be read")
    out = _entrywise(before, f)
    if out == s.value and _bare(s.show(out)) == _bare(s.text):
        raise Declined(nothing)
    return equals(out, s.value)


@operation("simplify", "Simplify", "any")
def simplify(s: Subject) -> Answer:
    return _changed(s, sympy.simplify, "it is as simple as it gets")


@operation("expand", "Expand", "any")
def expand(s: Subject) -> Answer:
    return _changed(s, sympy.expand, "there is nothing to expand")


@operation("factor", "Factor", "any")
def factor(s: Subject) -> Answer:
    return _changed(s, _factor, "it does not factor over the rational numbers")


def _factor(e: Any) -> Any:
    if e.is_Integer and abs(e) < 10**30 and e not in (0, 1, -1):
        powers = [
            sympy.Integer(p) if k == 1 else sympy.Pow(p, k, evaluate=False) for p, k in sympy.factorint(e).items()
        ]
        return sympy.Mul(*powers, evaluate=False)
    return sympy.factor(e)


@operation("collect", "Collect powers of a symbol", "any", variable=True)
def collect(s: Subject) -> Answer:
    x = s.needs_variable()
    return _changed(s, lambda e: sympy.collect(sympy.expand(e), x), "there is nothing to collect")


@operation("apart", "Split into partial fractions", "scalar", variable=True)
def apart(s: Subject) -> Answer:
    x = s.needs_variable()
    try:
        return _changed(s, lambda e: sympy.apart(e, x), "it has no partial fractions")
    except (sympy.PolynomialError, NotImplementedError):
        raise Declined("it is no quotient of polynomials") from None


@operation("differentiate", "Differentiate", "any", variable=True)
def differentiate(s: Subject) -> Answer:
    x = s.needs_variable()
    before = done(s.value)
    out = tidy(_entrywise(before, lambda e: sympy.diff(e, x)))
    whole = _entrywise(before, lambda e: sympy.Derivative(e, x))
    name = s.show(x)
    d = "\\partial" if len(s.symbols) > 1 else "d"
    return Answer("\\right) = ⟦0⟧", "⟦0⟧", (out,), ((out, whole),), before=f"\\frac{{{d}}}{{{d} {name}}} \\left(")


@operation("integrate", "Integrate", "scalar", variable=True, arguments=("from", "to"))
def integrate(s: Subject) -> Answer:
    x = s.needs_variable()
    before = done(s.value)
    inner = s.text if not before.is_Add else f"\\left({s.text}\\right)"
    low, high = s.arguments.get("from"), s.arguments.get("to")
    if low is not None and high is not None:
        whole = sympy.Integral(before, (x, low, high))
        out = tidy(done(whole))
        opening = f"\\int_{{{s.show(low)}}}^{{{s.show(high)}}} "
        answer = equals(out, whole)
    else:
        answer = antiderivative(s, sympy.Integral(before, x))
        opening = "\\int "
    if inner != s.text:
        opening += "\\left("
    closing = ("\\right)" if inner != s.text else "") + f" \\, d{s.show(x)}"
    return Answer(closing + answer.after, answer.result, answer.values, answer.checks, before=opening)


@operation("limit", "Limit", "scalar", variable=True, arguments=("at",))
def limit(s: Subject) -> Answer:
    x = s.needs_variable()
    at = s.arguments.get("at", sympy.S.Zero)
    before = done(s.value)
    whole = sympy.Limit(before, x, at, "-" if at is sympy.oo else "+" if at is -sympy.oo else "+-")
    out = tidy(done(whole))
    if out in (sympy.oo, -sympy.oo):
        raise Declined("the limit is infinite")
    opening = f"\\lim_{{{s.show(x)} \\to {s.show(at)}}} "
    wrapped = before.is_Add
    return Answer(
        ("\\right)" if wrapped else "") + " = ⟦0⟧",
        "⟦0⟧",
        (out,),
        ((out, whole),),
        before=opening + ("\\left(" if wrapped else ""),
    )


@operation("series", "Expand in a series", "scalar", variable=True, arguments=("at", "order"))
def series(s: Subject) -> Answer:
    """The Taylor polynomial; the coefficients are checked against derivatives taken by differences."""
    x = s.needs_variable()
    at = s.arguments.get("at", sympy.S.Zero)
    order = int(s.arguments.get("order", 6))
    if not 1 <= order <= 20:
        raise Declined("an order between 1 and 20")
    before = done(s.value)
    try:
        whole = sympy.series(before, x, at, order)
    except (ValueError, NotImplementedError, TypeError, sympy.PoleError) as error:
        raise Declined(f"it has no series there: {error}") from None
    polynomial = whole.removeO()
    h = x - at
    if not sympy.expand(polynomial.subs(x, x + at)).is_polynomial(x):
        raise Declined("it has no Taylor series there")
    checks = []
    for k in range(min(order, 6)):
        coefficient = sympy.expand(polynomial.subs(x, x + at)).coeff(x, k) * sympy.factorial(k)
        taken = before.subs(x, at) if not k else sympy.Subs(sympy.Derivative(before, (x, k)), x, at)
        checks.append((coefficient, taken))
    remainder = sympy.Pow(h, order, evaluate=False) if order > 1 else h
    o = f"O\\left({s.show(remainder)}\\right)"
    terms = sorted(sympy.Add.make_args(polynomial), key=lambda t: sympy.degree(sympy.expand(t.subs(x, x + at)), x))
    body = ""
    for t in terms:
        text = s.show(t)
        body += text if not body else f" - {text[1:].lstrip()}" if text.startswith("-") else f" + {text}"
    text = f"{body} + {o}" if whole.has(sympy.Order) else body
    return Answer(f" = {text}", text, (), tuple(checks), read_back=False)


@operation("sum", "Sum over an index", "scalar", variable=True, arguments=("from", "to"))
def summed(s: Subject) -> Answer:
    x = s.needs_variable()
    low = s.arguments.get("from", sympy.S.One)
    high = s.arguments.get("to", s.fresh("n"))
    index = sympy.Symbol(x.name, integer=True, positive=True)
    whole = sympy.Sum(done(s.value).subs(x, index), (index, low, high))
    out = sympy.factor(tidy(done(whole)))
    wrapped = s.value.is_Add
    return Answer(
        ("\\right)" if wrapped else "") + " = ⟦0⟧",
        "⟦0⟧",
        (out,),
        ((out, whole),),
        before=f"\\sum_{{{s.show(x)}={s.show(low)}}}^{{{s.show(high)}}} " + ("\\left(" if wrapped else ""),
    )
