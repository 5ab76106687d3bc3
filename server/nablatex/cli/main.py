"""The command ``nablatex``: check, derive, evaluate, lsp."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from nablatex.features.model import LANGUAGES, LAYOUTS, NOTES, STYLES

VERSION = "0.1.0"


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="nablatex", description="Matrix calculus inside LaTeX: derive and check.")
    top.add_argument("--version", action="version", version=f"nablatex {VERSION}")
    commands = top.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check the claims of documents, or of JSON Lines with --batch")
    check.add_argument("paths", nargs="*", metavar="PATH", help="files, or folders of .tex and .md files")
    check.add_argument("--format", choices=("text", "json", "sarif"), default="text")
    check.add_argument("--layout", choices=LAYOUTS, default=None)
    check.add_argument("--line", type=int, metavar="N", help="only the formulas at this line, with their evidence")
    check.add_argument(
        "--replay", type=int, metavar="SEED", help="repeat the checks with this random seed (evidence names it)"
    )
    check.add_argument(
        "--statistics", action="store_true", help="how much of the documents is read, and why the rest is not"
    )
    check.add_argument("--jobs", type=int, metavar="N", help="processes side by side (as many as there are cores)")
    check.add_argument("--dask", metavar="SCHEDULER", help="check on the cluster of this Dask scheduler")
    check.add_argument(
        "--ignore", action="append", default=[], metavar="CODE", help="a code not to report, such as NB202"
    )
    check.add_argument(
        "--cache", action="store_true", help="keep verdicts that hold in the user's cache folder for the next run"
    )
    check.add_argument("--batch", action="store_true", help="read JSON Lines on standard input")
    derive = commands.add_parser("derive", help="work a derivative out")
    derive.add_argument("latex", nargs="?", metavar="LATEX")
    derive.add_argument(
        "--decl",
        action="append",
        default=[],
        metavar="D",
        help=r"a declaration such as 'X \in \mathbb{R}^{m \times n}'",
    )
    derive.add_argument(
        "--assume", action="append", default=[], metavar="A", help="an assumption such as 'W symmetric'"
    )
    derive.add_argument(
        "--context", action="append", default=[], metavar="C", help="an earlier definition such as 'f = a^T X b'"
    )
    derive.add_argument("--preamble", default="", help="macro definitions")
    derive.add_argument(
        "--steps",
        nargs="?",
        const="trace",
        choices=STYLES,
        metavar="STYLE",
        help=f"the whole derivation as an align: {', '.join(STYLES)}",
    )
    derive.add_argument("--notes", choices=NOTES, default="text", help="where the rules of steps stand")
    derive.add_argument("--wrt", metavar="X", help="the variable, where LATEX is the function alone")
    derive.add_argument("--layout", choices=LAYOUTS, default=None)
    derive.add_argument("--format", choices=("latex", "json", "numpy"), default="latex")
    derive.add_argument("--code", choices=LANGUAGES, metavar="LANGUAGE", help=f"as a program: {', '.join(LANGUAGES)}")
    derive.add_argument("--value", action="store_true", help="with --code: the function beside its derivative")
    derive.add_argument("--gradient-check", action="store_true", help="with --code: a check that runs with the file")
    derive.add_argument(
        "--sizes", default="", metavar="m=1000,n=10", help="with --code: expected sizes, to order products by"
    )
    derive.add_argument("-o", "--output", metavar="FILE", help="with --code: write there, not to standard output")
    derive.add_argument("--batch", action="store_true", help="read JSON Lines on standard input")
    evaluate = commands.add_parser("evaluate", help="evaluate an explicit formula: numbers, scalars, matrices")
    evaluate.add_argument("latex", metavar="LATEX")
    evaluate.add_argument(
        "--do", default="evaluate", metavar="OPERATION", help="evaluate, numerically, expand, solve, inverse, …"
    )
    evaluate.add_argument("--by", metavar="X", help="the symbol to solve for, differentiate by, …")
    evaluate.add_argument(
        "--set", action="append", default=[], metavar="NAME=LATEX", help="at, from, to, order, exponent or digits"
    )
    evaluate.add_argument("--decl", action="append", default=[], metavar="D", help="a declaration")
    evaluate.add_argument(
        "--assume", action="append", default=[], metavar="A", help="an assumption such as 'a positive'"
    )
    evaluate.add_argument(
        "--context", action="append", default=[], metavar="C", help="an earlier definition such as 'A = …'"
    )
    evaluate.add_argument("--preamble", default="", help="macro definitions")
    evaluate.add_argument("--format", choices=("latex", "json", "steps"), default="latex")
    lsp = commands.add_parser("lsp", help="run the language server on standard input and output")
    lsp.add_argument("--tcp", type=int, metavar="PORT", help="listen on a port of this machine instead, for debugging")
    lsp.add_argument("--trace", action="store_true", help="log everything, the texts of documents too")
    lsp.add_argument("--stdio", action="store_true", help=argparse.SUPPRESS)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 nothing is wrong, 1 something is refuted or ill-shaped, 2 usage or input and output."""
    arguments = parser().parse_args(argv)
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 2


def _run(arguments: argparse.Namespace) -> int:
    if arguments.command == "lsp":
        from nablatex.lsp.main import run as run_server

        return run_server(arguments.tcp, arguments.trace)
    if arguments.command == "evaluate":
        from nablatex.cli.evaluate import run as run_evaluate

        return run_evaluate(arguments)
    if arguments.command == "derive":
        if arguments.batch:
            from nablatex.cli import batch

            return batch.run(batch.derive_record, batch.DERIVE_FAILED, arguments.layout)
        from nablatex.cli.derive import run as run_derive

        return run_derive(arguments)
    if arguments.batch:
        from nablatex.cli import batch

        return batch.run(batch.check_record, batch.CHECK_FAILED, arguments.layout)
    if arguments.statistics:
        from nablatex.cli.statistics import run as run_statistics

        return run_statistics(arguments)
    from nablatex.cli.check import run as run_check

    return run_check(arguments)


if __name__ == "__main__":
    sys.exit(main())
