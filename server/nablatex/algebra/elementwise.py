"""Functions that act on every entry."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.atoms import Constant, Number, Ones, Size
from nablatex.algebra.build import add, is_zero, mul, number, ones, power, transpose, zero
from nablatex.algebra.core import Transpose
from nablatex.algebra.dims import Equate, Shape
from nablatex.algebra.expr import Expr
from nablatex.algebra.hadamard import Hadamard, HadamardPower, domain, hadamard, hadamard_power
from nablatex.algebra.kernels import LOG_ABS, RELU, SIGMOID, SOFTPLUS, STEP, call
from nablatex.algebra.spelling import Kernels, Spelling, spelled

if TYPE_CHECKING:
    from nablatex.algebra.components import Indices
    from nablatex.algebra.evaluate import Array
    from nablatex.algebra.exact import Jet


@dataclass(frozen=True, slots=True)
class Function:
    """A scalar function that is applied entry by entry.

    derivative: f' at x as an expression of x's shape; numeric: on arrays, from the numpy module;
    latex: its notation with {0}; code: how programs say it (of a number in SymPy, of an array elsewhere);
    spellings: the words that authors write.
    """

    name: str
    derivative: Callable[[Expr], Expr]
    numeric: Callable[[Any, Any], Any]
    latex: str
    code: Spelling
    spellings: tuple[str, ...] = ()
    odd: bool = False
    analytic: bool = True
    exact: Callable[[Jet], Jet] | None = None
    """From the primitive functions of `exact.SLOPES`; None where it is one of them."""


def _like(x: Expr, k: int = 1) -> Expr:
    return number(k) if x.is_scalar else mul(number(k), ones(*x.shape))


def _fn(name: str) -> Callable[[Expr], Expr]:
    return lambda x: elementwise(name, x)


def _square(x: Expr) -> Expr:
    return hadamard_power(x, number(2))


def _log(np: Any, z: Any) -> Any:
    return np.log(domain(np.real(z) > 0, z, "logarithm of a number that is not positive"))


def _sqrt(np: Any, z: Any) -> Any:
    return np.sqrt(domain(np.real(z) >= 0, z, "square root of a negative number"))


def _sigmoid(np: Any, z: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-z))


def _derivative_of_sigmoid(x: Expr) -> Expr:
    s = elementwise("sigmoid", x)
    return hadamard(s, add(_like(x), mul(number(-1), s)))


def _exact_sigmoid(x: Jet) -> Jet:
    """1 / (1 + exp(-x))."""
    return (x.entry_power(0) + (-x).apply("exp")).reciprocal()


def _softplus(np: Any, z: Any) -> Any:
    """log(1 + e^z) without overflow, of complex numbers too."""
    if not np.iscomplexobj(z):
        return np.logaddexp(0, z)
    return np.where(z.real > 0, z, 0) + np.log1p(np.exp(np.where(z.real > 0, -z, z)))


def _flat(x: Expr) -> Expr:
    return zero(x.shape)


FUNCTIONS: dict[str, Function] = {
    f.name: f
    for f in (
        Function("exp", _fn("exp"), lambda np, z: np.exp(z), r"\exp({0})", call("exp"), ("exp",)),
        Function("log", lambda x: hadamard_power(x, number(-1)), _log, r"\log({0})", call("log"), ("log", "ln")),
        Function(
            "logabs",
            lambda x: hadamard_power(x, number(-1)),
            lambda np, z: np.log(domain(np.abs(z) > 0, np.abs(z), "logarithm of zero")),
            r"\log|{0}|",
            LOG_ABS,
            exact=lambda x: (x * x.apply("sign")).apply("log"),
            analytic=False,
        ),
        Function("sin", _fn("cos"), lambda np, z: np.sin(z), r"\sin({0})", call("sin"), ("sin",), odd=True),
        Function(
            "cos",
            lambda x: mul(number(-1), elementwise("sin", x)),
            lambda np, z: np.cos(z),
            r"\cos({0})",
            call("cos"),
            ("cos",),
        ),
        Function(
            "tan",
            lambda x: add(_like(x), _square(elementwise("tan", x))),
            lambda np, z: np.tan(z),
            r"\tan({0})",
            call("tan"),
            ("tan",),
            odd=True,
            exact=lambda x: x.apply("sin") * x.apply("cos").reciprocal(),
        ),
        Function(
            "sinh",
            _fn("cosh"),
            lambda np, z: np.sinh(z),
            r"\sinh({0})",
            call("sinh"),
            ("sinh",),
            odd=True,
            exact=lambda x: (x.apply("exp") - (-x).apply("exp")).scale(Fraction(1, 2)),
        ),
        Function(
            "cosh",
            _fn("sinh"),
            lambda np, z: np.cosh(z),
            r"\cosh({0})",
            call("cosh"),
            ("cosh",),
            exact=lambda x: (x.apply("exp") + (-x).apply("exp")).scale(Fraction(1, 2)),
        ),
        Function(
            "tanh",
            lambda x: add(_like(x), mul(number(-1), _square(elementwise("tanh", x)))),
            lambda np, z: np.tanh(z),
            r"\tanh({0})",
            call("tanh"),
            ("tanh",),
            odd=True,
            exact=lambda x: _exact_sigmoid(x.scale(2)).scale(2) - x.entry_power(0),
        ),
        Function(
            "arctan",
            lambda x: hadamard_power(add(_like(x), _square(x)), number(-1)),
            lambda np, z: np.arctan(z),
            r"\arctan({0})",
            call("arctan", "atan"),
            ("arctan", "atan"),
            odd=True,
        ),
        Function(
            "abs",
            _fn("sign"),
            lambda np, z: np.abs(z),
            r"|{0}|",
            call("abs", sympy="Abs"),
            ("abs",),
            exact=lambda x: x * x.apply("sign"),
            analytic=False,
        ),
        Function(
            "sign",
            _flat,
            lambda np, z: np.sign(z),
            r"\operatorname{sign}({0})",
            call("sign"),
            ("sign", "sgn"),
            odd=True,
            analytic=False,
        ),
        Function(
            "relu",
            _fn("step"),
            lambda np, z: np.maximum(z, 0),
            r"\max(0, {0})",
            RELU,
            ("relu", "ReLU"),
            exact=lambda x: x * x.apply("step"),
            analytic=False,
        ),
        Function(
            "step",
            _flat,
            lambda np, z: (z > 0) * 1.0,
            r"\mathbb{1}[{0} > 0]",
            STEP,
            analytic=False,
        ),
        Function(
            "sigmoid",
            _derivative_of_sigmoid,
            _sigmoid,
            r"\sigma({0})",
            SIGMOID,
            ("sigmoid", "sigm", "logistic"),
            exact=lambda x: _exact_sigmoid(x),
        ),
        Function(
            "softplus",
            _fn("sigmoid"),
            lambda np, z: _softplus(np, z),
            r"\operatorname{softplus}({0})",
            SOFTPLUS,
            ("softplus",),
            exact=lambda x: (x.entry_power(0) + x.apply("exp")).apply("log"),
        ),
        Function(
            "sqrt",
            lambda x: mul(number("1/2"), hadamard_power(elementwise("sqrt", x), number(-1))),
            _sqrt,
            r"\sqrt{{{0}}}",
            call("sqrt"),
            ("sqrt",),
        ),
    )
}


def generic(name: str, order: int) -> Callable[[Any, Any], Any]:
    """A smooth stand-in for an unknown function and its derivatives: a sin(w z) + b z + c z^2, drawn from its name.

    Its derivatives are exact, so that a claim about sigma' is tested against the same function as sigma.
    """
    seed = zlib.crc32(name.encode())
    a, w, b, c, phase = (0.4 + ((seed >> s) % 97) / 97 for s in (0, 5, 11, 17, 23))

    def value(np: Any, z: Any) -> Any:
        wave = a * w**order * np.sin(w * z + phase + order * np.pi / 2)
        rest = (b * z + c * z**2, b + 2 * c * z, 2 * c + 0 * z)[order] if order < 3 else 0 * z
        return wave + rest

    return value


class Elementwise(Expr):
    """f(X) entry by entry: params are (name, order); order counts the derivatives of an unknown function."""

    __slots__ = ()
    name = "elementwise"
    rule = "chain rule, entry by entry"
    code: ClassVar[Kernels] = {
        "call": spelled("{f}({0})", julia="{f}.({0})", matlab="{f}({0})", sympy="{f}({0})"),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return shapes[0]

    @property
    def proviso(self) -> str:  # type: ignore[override]
        if self.params[0] not in ("abs", "relu") or self.params[1]:
            return ""
        return "where {0} is not zero" if self.is_scalar else "where no entry of {0} is zero"

    @property
    def analytic(self) -> bool:  # type: ignore[override]
        return self.function is None or self.function.analytic

    @property
    def function(self) -> Function | None:
        return FUNCTIONS.get(self.params[0]) if not self.params[1] else None

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return elementwise(self.params[0], args[0], self.params[1])

    def transposed(self) -> Expr:
        inside = self.args[0]
        turned = transpose(inside)
        if turned == inside:
            return self
        return (
            elementwise(self.params[0], turned, self.params[1]) if isinstance(inside, Transpose) else Transpose((self,))
        )

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d f(X) = f'(X) ⊙ dX."""
        if tangents[0] is None:
            return None
        x = self.args[0]
        f = self.function
        slope = f.derivative(x) if f else elementwise(self.params[0], x, self.params[1] + 1)
        return hadamard(slope, tangents[0])

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        return self.rebuild([self.args[0].component(i, j, indices)])

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        f = self.function
        call = f.numeric if f else generic(*self.params)
        return np.asarray(call(np, values[0]))

    def exact(self, *values: Jet) -> Jet:
        from nablatex.algebra.fields import UNKNOWN

        f = self.function
        if f is None:
            return values[0].apply(UNKNOWN + self.params[0], self.params[1])
        return f.exact(values[0]) if f.exact else values[0].apply(f.name)


def elementwise(name: str, x: Expr, order: int = 0) -> Expr:
    """f(x) for a name of FUNCTIONS, or for an unknown function f with its order-th derivative."""
    if order == 0:
        if name == "exp" and is_zero(x):
            return number(1) if x.is_scalar else ones(*x.shape)
        if name == "log" and isinstance(x, Number) and x.value == 1:
            return number(0)
        if name == "log" and isinstance(x, Elementwise) and x.params == ("abs", 0):
            return Elementwise(x.args, ("logabs", 0))
        if name == "sqrt" and isinstance(x, Number) and x.value in (0, 1):
            return x
        if name == "log" and isinstance(x, Constant) and x.params[0] == "e":
            return number(1)
        if name in ("relu", "abs") and (
            isinstance(x, (Size, Ones)) or (isinstance(x, Elementwise) and x.params == ("abs", 0))
        ):
            return x
        if name == "sqrt" and x.is_scalar:
            return power(x, number("1/2"))
    return Elementwise((x,), (name, order))


__all__ = [
    "FUNCTIONS",
    "Elementwise",
    "Function",
    "Hadamard",
    "HadamardPower",
    "elementwise",
    "generic",
    "hadamard",
    "hadamard_power",
]
