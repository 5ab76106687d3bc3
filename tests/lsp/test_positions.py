"""Positions in any encoding, line ends of any kind, and an index that follows edits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position, Range, TextDocumentContentChangePartial, TextDocumentContentChangeWholeDocument
from nablatex.lsp.documents import Document
from nablatex.lsp.positions import LineIndex
from nablatex.lsp.texts import Receiver, Sender

ENCODINGS = ("utf-8", "utf-16", "utf-32")
texts = st.text(alphabet="ab\n\r é𝔸\u2028\x0b", max_size=30)


@given(texts, st.integers(0, 30), st.integers(0, 30), texts)
def test_the_index_after_an_edit_is_that_of_the_new_text(text: str, a: int, b: int, new: str) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    edited = LineIndex(text).edited(start, end, new)
    fresh = LineIndex(text[:start] + new + text[end:])
    assert (edited.text, edited.starts) == (fresh.text, fresh.starts)


@given(texts, st.integers(0, 30), st.sampled_from(ENCODINGS))
def test_offsets_and_positions_are_inverse(text: str, offset: int, encoding: str) -> None:
    offset = min(offset, len(text))
    index = LineIndex(text, encoding)
    at = index.position(offset)
    inside_line_end = offset > 0 and text[offset - 1 : offset + 1] == "\r\n"
    assert index.offset(at) == (offset - 1 if inside_line_end else offset)


@pytest.mark.parametrize("at", [(0, 99), (99, 0), (0, 2**31 - 1), (1, 2**31 - 1)])
def test_positions_out_of_range_are_brought_into_it(at: tuple[int, int]) -> None:
    assert LineIndex("one\ntwo").offset(Position(*at)) in (3, 4, 7)


def test_only_line_ends_of_the_protocol_end_lines() -> None:
    assert LineIndex("a\u2028b\x0bc\rd\r\ne\nf").starts == [0, 6, 9, 11]


def test_a_document_follows_edits_ranges_out_of_it_and_whole_texts() -> None:
    document = Document("file:///a.tex", "one\ntwo\n", 1, "latex", "utf-16")

    def edit(a: tuple[int, int], b: tuple[int, int], new: str) -> str:
        document.apply_change(TextDocumentContentChangePartial(range=Range(Position(*a), Position(*b)), text=new))
        return document.source

    assert edit((1, 0), (1, 3), "𝔸é") == "one\n𝔸é\n" and document.caret == 6
    assert edit((1, 2), (1, 3), "") == "one\n𝔸\n"
    assert edit((9, 9), (99, 9), "end") == "one\n𝔸\nend"
    assert edit((2, 3), (0, 0), "!") == "one\n𝔸\nend!"
    document.apply_change(TextDocumentContentChangeWholeDocument(text="one\nB\nend!"))
    assert (document.source, document.caret, document.edits) == ("one\nB\nend!", 5, 5)


@given(st.lists(st.text(alphabet="ab", min_size=0, max_size=8), max_size=60))
def test_both_ends_of_the_pipe_remember_the_same_texts(said: list[str]) -> None:
    sender, receiver = Sender(), Receiver()
    for text in said:
        assert receiver.unpack(sender.pack(text)) == text
    assert sender.known == receiver.known


@pytest.mark.parametrize(
    ("line", "typed", "looks_anew"),
    [
        ("The input| is a class of comments. % a note", "s", False),
        ("some words % a no|te", "x", False),
        ("some words |and more", "%", True),
        ("\\input{chap|}", "ter", True),
        ("% !TeX root = ma|.tex", "in", True),
        ("\\begin{verbati|}", "m", True),
        ("\\usepackage{a,|}", "b", True),
        ("$\\nabla_x f| = x$", "^2", False),
    ],
)
def test_other_files_are_looked_for_anew_where_an_edit_can_name_others(line: str, typed: str, looks_anew: bool) -> None:
    column = line.index("|")
    document = Document("file:///x.tex", "one\n" + line.replace("|", "") + "\ntwo", 1, "latex", "utf-16")
    place = Position(1, column)
    document.apply_change(TextDocumentContentChangePartial(Range(place, place), typed))
    assert (document.structure > 0) is looks_anew
