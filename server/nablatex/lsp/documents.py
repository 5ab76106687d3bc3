"""Open documents: text with an index of its lines, both kept up to date edit by edit."""

from __future__ import annotations

import re
from concurrent.futures import Future
from typing import Any

from lsprotocol import types
from pygls.workspace import TextDocument

from nablatex.latex.edits import changed
from nablatex.latex.tree import Span
from nablatex.lsp.positions import LineIndex

_STRUCTURE = re.compile(
    r"%\s*!\s*TeX[^\n]*|\\@?(?:sub)?(?:input|include|import|usepackage|Require|documentclass|Load|subfile)[^\n]*"  # names files
    r"|\\(?:iffalse|fi\b|verb)|\{(?:[vV]erbatim|lstlisting|minted|comment|tikz\w+|algorithmic|filecontents)\*?\}|%"  # hides what names files
)


class Document(TextDocument):
    """An open document.  `edits` counts its changes; `caret` is where the last of them ended, None while there is none;
    `structure` counts the changes of lines that can name other files; `questions` are those about its text as it is, which
    a change ends."""

    def __init__(self, uri: str, text: str, version: int | None, language_id: str | None, encoding: str) -> None:
        super().__init__(uri, source=text, version=version, language_id=language_id)
        self.line_index = LineIndex(text, encoding)
        self.edits = 0
        self.structure = 0
        self.caret: int | None = None
        self.questions: set[Future[Any]] = set()

    @property
    def source(self) -> str:
        return self.line_index.text

    def apply_change(self, change: types.TextDocumentContentChangeEvent) -> None:
        """An edit, or the whole text anew.  A range that is out of the text is brought into it."""
        if isinstance(change, types.TextDocumentContentChangePartial):
            span = self.line_index.span(change.range)
            new = change.text
        else:  # only what differs counts as edited
            start, end, until = changed(self.source, change.text)
            span = Span(start, end)
            new = change.text[start:until]
        before = self.line_index.lines(span.start, span.end)
        self.line_index = self.line_index.edited(span.start, span.end, new)
        after = self.line_index.lines(span.start, span.start + len(new))
        if _STRUCTURE.findall(before) != _STRUCTURE.findall(after):
            self.structure += 1
        self.edits += 1
        self.caret = span.start + len(new)
        for question in [*self.questions]:
            question.cancel()


__all__ = ["Document"]
