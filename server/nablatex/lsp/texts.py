"""Texts on their way to the engine's process: each goes over once, and after that only what was edited."""

from __future__ import annotations

from typing import Any

from nablatex.latex.edits import changed

KEPT = 8
"""How many texts both sides remember; the one that was not asked for longest goes first, on both sides alike."""


class Sender:
    """Turns texts into parcels; knows what the other side remembers."""

    def __init__(self) -> None:
        self.known: dict[int, str] = {}
        self.count = 0

    def pack(self, text: str) -> tuple[Any, ...]:
        """("same", number), ("edit", number, base, start, end, new) or ("whole", number, text)."""
        for number, known in self.known.items():
            if known is text or known == text:
                self.known[number] = self.known.pop(number)
                return ("same", number)
        self.count += 1
        parcel: tuple[Any, ...] = ("whole", self.count, text)
        for base in reversed(self.known):
            start, end, until = changed(self.known[base], text)
            if 4 * (until - start) < len(text):
                parcel = ("edit", self.count, base, start, end, text[start:until])
                break
        self.known[self.count] = text
        if len(self.known) > KEPT:
            del self.known[next(iter(self.known))]
        return parcel


class Receiver:
    """Turns parcels back into texts; the same text is the same object."""

    def __init__(self) -> None:
        self.known: dict[int, str] = {}

    def unpack(self, parcel: tuple[Any, ...]) -> str:
        kind, number, *rest = parcel
        if kind == "same":
            text = self.known.pop(number)
        elif kind == "edit":
            base, start, end, new = rest
            old = self.known[base]
            text = old[:start] + new + old[end:]
        else:
            (text,) = rest
        self.known[number] = text
        if len(self.known) > KEPT:
            del self.known[next(iter(self.known))]
        return text


__all__ = ["Receiver", "Sender"]
