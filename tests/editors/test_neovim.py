"""A real, headless Neovim with the real server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TEXT = r"""\documentclass{article}
\begin{document}
Für $X \in \mathbb{R}^{m\times n}$, $a\in\mathbb{R}^m$, $b\in\mathbb{R}^n$ let $f = a^\top X b$. Then
\[ \frac{\partial f}{\partial X} \]
\[ \frac{\partial}{\partial b} \|Xb - a\|^2 = 2 (Xb - a). \]
\end{document}
"""


def neovim() -> str | None:
    beside = Path(sys.executable).parent / "nvim"
    return str(beside) if beside.exists() else shutil.which("nvim")


@pytest.mark.editor
def test_an_author_sees_a_wrong_step_mends_it_and_inserts_a_derivative(tmp_path: Path) -> None:
    program = neovim()
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Neovim is not installed; CI needs it")
        pytest.skip("NEOVIM IS NOT INSTALLED: the editor suite was not run")
    paper = tmp_path / "paper.tex"
    paper.write_text(TEXT, encoding="utf-8")
    environment = {
        **os.environ,
        "NABLATEX_PYTHON": sys.executable,
        "NABLATEX_CLIENT": str(ROOT / "clients" / "neovim"),
        "NABLATEX_FILE": str(paper),
        "XDG_STATE_HOME": str(tmp_path),
    }
    command = [program, "--headless", "-u", "NONE", "--noplugin", "-l", str(HERE / "session.lua")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "diagnostic NB201 line 5" in done.stdout
    assert r"\[ \frac{\partial f}{\partial X} = a b^\top \]" in done.stdout
    assert r"\|Xb - a\|^2 = 2X^\top (Xb - a). \]" in done.stdout
