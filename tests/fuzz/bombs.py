"""Documents that ask for more than there is: of time, memory, depth.  Each is small as a file."""

from __future__ import annotations

import itertools

HEAD = "Let $X, A \\in \\mathbb{R}^{n\\times n}$, $x \\in \\mathbb{R}^n$.\n"


def shown(formula: str) -> str:
    return f"{HEAD}\\[ {formula} \\]\n"


def doubling(depth: int) -> str:
    letters = [chr(97 + k) for k in range(depth + 1)]
    return "".join(f"\\newcommand{{\\m{a}}}{{{f'{chr(92)}m{b}' * 4}}}" for a, b in itertools.pairwise(letters))


BOMBS: dict[str, str] = {
    "a million braces": shown("{" * 10**6),
    "nested parentheses": shown("(" * 10**5 + "x" + ")" * 10**5),
    "a power": shown("X^{1000000000} = X X^{999999999}"),
    "a derivative of a power": shown("\\frac{d X^{10^9}}{d X} = X"),
    "a tower of exponents": shown("x^{" * 3000 + "2" + "}" * 3000),
    "a sum to a million millions": shown("\\sum_{i=1}^{1000000000000} i = 5"),
    "its derivative": shown("\\nabla_x \\sum_{i=1}^{1000000000000} x^\\top x = x"),
    "Kronecker towers": shown(
        "\\operatorname{tr}(" + " \\otimes ".join(["A"] * 24) + ") = " + "\\operatorname{tr}(A)" * 24
    ),
    "a Kronecker tower in an exponential": shown(
        "\\operatorname{tr}(\\exp(" + " \\otimes ".join(["A"] * 24) + ")) = \\operatorname{tr}(A)"
    ),
    "many symbols": shown(" + ".join(f"x_{{{k}}}" for k in range(100_000)) + " = 1"),
    "a matrix of many entries": shown(
        "\\begin{pmatrix}" + " \\\\ ".join(" & ".join(["1"] * 1000) for _ in range(100)) + "\\end{pmatrix} x = x"
    ),
    "large sizes": "Let $Z \\in \\mathbb{R}^{10000 \\times 10000}$. \\[ \\nabla_Z \\operatorname{tr}(Z^\\top Z) = 2 Z \\]",
    "larger sizes": "Let $y \\in \\mathbb{R}^{1000000000000}$. \\[ \\nabla_y y^\\top y = 2 y \\]",
    "macros that double": doubling(20) + shown("\\ma = x"),
    "a macro of itself": "\\newcommand{\\q}{\\q\\q}" + shown("\\q = x"),
    "a long product": shown("\\nabla_x x^\\top " + "A" * 3000 + " x = x"),
    "a long sum": shown("\\nabla_x (" + " + ".join(["x^\\top A x"] * 2000) + ") = x"),
    "nested fractions": shown("\\frac{1}{" * 500 + "x" + "}" * 500),
    "nested derivatives": shown("\\frac{\\partial}{\\partial x}" * 60 + " x = 1"),
    "a derivative of high order": shown("\\frac{\\partial^{1000} x^\\top x}{\\partial x^{1000}} = 0"),
    "unclosed formulas": HEAD + "$x " * 3000,
    "unclosed environments": HEAD + "\\begin{align}" * 5000,
    "nested unclosed environments": HEAD + "\\begin{equation}\n\\begin{aligned}x" * 3000,
    "verbatim without end": HEAD + "\\verb|" * 20_000,
    "backslashes": HEAD + "\\" * 10**6,
    "spaces": HEAD + " " * 10**6 + "$x$",
    "ampersands": shown("&" * 10**5),
    "primes": shown("x" + "'" * 10**5),
    "digits": shown("9" * 5000 + " x = x"),
    "a power of many digits": shown("2^{" + "9" * 5000 + "} x = x"),
    "accents": shown("\\hat{" * 2000 + "x" + "}" * 2000),
    "inverses in inverses": shown("\\nabla_X \\operatorname{tr}(" + "(" * 60 + "X" + "^{-1} A)" * 60 + ") = X"),
    "exponentials": shown("\\exp(" * 200 + "x" + ")" * 200 + " = x"),
    "definitions that square": HEAD
    + "".join(f"\\[ f_{{{k + 1}}} = f_{{{k}}} f_{{{k}}} \\]\n\n" for k in range(60))
    + "\\[ \\nabla_x f_{60} = 0 \\]",
    "a comment of words": "% nablatex: " + "x " * 20_000 + "\n" + "a symmetric " * 5000 + " $x$",
}
