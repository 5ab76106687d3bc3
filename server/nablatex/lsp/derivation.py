"""nablatex/derivation: what a derivation panel shows for the formula at a position (docs/protocol.md)."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from nablatex.features.panel_model import Formula, Panel, SymbolRow
from nablatex.latex.tree import Span
from nablatex.lsp.positions import LineIndex
from nablatex.lsp.state import Server

METHOD = "nablatex/derivation"


def register(server: Server) -> None:
    @server.feature(METHOD)
    async def derivation(params: Any) -> dict[str, Any] | None:
        uri = params.textDocument.uri
        if server.document(uri) is None:
            return None
        text, version = server.text(uri), server.revision(uri)
        index = server.index(text)
        at = index.offset(types.Position(params.position.line, params.position.character))
        style = getattr(params, "style", None)
        found = await server.ask("panel", uri, at, style, key=("panel", uri), first=True)
        return None if found is None else answer(found, uri, version, index)


def answer(p: Panel, uri: str, version: int | None, index: LineIndex) -> dict[str, Any]:
    """A panel as the JSON of docs/protocol.md."""
    return {
        "version": version,
        "range": range_of(index, p.span),
        "formula": p.formula.latex,
        "text": p.formula.text,
        "reading": p.reading,
        "symbols": [symbol_row(index, s) for s in p.symbols],
        "verdict": None
        if p.verdict is None
        else {
            "kind": p.verdict.kind,
            "text": p.verdict.text,
            "evidence": list(p.verdict.evidence),
            "counterexample": p.verdict.counterexample,
        },
        "steps": [{**both(s.formula), "rule": s.rule, "status": s.status} for s in p.steps],
        "result": p.result.latex if p.result is not None else None,
        "resultText": p.result.text if p.result is not None else None,
        "styles": list(p.styles),
        "style": p.style,
        "alternatives": [{"name": a.name, **both(a.formula)} for a in p.alternatives],
        "actions": [{"title": a.title, "kind": a.kind, "data": {**a.data, "uri": uri}} for a in p.actions],
        "codes": dict(p.codes or {}),
        "macros": [
            {"name": m.name, "parameters": m.parameters, "default": m.default, "body": m.body} for m in p.macros
        ],
        "reason": p.reason,
    }


def symbol_row(index: LineIndex, s: SymbolRow) -> dict[str, Any]:
    return {
        "name": s.name,
        "latex": s.latex,
        "shape": s.shape,
        "origin": s.origin,
        "guessed": s.guessed,
        "range": range_of(index, s.span) if s.span is not None else None,
    }


def both(f: Formula) -> dict[str, str]:
    return {"latex": f.latex, "text": f.text}


def range_of(index: LineIndex, span: Span) -> dict[str, dict[str, int]]:
    r = index.range(span)
    return {
        "start": {"line": r.start.line, "character": r.start.character},
        "end": {"line": r.end.line, "character": r.end.character},
    }
