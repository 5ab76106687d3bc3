"""A real, headless Neovim with the real server: each script of neovim/ is an author's session."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CLIENT = ROOT / "clients" / "neovim"
TEXT = r"""\documentclass{article}
\begin{document}
Für $X \in \mathbb{R}^{m\times n}$, $a\in\mathbb{R}^m$, $b\in\mathbb{R}^n$ and $A\in\mathbb{R}^{n\times n}$ let $f = a^\top X b$.

Then ∂é 𝔸: $\frac{\partial f}{\partial X}$ is what we want.
\[ \frac{\partial}{\partial b} \|Xb - a\|^2 = X^\top (Xb - a). \]

Words.
\begin{align}
  \nabla_b\, b^\top A b &= A b + A^\top b \\
                        &= (A + A^\top) b.
\end{align}
\end{document}
"""


def neovim() -> str:
    beside = Path(sys.executable).parent / "nvim"
    program = str(beside) if beside.exists() else shutil.which("nvim")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Neovim is not installed; CI needs it")
        pytest.skip("NEOVIM IS NOT INSTALLED: the editor suite was not run")
    return program


def session(script: str, text: str, tmp_path: Path) -> str:
    """What a script prints; it fails where Neovim ends with an error."""
    program = neovim()
    paper = tmp_path / "paper.tex"
    paper.write_text(text, encoding="utf-8")
    shutil.copytree(CLIENT / "doc", tmp_path / "help" / "doc")
    environment = {
        **os.environ,
        "NABLATEX_PYTHON": sys.executable,
        "NABLATEX_CLIENT": str(CLIENT),
        "NABLATEX_FILE": str(paper),
        "NABLATEX_HELP": str(tmp_path / "help" / "doc"),
        "LUA_PATH": f"{HERE / 'neovim'}/?.lua;;",
        **{f"XDG_{kind}_HOME": str(tmp_path / kind.lower()) for kind in ("STATE", "CONFIG", "DATA", "CACHE")},
    }
    command = [program, "--headless", "-u", "NONE", "--noplugin", "-l", str(HERE / "neovim" / script)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.editor
def test_an_author_sees_a_wrong_step_mends_it_and_inserts_a_derivative(tmp_path: Path) -> None:
    printed = session("plain.lua", TEXT, tmp_path)
    assert "diagnostic NB201 line 6" in printed
    assert r"$\frac{\partial f}{\partial X} = a b^\top$" in printed
    assert r"\|Xb - a\|^2 = 2X^\top (Xb - a). \]" in printed


@pytest.mark.editor
@pytest.mark.parametrize("script", ["commands", "panel", "typing", "restart", "health", "work"])
def test_the_plugin(script: str, tmp_path: Path) -> None:
    session(f"{script}.lua", TEXT, tmp_path)
