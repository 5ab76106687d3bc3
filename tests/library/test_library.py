"""The library as its page in docs shows it: every example runs and prints what the page says."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import nablatex
import numpy as np
import pytest

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs" / "library.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n([\s\S]*?)```\n\n((?:    .*\n|\n)+)", PAGE)


def unindented(block: str) -> str:
    return "\n".join(line[4:] for line in block.splitlines()).strip()


def test_the_page_has_five_examples() -> None:
    assert len(EXAMPLES) == 5


@pytest.mark.parametrize(("code", "printed"), EXAMPLES)
def test_an_example_prints_what_the_page_says(code: str, printed: str) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {})
    assert out.getvalue().strip() == unindented(printed)


def test_importing_loads_nothing() -> None:
    look = (
        "import sys, nablatex; print([m for m in ('numpy', 'sympy', 'pygls', 'nablatex.algebra') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_values_are_taken_by_name_and_shapes_are_checked() -> None:
    product = nablatex.simplify("A b", declare=[r"A \in \mathbb{R}^{m \times n}", r"b \in \mathbb{R}^n"])
    assert np.allclose(product(A=np.ones((2, 3)), b=[1, 2, 3]), [6, 6])
    with pytest.raises(nablatex.CalculusError, match="b is 2×1, and n×1 is expected"):
        product(A=np.ones((2, 3)), b=[1, 2])
    with pytest.raises(nablatex.CalculusError, match="no value for b"):
        product(A=np.ones((2, 3)))


def test_what_has_no_answer_says_why() -> None:
    with pytest.raises(nablatex.CalculusError, match="product"):
        nablatex.derivative("A B", "A", declare=[r"A, B \in \mathbb{R}^{m \times n}"])
    with pytest.raises(nablatex.CalculusError, match="no symbol Y"):
        nablatex.derivative(nablatex.symbol("x", "n"), "Y")
    x = nablatex.symbol("x", "n")
    with pytest.raises(nablatex.CalculusError, match="leading left vector has no form in sympy"):
        nablatex.export(nablatex.ops.spectral_norm(nablatex.symbol("X", "m", "n")), "sympy", "X")
    assert nablatex.check(x, x).right is True and str(nablatex.check("x +")).startswith("unknown")


# ---- notebooks


def test_a_derivation_is_shown_typeset_with_its_rules() -> None:
    shown = nablatex.display(r"a^\top X b", "X")._repr_markdown_()
    assert shown.startswith("$$\n\\begin{aligned}") and shown.rstrip().endswith("\\end{aligned}\n$$")
    assert "\\text{cyclic property of the trace}" in shown and "= a b^\\top" in shown
    assert nablatex.derivative("a^T x", "x")._repr_latex_() == "$\\displaystyle a$"


def test_a_cell_of_latex_is_checked_and_derived() -> None:
    if not os.environ.get("CI"):
        pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.extension_manager.load_extension("nablatex")
    text = (
        "Let $X\\in\\mathbb{R}^{m\\times n}$, $a\\in\\mathbb{R}^m$, $b\\in\\mathbb{R}^n$.\n"
        "\\[ \\nabla_X a^\\top X b \\]\n"
        "\\[ \\nabla_b \\|Xb - a\\|^2 = X^\\top (Xb - a). \\]\n"
    )
    shown = shell.run_cell_magic("nablatex", "", text).markdown
    assert "$$ \\nabla_X a^\\top X b $$" in shown and "\\nabla_X a^\\top X b &= a b^\\top" in shown
    assert "✗ **fails**" in shown and "it should be $2X^\\top (Xb - a)$" in shown
