"""What takes too long is given up, but never in the middle of an import."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from nablatex.explicit import budget as explicit
from nablatex.features import budget

SLOW = "import time\nuntil = time.monotonic() + 0.15\nwhile time.monotonic() < until:\n    pass\nwhole = True\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no timers")
@pytest.mark.parametrize(("limit", "error"), [(budget.limit, budget.OutOfTime), (explicit.limited, explicit.OutOfTime)])
def test_an_import_is_let_finish(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limit: Callable[[float], AbstractContextManager[None]],
    error: type[BaseException],
) -> None:
    name = f"slow_to_import_{limit.__name__}"
    (tmp_path / f"{name}.py").write_text(SLOW)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(error), limit(0.02):
        importlib.import_module(name)
        while True:
            pass
    assert sys.modules[name].whole
