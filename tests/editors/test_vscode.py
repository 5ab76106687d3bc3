"""The real VS Code workbench with the real server: each story of tests/editors/vscode/stories is one window."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
DRIVER = HERE / "vscode"
NODE = ROOT / ".tools" / "node" / "bin" / "node"
TOOLS = ROOT / ".tools" / "vscode"
VSIX = ROOT / "clients" / "vscode" / "nablatex.vsix"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STORY_SECONDS = 1500


def browser() -> str | None:
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def missing() -> str:
    """What is not installed, or nothing."""
    if not NODE.exists() or not (TOOLS / "node_modules" / "code-server").is_dir():
        return "VS Code is not installed (tests/editors/vscode/install)"
    if not VSIX.exists():
        return "the extension is not packaged (clients/vscode/package)"
    return "" if browser() else "there is no Chromium"


@pytest.fixture(autouse=True)
def _installed() -> None:
    if words := missing():
        if os.environ.get("CI"):
            pytest.fail(f"{words}; CI needs it")
        pytest.skip(f"THE VS CODE SUITE WAS NOT RUN: {words}")


def chapters_of(story: str) -> list[str]:
    """The chapters that a story's file names, without running it."""
    text = (DRIVER / "stories" / f"{story}.mjs").read_text(encoding="utf-8")
    return ["begin", *re.findall(r"^  async '([^']+)'\(", text, re.MULTILINE)]


SIDE_BY_SIDE = 2
"""Windows that are open at the same time: most of a story is waiting."""


@pytest.fixture(scope="session")
def telling(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[dict[str, Any]]]]:
    """The stories that were asked for, as they are being run."""
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    stories = dict.fromkeys(c.params["story"] for c in calls if c is not None and "story" in c.params)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        yield {story: pool.submit(told, story) for story in stories}


def told(story: str) -> dict[str, Any]:
    """Runs a story; what it says of each chapter."""
    environment = {
        **os.environ,
        "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}",
        "NABLATEX_VSCODE_TOOLS": str(TOOLS),
        "NABLATEX_VSIX": str(VSIX),
        "NABLATEX_PYTHON": sys.executable,
        "NABLATEX_BASE_PYTHON": str(Path(sys.base_exec_prefix) / "bin"),
        "NABLATEX_CHROMIUM": browser() or "",
        "NABLATEX_EXAMPLES": str(ROOT / "examples"),
        "NABLATEX_ARTEFACTS": str(ROOT / "artefacts" / "vscode"),
    }
    command = [str(NODE), str(DRIVER / "run.mjs"), story]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=STORY_SECONDS)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line["chapter"]: line for line in lines} | {"": done.stderr}


STORIES = sorted(path.stem for path in (DRIVER / "stories").glob("*.mjs"))


@pytest.mark.editor
@pytest.mark.parametrize(("story", "chapter"), [(s, c) for s in STORIES for c in chapters_of(s)])
def test_an_author_in_vs_code(story: str, chapter: str, telling: dict[str, Future[dict[str, Any]]]) -> None:
    outcomes = telling[story].result()
    outcome = outcomes.get(chapter)
    assert outcome is not None, f"not reached: {outcomes.get('begin')} {outcomes['']}"
    assert outcome["ok"], f"{outcome.get('error')}\n{outcome.get('state')}\npictures in {outcome.get('artefacts')}"
    if "words" in outcome:
        print(f"{story}, {chapter}: {outcome['words']}")


@pytest.mark.editor
def test_the_package_is_small_and_carries_the_server_and_no_foreign_modules() -> None:
    assert VSIX.stat().st_size < 2_000_000
    with zipfile.ZipFile(VSIX) as package:
        names = package.namelist()
        notices = package.read("extension/dist/third-party-notices.txt").decode()
    assert any(re.fullmatch(r"extension/server/nablatex-.*\.whl", name) for name in names)
    assert "mathjax-full 3.2.2 (Apache-2.0)" in notices
    assert not [name for name in names if "node_modules" in name or name.endswith((".ts", ".map"))]
    print(f"nablatex.vsix: {VSIX.stat().st_size / 1e3:.0f} kB, {len(names)} files")
