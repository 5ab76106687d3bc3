"""Settings from initializationOptions and workspace/configuration; a bad one is named and its default used."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from nablatex.features.codes import PAGES
from nablatex.features.model import LANGUAGES, LAYOUTS, NOTES, STYLES, Layout, Settings

SURFACES = {
    "diagnostics": "diagnostics",
    "hover": "hover",
    "hoverResult": "hover_result",
    "inlayHints": "inlay_hints",
    "marks": "marks",
    "codeLens": "code_lens",
    "completion": "completion",
}


def read_settings(options: Any) -> tuple[Settings, list[str]]:
    """Settings, and words for each value that was not understood."""
    settings = Settings()
    problems: list[str] = []
    if options is None:
        return settings, problems
    if not isinstance(options, dict):
        return settings, ["nablatex: the settings are not an object; the defaults are used"]
    layout = options.get("layout")
    if layout is not None:
        if layout in LAYOUTS:
            settings = replace(settings, layout=cast(Layout, layout))
        else:
            problems.append(f"nablatex.layout: {layout!r} is none of {', '.join(LAYOUTS)}; auto is used")
    ignore = options.get("ignore")
    if ignore is not None:
        known = [c for c in ignore if c in PAGES] if isinstance(ignore, list) else []
        if not isinstance(ignore, list) or len(known) < len(ignore):
            problems.append(f"nablatex.ignore: a list of codes is needed; there are {', '.join(PAGES)}")
        settings = replace(settings, ignore=tuple(known))
    cache = options.get("cache")
    if isinstance(cache, bool):
        settings = replace(settings, cache=cache)
    elif cache is not None:
        problems.append(f"nablatex.cache: {cache!r} is not true or false; nothing is kept")
    settings = _derivation(options.get("derivation"), settings, problems)
    settings = _export(options.get("export"), settings, problems)
    surfaces = options.get("surfaces")
    if surfaces is not None and not isinstance(surfaces, dict):
        problems.append("nablatex.surfaces: an object of true and false is needed; the defaults are used")
        surfaces = None
    for name, value in (surfaces or {}).items():
        if name not in SURFACES:
            problems.append(f"nablatex.surfaces.{name}: no such surface; there are {', '.join(SURFACES)}")
        elif not isinstance(value, bool):
            problems.append(f"nablatex.surfaces.{name}: {value!r} is not true or false; the default is used")
        else:
            changed: dict[str, Any] = {SURFACES[name]: value}
            settings = replace(settings, **changed)
    return settings, problems


def _derivation(given: Any, settings: Settings, problems: list[str]) -> Settings:
    """How derivations are written: their style, and where the rules stand."""
    if given is None:
        return settings
    if not isinstance(given, dict):
        problems.append("nablatex.derivation: an object with style and notes is needed; the defaults are used")
        return settings
    for name, allowed in (("style", STYLES), ("notes", NOTES)):
        value = given.get(name)
        if value is None:
            continue
        if value in allowed:
            changed: dict[str, Any] = {f"derivation_{name}": value}
            settings = replace(settings, **changed)
        else:
            problems.append(f"nablatex.derivation.{name}: {value!r} is none of {', '.join(allowed)}")
    return settings


def _export(given: Any, settings: Settings, problems: list[str]) -> Settings:
    """export.languages: which languages the menu offers; an empty list offers none."""
    languages = given.get("languages") if isinstance(given, dict) else None
    if languages is None:
        return settings
    if not isinstance(languages, list) or any(x not in LANGUAGES for x in languages):
        problems.append(f"nablatex.export.languages: a list of {', '.join(LANGUAGES)} is needed; the default is used")
        return settings
    return replace(settings, export_languages=tuple(languages))
