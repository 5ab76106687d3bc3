r"""Reading products: factors side by side, dots, slashes, and what two factors mean together."""

from __future__ import annotations

from collections.abc import Sequence

from nablatex.algebra import ops
from nablatex.algebra.dims import ONE
from nablatex.document.base import Unsupported
from nablatex.document.drafts import Draft
from nablatex.document.indicators import indicated, indicator
from nablatex.document.names import Key, key_of, transpose_mark
from nablatex.document.total_derivatives import TotalReading
from nablatex.latex import tree
from nablatex.latex.tree import Fence, Juxtaposition, Name, Node, Relation, Scripted


class ProductReading(TotalReading):
    """Juxtapositions."""

    called: frozenset[Key] = frozenset()
    """Letters with an argument in parentheses behind them, as functions have."""

    def product_node(self, node: Juxtaposition) -> Draft:
        out: list[Draft] = []
        left: list[Draft] = []  # a of a \cdot C b and of a / x^T y, while what stands behind the sign is read
        waiting = ""
        k = 0
        while k < len(node.factors):
            rest = self.by_subscript(node, k)
            if rest is not None:
                return self.product([*out, rest])
            total, used = self.total_derivative(node.factors[k : k + 3])
            n, bars = self.over_bars(node, k)
            used += bars
            condition = indicated(n, node.factors[k + 1]) if k + 1 < len(node.factors) else None
            if condition is not None:
                out.append(self.indicator(condition))
                k += 2
                continue
            turned = self.transposed_call(n, node.factors[k + 1]) if k + 1 < len(node.factors) else None
            if turned is not None:
                out.append(turned)
                k += 2
                continue
            self.refuse_expectation(node.factors[k : k + 2])
            f = [total] if total is not None else self.loose(n)
            mark = node.marks[k - 1] if k else ""
            if mark and left:
                out, left = [self.joined(left, waiting, out, n)], []
            if mark == "/" and self.shape(f[0])[0] == ONE != self.shape(f[-1])[1]:
                out, left, waiting = f, out, mark  # x^T A x / x^T x
            elif mark == "/":
                out = [self.quotient(self.product(out), self.product(f), n)]
            elif (
                mark == "\\cdot"
                and out
                and total is None
                and (dot := self.dot(out[-1], f[0], len(node.factors) == 2)) is not None
            ):
                out[-1] = dot
            elif mark == "\\cdot" and out and total is None and self.dots(out, f):
                out, left, waiting = f, out, mark
            elif mark == "\\times" and not (self.scalar(f[0]) or self.scalar(out[-1])):
                raise Unsupported("× between matrices", node.span)
            else:
                out.extend(f)
            k += used
        return self.joined(left, waiting, out, node) if left else self.product(out)

    def dots(self, left: list[Draft], right: list[Draft]) -> bool:
        r"""Whether the matrix C of a \cdot C b, with a column a, waits for what stands behind it."""
        (m, n), (p, q) = self.shape(self.product(left)), self.shape(self.product(right))
        return n == ONE and m == p != ONE and q != ONE

    def joined(self, left: list[Draft], sign: str, right: list[Draft], node: Node) -> Draft:
        """The inner product, or the quotient, of two products."""
        a = self.product(left)
        if sign == "/" and self.shape(right[-1])[1] != ONE:
            return self.product([self.quotient(a, right[0], node), *right[1:]])
        b = self.product(right)
        if sign == "/":
            return self.quotient(a, b, node)
        inner = self.dot(a, b, False)
        return self.product([*left, *right]) if inner is None else inner

    def transposed_call(self, node: Node, behind: Node) -> Draft | None:
        r"""``\phi^\top(x)`` beside ``\phi(y)``: the transpose of a function's value."""
        if not isinstance(node, Scripted) or not isinstance(behind, Fence) or behind.kind != "paren":
            return None
        if node.primes or node.sup is None or not transpose_mark(node.sup):
            return None
        head = node.base if node.sub is None else Scripted(node.base.span, node.base, node.sub)
        key = key_of(head)
        if key is None or key not in self.called:
            return None
        call = tree.Call(node.span.join(behind.span), head, behind)
        return None if self.multiplies(call) else self.transpose(self.read_node(call))

    def indicator(self, condition: Relation) -> Draft:
        def difference(sides: tuple[Node, ...]) -> Draft:
            a, b = (self.read_node(x) for x in sides)
            if self.scalar(b) and not self.scalar(a) and b.kind != "zero":
                b = self._spread(b, a.shape)
            return self.add([a, self.negate(b)])

        return indicator(condition, difference)

    def refuse_expectation(self, factors: Sequence[Node]) -> None:
        """``E[e^2]`` of an E that is nothing else."""
        if len(factors) == 2 and isinstance(factors[0], Name) and factors[0].base == "E":
            key, behind = key_of(factors[0]), factors[1]
            named = key is not None and (self.declared(key) is not None or self.context.definition(key) is not None)
            if not named and isinstance(behind, Fence) and behind.kind in ("bracket", "brace"):
                raise Unsupported("an expectation", factors[0].span)

    def dot(self, a: Draft, b: Draft, alone: bool) -> Draft | None:
        r"""a \cdot b of two columns, and A \cdot B of two matrices alone, where the product cannot be formed."""
        (m, p), (n, q) = self.shape(a), self.shape(b)
        if self.unify.scalar((m, p)) or self.unify.scalar((n, q)) or p != q:
            return None
        columns = p == ONE and ONE not in (m, n)
        like = (
            alone
            and m == n
            and m != p
            and ONE not in (m, p)
            and not any(x[0] == "?" for d in (m, p) for x in d.letters())
        )
        return self.node("inner", lambda xs: ops.inner(xs[0], xs[1]), a, b) if columns or like else None
