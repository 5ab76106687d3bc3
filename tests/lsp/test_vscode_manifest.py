"""What the extension's manifest says agrees with the server, with its files, and with itself."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from nablatex.features.model import LANGUAGES, LAYOUTS, NOTES, STYLES
from nablatex.lsp.settings import read_settings

ROOT = Path(__file__).resolve().parent.parent.parent
EXTENSION = ROOT / "clients" / "vscode"
MANIFEST: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
SETTINGS: dict[str, Any] = MANIFEST["contributes"]["configuration"]["properties"]


def nested(values: dict[str, Any]) -> dict[str, Any]:
    """``{"nablatex.a.b": 1}`` as VS Code sends it: ``{"a": {"b": 1}}``."""
    out: dict[str, Any] = {}
    for name, value in values.items():
        at = out
        *path, last = name.split(".")[1:]
        for part in path:
            at = at.setdefault(part, {})
        at[last] = value
    return out


def test_the_server_understands_every_default() -> None:
    settings, problems = read_settings(nested({name: s["default"] for name, s in SETTINGS.items()}))
    assert problems == []
    assert settings == read_settings(None)[0]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("layout", LAYOUTS),
        ("derivation.style", STYLES),
        ("derivation.notes", NOTES),
        ("export.languages", LANGUAGES),
    ],
)
def test_a_choice_offers_what_the_server_knows(name: str, values: tuple[str, ...]) -> None:
    setting = SETTINGS[f"nablatex.{name}"]
    offered = setting.get("enum") or setting["items"]["enum"]
    assert sorted(offered) == sorted(values)


def test_every_setting_of_the_server_is_offered_and_each_is_described() -> None:
    documented = re.findall(r"^\| `([\w.]+)` \|", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.M)
    assert documented
    assert [name for name in documented if f"nablatex.{name}" not in SETTINGS] == []
    assert [name for name, s in SETTINGS.items() if not (s.get("description") or s.get("markdownDescription"))] == []


def test_every_key_and_menu_names_a_command_and_every_command_is_carried_out() -> None:
    contributes = MANIFEST["contributes"]
    commands = {c["command"] for c in contributes["commands"]}
    used = {k["command"] for k in contributes["keybindings"]}
    used |= {entry["command"] for menu in contributes["menus"].values() for entry in menu}
    assert used <= commands
    source = (EXTENSION / "src" / "commands" / "index.ts").read_text(encoding="utf-8")
    assert [c for c in commands if not re.search(rf"^    {c.removeprefix('nablatex.')}\b", source, re.M)] == []


def test_no_key_is_one_of_latex_workshop_or_of_vs_code() -> None:
    keys = [k["key"] for k in MANIFEST["contributes"]["keybindings"]]
    assert all(re.fullmatch(r"alt\+n [a-z]", key) for key in keys), "LaTeX Workshop: ctrl+l …, ctrl+m …, ctrl+alt+…"
    assert len(set(keys)) == len(keys)


def test_what_the_manifest_names_is_there() -> None:
    contributes = MANIFEST["contributes"]
    named = [MANIFEST["icon"], *{s["path"] for s in contributes["snippets"]}]
    named += [step["media"]["markdown"] for w in contributes["walkthroughs"] for step in w["steps"]]
    assert [name for name in named if not (EXTENSION / name).is_file()] == []


def test_an_untrusted_workspace_cannot_say_which_program_is_run() -> None:
    assert MANIFEST["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] == ["nablatex.server.path"]


def test_the_panel_admits_nothing_but_its_own_script_and_style() -> None:
    page = (EXTENSION / "src" / "panel" / "page.ts").read_text(encoding="utf-8")
    policy = re.search(r"const policy = `([^`]*)`", page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    assert not re.search(r"unsafe|https?:|\*|data:", policy[1])
