"""Inputs that reach new branches of the reader and the elaborator are kept and changed again: what raises or hangs is shown.

    pip install atheris
    python benchmarks/guided.py [FOLDER] [-runs=100000] [-seed=1] [-max_len=400] [-timeout=20]

FOLDER keeps the inputs that reached something new, and those that broke or were slow; it is where the next run starts; options are those of libFuzzer.
"""

from __future__ import annotations

import contextlib
import random
import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "fuzz"))
with atheris.instrument_imports(include=["nablatex.latex", "nablatex.document"]):
    from grammar import some
    from nablatex.document.elaborate import elaborate
    from nablatex.document.printing import Unprintable, to_latex
    from nablatex.document.reading import read_document
    from nablatex.document.relevance import relevant

BEGINNINGS = 300
HOSTS = ("latex", "markdown", "rst", "org")


def one(data: bytes) -> None:
    """Reads a document, elaborates each formula and writes it back; nothing of it may raise."""
    host = HOSTS[data[0] % len(HOSTS)] if data else "latex"
    text = data[1:].decode("utf-8", "replace")
    reading = read_document(text, host=host)
    for s in reading.statements:
        assert 0 <= s.span.start <= s.span.end <= len(text)
        found = elaborate(s.tree, relevant(s.context, s.tree), "denominator", text)
        for side in found.readings[0].sides if found.readings else ():
            with contextlib.suppress(Unprintable):
                to_latex(side, reading.notation)


def main() -> None:
    folders = [a for a in sys.argv[1:] if not a.startswith("-")]
    arguments = list(sys.argv)
    if not folders:
        arguments.insert(1, tempfile.mkdtemp())
    folder = Path(arguments[1] if not folders else folders[0])
    folder.mkdir(exist_ok=True)
    for seed in range(BEGINNINGS):
        (folder / f"grammar-{seed}").write_bytes(b"\x00" + some(random.Random(seed)).encode("utf-8", "replace"))
    if not any(a.startswith("-artifact_prefix") for a in arguments):
        arguments.append(f"-artifact_prefix={folder}/")
    atheris.Setup(arguments, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
