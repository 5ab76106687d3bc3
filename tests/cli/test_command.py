"""The command line: exit codes, formats, batch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nablatex.cli.main", *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_exit_codes() -> None:
    assert run("check", str(EXAMPLES / "least-squares.tex")).returncode == 0
    assert run("check", str(EXAMPLES / "mistakes.tex")).returncode == 1
    missing = run("check", "nowhere.tex")
    assert missing.returncode == 2 and "nowhere.tex" in missing.stderr


def test_text_is_what_compilers_print() -> None:
    line = run("check", str(EXAMPLES / "mistakes.tex")).stdout.splitlines()[0]
    assert line.startswith(f"{EXAMPLES / 'mistakes.tex'}:9:") and line.endswith("[NB202]")
    assert ": warning: " in line


def test_json_and_sarif() -> None:
    report = json.loads(run("check", "--format", "json", str(EXAMPLES / "mistakes.tex")).stdout)
    wrong = [s for s in report["files"][0]["statements"] if s["code"] == "NB201"]
    assert wrong[0]["range"]["start"]["line"] == 15 and wrong[0]["fixes"]
    sarif = json.loads(run("check", "--format", "sarif", str(EXAMPLES)).stdout)
    assert {r["ruleId"] for r in sarif["runs"][0]["results"]} == {"NB101", "NB201", "NB202"}


def test_batch_answers_every_line() -> None:
    lines = [
        '{"id": 1, "latex": "tr(AB) = tr(BA)", "decls": ["A, B \\\\in \\\\mathbb{R}^{n \\\\times n}"]}',
        "not json",
        '{"id": 3}',
        '{"id": 4, "latex": "x +"}',
    ]
    answers = [json.loads(x) for x in run("check", "--batch", given="\n".join(lines)).stdout.splitlines()]
    assert [a["id"] for a in answers] == [1, None, 3, 4]
    assert answers[0]["verdict"] in ("proved", "holds")
    assert {a["verdict"] for a in answers[1:]} == {"unknown"}


def test_derive_in_each_format() -> None:
    asked = ("derive", "a^T X b", "--wrt", "X")
    assert run(*asked).stdout == "a b^T\n"
    answer = json.loads(run(*asked, "--format", "json").stdout)
    assert answer["status"] == "ok" and answer["numpy"]["arguments"] == ["X", "a", "b"]
    assert "def derivative(X, a, b):" in run(*asked, "--format", "numpy").stdout
    assert run("derive", "\\frac{\\partial X^Y}{\\partial X}").returncode == 1


def test_statistics_say_how_much_is_read(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "Let $X \\in \\mathbb{R}^{m\\times n}$.\n\n$$\\frac{\\partial a^\\top X b}{\\partial X} = a b^\\top$$\n\n"
        "$$X^\\top = {} ^ ^ $$\n\n$$1 + 1 = 2$$\n",
        encoding="utf-8",
    )
    said = run("check", "--statistics", str(page))
    assert said.returncode == 0
    assert "3 displays, 2 with matrices, 1 of 2 (50 %) read" in said.stdout
    assert "1 of 1 (100 %) claims about derivatives with a verdict" in said.stdout
    data = json.loads(run("check", "--statistics", "--format", "json", str(page)).stdout)
    assert data["total"]["matrixDisplays"] == 2 and sum(data["total"]["notRead"].values()) == 1


def test_derive_as_a_program_with_a_check_that_runs(tmp_path: Path) -> None:
    decl = (*("--decl", "X \\in \\mathbb{R}^{m \\times n}"), *("--decl", "w \\in \\mathbb{R}^n"))
    asked = ("derive", "\\|Xw - y\\|^2", "--wrt", "w", *decl, "--decl", "y \\in \\mathbb{R}^m", "--code", "numpy")
    assert "return 2 * (X.T @ (X @ w - y))" in run(*asked).stdout
    file = tmp_path / "gradient.py"
    assert run(*asked, "--value", "--gradient-check", "-o", str(file)).returncode == 0
    ran = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0 and ran.stdout.startswith("largest relative difference: ")
    assert run(*asked, "--sizes", "m").returncode == 2
    assert run(*asked, "-o", str(tmp_path / "no" / "file.py")).returncode == 2
