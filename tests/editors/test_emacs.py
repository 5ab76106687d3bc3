"""A real Emacs in batch mode with eglot and the real server, configured as docs/editors.md says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TEXT = r"""\documentclass{article}
\begin{document}
Für $X \in \mathbb{R}^{m\times n}$, $a\in\mathbb{R}^m$, $b\in\mathbb{R}^n$ let $f = a^\top X b$.

Then ∂é 𝔸: $\frac{\partial f}{\partial X}$ is what we want.
\[ \frac{\partial}{\partial b} \|Xb - a\|^2 = X^\top (Xb - a). \]
\end{document}
"""


def emacs() -> str:
    """Emacs with eglot; loud where it is missing."""
    program = shutil.which("emacs")
    probe = "(progn (require 'package) (package-initialize) (require 'eglot))"
    if (
        program is not None
        and subprocess.run([program, "--batch", "--eval", probe], capture_output=True).returncode == 0
    ):
        return program
    if os.environ.get("CI"):
        pytest.fail("Emacs with eglot is not installed; CI needs it")
    pytest.skip("EMACS WITH EGLOT IS NOT INSTALLED: its test was not run")


def configuration(language: str) -> str:
    """The first block of a language in docs/editors.md: what a user copies."""
    text = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    found = re.search(rf"^```{language}\n(.*?)^```", text, re.S | re.M)
    assert found is not None, f"docs/editors.md shows no {language}"
    return found.group(1)


@pytest.mark.editor
def test_an_author_mends_a_wrong_step_and_inserts_a_derivative_in_emacs(tmp_path: Path) -> None:
    program = emacs()
    paper, settings = tmp_path / "paper.tex", tmp_path / "settings.el"
    paper.write_text(TEXT, encoding="utf-8")
    settings.write_text(configuration("elisp"), encoding="utf-8")
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "NABLATEX_PYTHON": sys.executable,
        "NABLATEX_FILE": str(paper),
        "NABLATEX_CONFIGURATION": str(settings),
    }
    command = [program, "--batch", "-l", str(HERE / "emacs" / "session.el")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "diagnostic line 6: nablatex [NB201]" in done.stderr
    assert "= `a bᵀ`" in done.stderr or "= a bᵀ" in done.stderr
    assert "m×n" in done.stderr and "panel a bᵀ" in done.stderr
    assert r"∂é 𝔸: $\frac{\partial f}{\partial X} = a b^\top$" in done.stdout
    assert r"\|Xb - a\|^2 = 2X^\top (Xb - a). \]" in done.stdout
