"""Derivations put into a document: which block, where, and how the rules stand beside the lines."""

from __future__ import annotations

from dataclasses import replace

from nablatex.document.statements import Statement as Read
from nablatex.features.check import at_offset, document_layout, reading_of
from nablatex.features.continuation import continued
from nablatex.features.derivations import Derivation, Step, derive_steps
from nablatex.features.equations import solve_for
from nablatex.features.explanation import FOLLOWS_NOT, explain_step
from nablatex.features.model import Edit, Notes, Resolved, Settings
from nablatex.features.stationary import solve_stationary
from nablatex.latex.regions import Region
from nablatex.latex.tree import Relation, Span

ALIGNED = ("align", "alignat", "flalign", "eqnarray")
"""Environments whose rows a derivation can continue."""
NUMBERED = 12
"""Longer derivations have numbers, to be talked about."""
CLOSERS = ("\\]", "\\)", "$$", "$")


def derivation_at(
    text: str, offset: int, settings: Settings, style: str | None = None, end: int | None = None
) -> Derivation:
    """The derivation of the formula at an offset: of a claim, of its left side."""
    style = style or settings.derivation_style
    read = at_offset(reading_of(text), offset, offset if end is None else end)
    if read is None:
        return Derivation(style, "unsupported", "there is no formula here")
    return derivation_of(text, read, settings, style)


def derivation_of(text: str, read: Read, settings: Settings, style: str) -> Derivation:
    tree = read.tree.sides[0] if isinstance(read.tree, Relation) else read.tree
    layout = document_layout(text, settings)
    return derive_steps(tree, read.context, layout, reading_of(text).notation, text, style)


def insert_derivation(
    text: str, read: Read, settings: Settings, style: str | None = None, host: str = "latex"
) -> Resolved:
    """The edit that puts the derivation behind the formula."""
    return insert_steps(
        text, read, derivation_of(text, read, settings, style or settings.derivation_style), settings, host
    )


def insert_stationary(text: str, read: Read, settings: Settings, host: str = "latex") -> Resolved:
    """The edit that puts the way to the stationary point behind the derivative."""
    tree = read.tree.sides[0] if isinstance(read.tree, Relation) else read.tree
    done = solve_stationary(tree, read.context, document_layout(text, settings), reading_of(text).notation, text)
    return insert_steps(text, read, done, settings, host)


def insert_solution(text: str, read: Read, label: str, settings: Settings, host: str = "latex") -> Resolved:
    """The edit that puts the solution of an equation behind it."""
    done = solve_for(read, label, document_layout(text, settings), reading_of(text).notation, text)
    return insert_steps(text, read, done, settings, host)


def insert_steps(text: str, read: Read, done: Derivation, settings: Settings, host: str) -> Resolved:
    """Rows of the author's own align behind the formula, or a block of its own."""
    if done.status != "ok":
        return Resolved((), f"{done.status}: {done.message}", "warning")
    region = reading_of(text).region_at(read.span.start)
    if region is None or not covers(region.span, read.span):
        return Resolved((), "the formula is not there any more", "warning")
    if region.env.rstrip("*") in ALIGNED:
        row = next((r for r in region.rows if covers(r, read.span)), region.span)
        at = row.start + len(text[row.start : row.end].rstrip())
        lines = rows(done.steps, settings.derivation_notes, tags=True)
        new = " \\\\\n" + "\n".join(lines)
    else:
        at = behind(text, region)
        new = block(done.steps, settings.derivation_notes, host)
    return Resolved((Edit(Span(at, at), new),), f"inserted {len(done.steps)} steps in {done.layout} layout")


def insert_continuation(text: str, read: Read, settings: Settings, whole: bool, host: str = "latex") -> Resolved:
    """The next line behind an author's last one, or all lines to the result."""
    reading = reading_of(text)
    style = settings.derivation_style if settings.derivation_style == "frobenius" else "trace"
    done = continued(read, document_layout(text, settings), reading.notation, text, style)
    if done.status != "ok":
        return Resolved((), f"{done.status}: {done.message}", "warning")
    region = reading.region_at(read.span.start)
    if region is not None and region.env.rstrip("*") in ALIGNED:
        return insert_steps(text, read, done if whole else replace(done, steps=done.steps[:1]), settings, host)
    first = done.steps[0]
    if first.left or (whole and len(done.steps) > 1):
        return insert_steps(text, read, done, settings, host)
    end = read.span.start + len(text[read.span.start : read.span.end].rstrip(" \t\n.,;"))
    return Resolved((Edit(Span(end, end), f" = {first.latex}"),), first.rule)


def insert_rule(text: str, read: Read, settings: Settings) -> Resolved:
    """The rules of a step as a note beside it."""
    if read.left is None or read.right is None:
        return Resolved((), "there is no step here", "warning")
    rule = explain_step(read.left, read.right, read.context, reading_of(text).layout or settings.layout, text)
    if not rule or rule == FOLLOWS_NOT:
        return Resolved((), rule or "no short sequence of rules was found for this step", "warning")
    region = reading_of(text).region_at(read.span.start)
    end = read.span.start + len(text[read.span.start : read.span.end].rstrip(" \t\n.,;"))
    aligned = region is not None and region.env.rstrip("*") in (*ALIGNED, "split", "aligned")
    note = f" && \\text{{{rule}}}" if aligned else f" \\quad \\text{{({rule})}}"
    return Resolved((Edit(Span(end, end), note),), rule)


def covers(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def behind(text: str, region: Region) -> int:
    """Behind a display's closing delimiter; behind the line of an inline formula."""
    end = region.span.end
    if region.env == "shorthand":
        return region.outer.end
    if region.inline:
        line = text.find("\n", end)
        return len(text) if line == -1 else line
    for closer in (*CLOSERS, f"\\end{{{region.env}}}", f"\\end{{{region.env}*}}"):
        at = end + len(text[end : end + 40]) - len(text[end : end + 40].lstrip())
        if text.startswith(closer, at):
            return at + len(closer)
    close = text.find("\\end{", end)
    return end if close == -1 else text.index("}", close) + 1


def block(steps: tuple[Step, ...], notes: Notes, host: str = "latex") -> str:
    """A display of its own: align* in LaTeX and Org, a directive in reStructuredText, $$ with aligned in Markdown."""
    if host in ("latex", "org"):
        env = "align" if len(steps) > NUMBERED else "align*"
        return f"\n\\begin{{{env}}}\n" + "\n".join(rows(steps, notes, tags=True)) + f"\n\\end{{{env}}}"
    lines = rows(steps, notes, tags=False)
    if host == "rst":
        return "\n\n.. math::\n\n" + "\n".join(" " + line for line in lines) + "\n"
    inside = "\n".join(lines)
    return "\n\n$$\n\\begin{aligned}\n" + inside + "\n\\end{aligned}\n$$"


def rows(steps: tuple[Step, ...], notes: Notes, tags: bool) -> list[str]:
    """``left &= right && \\text{rule} \\\\``, a line each; the last without ``\\\\``."""
    out: list[str] = []
    for k, step in enumerate(steps):
        line = f"  {step.left} &= {step.latex}" if step.left else f"  &= {step.latex}"
        if step.rule and notes == "tag" and tags:
            line += f" \\tag*{{{step.rule}}}"
        elif step.rule and notes in ("text", "tag"):
            line += f" && \\text{{{step.rule}}}"
        if k < len(steps) - 1:
            line += " \\\\"
        if step.rule and notes == "comment":
            line += f" % {step.rule}"
        out.append(line)
    return out
