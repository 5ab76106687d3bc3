"""A page that was edited is read as if it had just been opened."""

from __future__ import annotations

import gc
import sys
import weakref
from pathlib import Path

import nablatex.document.reading as reading_module
import pytest
from nablatex.document.blocks import Block
from nablatex.document.passages import Macros, Passage, State
from nablatex.document.reading import Reading, read_document
from nablatex.latex.edits import changed

sys.path.insert(0, str(Path(__file__).parent))
from edits import PAGE, edits


def everything(reading: Reading) -> list[object]:
    """All that features can ask; trees as text, for they are equal without their spans."""
    out: list[object] = [reading.context, reading.macros, reading.notation, reading.layout]
    for s in reading.statements:
        declared = {k: reading.declaration(k, s.span.start) for k in s.context.symbols}
        out.append((s.kind, s.span, repr((s.tree, s.left, s.right)), s.context, s.readable, s.ignored, declared))
    return out


@pytest.mark.parametrize("seed", range(4))
def test_reading_after_edits_is_reading_the_final_text(seed: int) -> None:
    reading = read_document(PAGE)
    for k, (start, _, _, text) in enumerate(edits(seed, 60)):
        reading = read_document(text, reading)
        list(reading.between(start, start))  # as an author's cursor does: what is behind it waits
        if k % 4 == 0:
            assert everything(reading) == everything(read_document(text)), f"seed {seed}, edit {k}"


def test_an_edit_in_prose_reads_one_block_anew() -> None:
    before = read_document(PAGE)
    old = list(before.passages())
    after = read_document(PAGE.replace("It goes on.", "It goes on and on."), before)
    assert sum(p is not q for p, q in zip(old, after.passages(), strict=True)) == 1


def test_a_changed_declaration_is_known_behind_it_and_nowhere_else() -> None:
    before = read_document(PAGE)
    old = list(before.passages())
    after = read_document(PAGE.replace("A vector $y$ has", "Let $y \\in \\R^k$. It has"), before)
    assert [p is q for p, q in zip(old, after.passages(), strict=True)][:-1] == [True] * (len(old) - 1)
    assert [str(d.shape[0]) for k, d in after.context.symbols.items() if k.base == "y" and d.shape] == ["k"]


def test_what_does_not_name_a_changed_symbol_is_not_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_document(PAGE)
    list(before.passages())
    anew: list[str] = []
    read = reading_module.read_block

    def counting(block: Block, state: State, macros: Macros) -> Passage:
        anew.append(block.text)
        return read(block, state, macros)

    monkeypatch.setattr(reading_module, "read_block", counting)
    after = read_document(PAGE.replace("$a \\in \\R^m$", "$a, z \\in \\R^m$"), before)
    assert any(k.base == "z" for k in after.context.symbols)
    assert len(anew) == 1 and "Let $X" in anew[0]


def test_a_macro_that_changes_reads_anew_only_those_who_use_it() -> None:
    before = read_document(PAGE)
    old = list(before.passages())
    after = read_document(PAGE.replace("{\\operatorname{tr}}", "{\\operatorname{Tr}}"), before)
    touched = [q.block.text for p, q in zip(old, after.passages(), strict=True) if p is not q]
    assert len(touched) == 2 and "cyclic" in touched[1]


def test_a_declaration_is_found_where_it_stands_after_edits_before_it() -> None:
    before = read_document(PAGE)
    list(before.statements)
    text = PAGE.replace("\\begin{document}", "\\begin{document}\nSome words.\n")
    reading = read_document(text, before)
    use = text.rindex("A x .")
    key = next(k for k in reading.context.symbols if k.base == "A")
    span = reading.declaration(key, use)
    assert span is not None and text[span.start :].startswith("A \\in \\R^{n\\times n}")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [("abc", "abc", (3, 3, 3)), ("abc", "abXc", (2, 2, 3)), ("aaaa", "aaa", (3, 4, 3)), ("", "x", (0, 0, 1)), ("xy", "", (0, 2, 0))],
)  # fmt: skip
def test_what_changed_between_two_texts(old: str, new: str, what: tuple[int, int, int]) -> None:
    assert changed(old, new) == what


def test_a_reading_that_nobody_keeps_goes_at_once() -> None:
    """No circles: the collector comes seldom, and memory would grow with every keystroke until it does."""
    reading = read_document(PAGE)
    assert len(reading.statements) == len(list(reading.statements))
    watch = weakref.ref(reading)
    gc.disable()
    try:
        reading = read_document(PAGE + "x", reading)
        assert watch() is None and reading.text.endswith("x")
    finally:
        gc.enable()
