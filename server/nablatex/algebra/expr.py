"""Typed expressions: immutable trees whose nodes are operators with a shape.

An operator is one class; everything known of it stands on that class: its shape rule
(`shape_rule`), its differential, its adjoint and its vectorised form where it is linear in an
argument, its value in floating point, how it rewrites, and, as plain data, how it is spelled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.dims import SCALAR, Equate, Shape, strict
from nablatex.algebra.spelling import Kernels

if TYPE_CHECKING:
    from nablatex.algebra.components import Indices
    from nablatex.algebra.evaluate import Array, Evaluator
    from nablatex.algebra.exact import ExactEvaluator, Jet

REGISTRY: dict[str, type[Expr]] = {}
"""Every operator by its name; printers, checks and tests walk over it."""


NOTHING: frozenset[Expr] = frozenset()


class NotDifferentiable(ValueError):
    """There is no derivative here, or none in closed form; the message says why."""


class Expr:
    """A node: operator class, argument expressions, parameters (hashable data), shape."""

    __slots__ = ("_binders", "_free_symbols", "_hash", "args", "is_scalar", "memo", "params", "shape")

    name: ClassVar[str] = ""
    linear: ClassVar[bool] = False
    """Linear in each argument (multilinear): then `differential` is given by the product rule."""
    binds: ClassVar[bool] = False
    """Binds symbols (derivatives, sums over an index): children are evaluated in a changed environment."""
    proviso: ClassVar[str] = ""
    """What has to hold of {0} where the operator is differentiated, in words."""
    analytic: ClassVar[bool] = False
    """Its value is an analytic function of its arguments' and is computed for complex ones too."""
    template: ClassVar[str] = ""
    r"""LaTeX with ``{0}``, ``{1}`` for arguments, for printers, e.g. ``\operatorname{tr}({0})``."""
    code: ClassVar[Kernels] = {}
    """How exported programs say it: templates by kernel and language (`algebra.spelling`)."""
    spellings: ClassVar[tuple[str, ...]] = ()
    """Words that authors write for this operator (``tr``, ``Tr``, ``trace``)."""
    rule: ClassVar[str] = ""
    """What a step that applies `differential` is called in a derivation."""
    move: ClassVar[str] = ""
    """What a step that applies `adjoint` is called in a derivation."""

    args: tuple[Expr, ...]
    params: tuple[Any, ...]
    shape: Shape

    def __init__(self, args: Sequence[Expr] = (), params: tuple[Any, ...] = (), shape: Shape | None = None) -> None:
        """shape: what the shape rule gives, where the caller has worked it out already."""
        self.args = args = tuple(args)
        self.params = params
        self._hash = hash((self.name, args, params))
        if shape is None:
            shape = self.shape_rule([a.shape for a in args], params, strict)
        self.shape = shape
        self.is_scalar: bool = shape == SCALAR
        self._free_symbols: frozenset[Expr] | None = None
        self._binders: bool | None = None
        self.memo: dict[str, Any] | None = None

    def __init_subclass__(cls) -> None:
        if cls.name:
            REGISTRY[cls.name] = cls

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Expr)
            and self._hash == other._hash
            and type(self) is type(other)
            and self.params == other.params
            and self.args == other.args
        )

    # ---- shape

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        """The shape of the result; `equate` demands equal dimensions (raises, or unifies in the elaborator)."""
        raise NotImplementedError

    # ---- calculus

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d of this node from its arguments' differentials (None: that argument is constant)."""
        from nablatex.algebra.build import add

        terms = [
            self.rebuild((*self.args[:i], t, *self.args[i + 1 :])) for i, t in enumerate(tangents) if t is not None
        ]
        return add(*terms) if terms else None

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        """For an operator linear in argument i: the G' with <G, op(.., dX, ..)> = <G', dX>."""
        raise NotImplementedError(f"{self.name} is not linear in argument {i}")

    def vectorised(self, i: int) -> Expr | None:
        """For an operator linear in argument i: L with vec(op(.., dX, ..)) = L vec(dX); None is the identity."""
        raise NotImplementedError(f"{self.name} is not linear in argument {i}")

    def transposed(self) -> Expr:
        """This node's transpose; `build.transpose` is the way to ask for it."""
        from nablatex.algebra.core import default_transposed

        return default_transposed(self)

    def traced(self) -> Expr | None:
        """The trace of this node where it is simpler than the node; `reductions.trace` is the way to ask for it."""
        return None

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        """The entry (i, j), with sums over fresh indices; `components.component` is the way in."""
        if self.is_scalar:
            return (
                self
                if not self.args
                else self.rebuild([a.component(i, j, indices) if a.is_scalar else a for a in self.args])
            )
        from nablatex.algebra.indices import Entry

        return Entry((self, i, j))

    # ---- value

    def evaluate(self, ev: Evaluator) -> Array:
        """Value as a two-dimensional array; binding operators override this."""
        return self.numeric(*[ev(a) for a in self.args])

    def numeric(self, *values: Array) -> Array:
        """Value from the arguments' values (two-dimensional arrays).  FloatingPointError outside the domain."""
        raise NotImplementedError

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        """Value over a field, with dual numbers; binding operators override this."""
        return self.exact(*[ev(a) for a in self.args])

    def exact(self, *values: Jet) -> Jet:
        """Exact value from the arguments' values.  NotExact where the operator has none."""
        from nablatex.algebra.fields import NotExact

        raise NotExact(f"{self.name} has no exact value")

    def exact_power(self, ev: ExactEvaluator, k: int) -> Jet:
        """The k-th power of this scalar or square matrix; operators with roots in them do better for even k."""
        return ev(self).power(k)

    # ---- structure

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        """This operator on other arguments, through its smart constructor."""
        return type(self)(args, self.params)

    def substitute(self, table: dict[Expr, Expr]) -> Expr:
        """Replace nodes (usually symbols) by expressions; bound symbols are left alone."""
        found = table.get(self)
        if found is not None:
            return found
        if not self.args:
            return self
        args = tuple([a.substitute(table) for a in self.args])
        return self if args == self.args else self.rebuild(args)

    def walk(self) -> Iterator[Expr]:
        yield self
        for a in self.args:
            yield from a.walk()

    @property
    def free_symbols(self) -> frozenset[Expr]:
        """Symbols (leaves of operator ``symbol``) that occur and are not bound."""
        found = self._free_symbols
        if found is None:
            found = self._free_symbols = self._free()
        return found

    def _free(self) -> frozenset[Expr]:
        args = self.args
        if not args:
            return NOTHING
        if len(args) == 1:
            return args[0].free_symbols
        return args[0].free_symbols.union(*[a.free_symbols for a in args[1:]])

    @property
    def has_binders(self) -> bool:
        """Whether an operator that binds symbols stands anywhere in the expression."""
        found = self._binders
        if found is None:
            found = self.binds
            for a in self.args:
                found = found or a.has_binders
            self._binders = found
        return found

    def cached(self, key: str) -> Any:
        return None if self.memo is None else self.memo.get(key)

    def cache(self, key: str, value: Any) -> Any:
        if self.memo is None:
            self.memo = {}
        self.memo[key] = value
        return value

    # ---- writing formulas in Python

    @property
    def T(self) -> Expr:
        from nablatex.algebra.build import transpose

        return transpose(self)

    def __matmul__(self, other: Expr) -> Expr:
        from nablatex.algebra.build import mul

        return mul(self, other)

    def __mul__(self, other: Expr | int) -> Expr:
        from nablatex.algebra.build import mul, number

        return mul(self, other if isinstance(other, Expr) else number(other))

    def __rmul__(self, other: int) -> Expr:
        from nablatex.algebra.build import mul, number

        return mul(number(other), self)

    def __add__(self, other: Expr) -> Expr:
        from nablatex.algebra.build import add

        return add(self, other)

    def __neg__(self) -> Expr:
        from nablatex.algebra.build import mul, number

        return mul(number(-1), self)

    def __sub__(self, other: Expr) -> Expr:
        return self + -other

    def __repr__(self) -> str:
        inner = ", ".join([*map(repr, self.args), *map(str, self.params)])
        return f"{self.name}({inner})"
