r"""The hosts of LaTeX mathematics: LaTeX itself, Markdown and its kin, reStructuredText, Org; where each keeps formulas.

In a host's pattern every alternative is a named group: ``comment``, ``skip…`` (no mathematics, however long), or a
formula, whose content is the group ``…_body``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DISPLAY = [
    "equation",
    "align",
    "alignat",
    "gather",
    "multline",
    "eqnarray",
    "flalign",
    "xalignat",
    "displaymath",
    "math",
    "IEEEeqnarray",
    "empheq",
    "dmath",
]
_SKIPPED = [
    "[A-Za-z]*(?:[vV]erbatim|code|Code)",
    "(?:lst|tcb)listing",
    "minted",
    "alltt",
    "comment",
    "S(?:chunk|input|output)",
    "python|pyconsole|sage(?:block|silent)",
    "tikz(?:picture|cd)",
    "algorithmic",
    "filecontents",
]
INLINE = frozenset(("parens", "single", "spaced", "role", "ticks", "doubled"))
DISPLAYED = frozenset(("brackets", "double", "doubled_brackets", "shorthand", "fence", "directive"))
_END = r"\n\s*\n|\Z"

# every alternative of the parts for TeX begins with a plain character, outside its group: so the search goes from one
# of these characters to the next
_BRACES = r"\{(?:[^{}\n]|\{[^{}\n]*\})*\}"
_OPTION = r"(?:\[[^\]\n]*\])?"
_BARS = r"(?P<{0}>[^A-Za-z\s*{{\[])[^\n]*?(?:(?P={0})|$)"
_VERBATIM = (
    r"\\(?:"
    r"(?P<skip>begin\{(?P<skipped>" + "|".join(_SKIPPED) + r")\*?\}.*?(?:\\end\{(?P=skipped)\*?\}|\Z))"
    r"|(?P<skip_iffalse>iffalse\b.*?(?:\\fi\b|\Z))"
    r"|(?P<skip_verb>(?:verb|Verb|lstinline|mint(?:inline)?"
    + _OPTION
    + _BRACES
    + r")(?![A-Za-z])\*?"
    + _OPTION
    + "(?:"
    + _BARS.format("bar")
    + "|(?<!verb)(?<!verb\\*)"
    + _BRACES
    + "))"
    r"|(?P<skip_address>(?:nolinkurl|url|path)(?:" + _BRACES + "|" + _BARS.format("rim") + "))"
    r"|(?P<skip_argument>(?:href|includegraphics|py[bc]?|Sexpr)\*?" + _OPTION + _BRACES + ")"
    r"|(?P<skip_defined>begin\{[a-zA-Z]+\*?\}(?=\}))"
    ")"
)
_NO_BLANK = r"(?:[^\\\n]|\\.|\n(?![ \t]*\n))*?"
_TEX = (
    r"\\(?:(?P<environment>begin\{(?P<env>" + "|".join(DISPLAY) + r")(?P<star>\*?)\}"
    r"(?P<environment_body>.*?)(?:\\end\{(?P=env)\*?\}|" + _END + "))"
    r"|(?P<brackets>\[(?P<brackets_body>.*?)(?:\\\]|" + _END + "))"
    r"|(?P<parens>\((?P<parens_body>.*?)(?:\\\)|" + _END + "))"
    r"|(?P<shorthand>(?<!def\\)(?<!let\\)(?<!mand\\)b(?P<short>e|eq|ea|eqa|eqn|eqna|al|align)(?![A-Za-z}])(?P<shorthand_body>"
    + _NO_BLANK
    + r")\\e(?P=short)(?![A-Za-z])))"
    r"|\$(?P<double>\$(?P<double_body>.*?)(?:\$\$|" + _END + "))"
)
_WORDS = r"\\(?:text|mbox|textrm|textit|textbf)\{[^{}\n]*\}"
"""Words in a formula, which may hold formulas themselves."""
_COLUMN = r"\$(?:\\[a-z]+style)?(?=\})"
"""A dollar that a brace closes: of a column of formulas in a table (``>{$}c<{$}``), or one that is printed."""
_SINGLE = (
    rf"{_COLUMN}|"
    r"\$(?P<single>(?P<single_body>[^$\\\n]*(?:(?>" + _WORDS + r"|\\.|\n(?!\s*\n))[^$\\\n]*)*)(?:\$|" + _END + "))"
)
_MARKDOWN_SKIPPED = (
    r"(?P<fence>^[ ]{0,3}(?P<mathfence>`{3,}|~{3,})[ ]*\{?math\}?[ \t]*\n(?P<fence_body>.*?)(?:^[ ]{0,3}(?P=mathfence)|\Z))"
    r"|(?P<skip_fence>^[ ]{0,3}(?P<mark>`{3,}|~{3,})[^\n`]*\n.*?(?:^[ ]{0,3}(?P=mark)|\Z))"
    r"|(?P<comment><!--.*?(?:-->|\Z))"
    r"|(?P<skip_html><(?P<tag>pre|code|script|style|kbd|samp|svg|math)\b.*?(?:</(?P=tag)>|\Z))"
    r"|(?P<skip_liquid>\{%-?[ ]*highlight\b.*?(?:\{%-?[ ]*endhighlight\b[^%\n]*%\}|\Z))"
)
_MARKDOWN = (
    r"(?P<ticks>\$`(?P<ticks_body>[^`\n]+)`\$)"
    r"|(?P<role>\{math\}`(?P<role_body>[^`]+)`)"
    r"|(?P<skip_code>(?P<tick>`+)(?!`).*?(?<!`)(?P=tick)(?!`))"
    r"|(?P<skip_link>\]\((?=[a-z]+:|[./\#\w])[^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?=[\s)])|(?<=[<(\s])https?://[^\s<>)\]]*)"
    r"|(?P<doubled>\\\\\((?P<doubled_body>.*?)(?:\\\\\)|" + _END + "))"
    r"|(?P<doubled_brackets>\\\\\[(?P<doubled_brackets_body>.*?)(?:\\\\\]|" + _END + "))"
)
# the dollar of a formula has something beside it, so that prices are none
_MARKDOWN_SINGLE = (
    r"(?P<single>\$(?![\s$])(?P<single_body>(?:[^$\\\n]|\\.|\n(?!\s*\n))*?)(?<![\s\\])\$(?!\d))"
    r"|(?P<spaced>\$[ ](?P<spaced_body>[^$\n]+?)[ ]\$(?!\d))"
)
_RST_SKIPPED = (
    r"(?P<directive>^(?P<margin>[ \t]*)\.\.[ ]math::(?P<directive_body>[^\n]*(?:\n(?:[ \t]*(?=\n|\Z)|(?P=margin)[ \t]+[^\n]*))*))"
    r"|(?P<comment>^[ \t]*\.\.[ ]nablatex:[^\n]*)"
    r"|(?P<skip_code>^(?P<edge>[ \t]*)\.\.[ ](?:code-block|code|sourcecode|raw|literalinclude)::[^\n]*(?:\n(?:[ \t]*(?=\n|\Z)|(?P=edge)[ \t]+[^\n]*))*)"
    r"|(?P<named>^[ \t]*\.\.[ ][\w:-]+::\s)"
    r"|(?P<skip_indented>(?<=::)[ \t]*(?:\n[ \t]*)+\n(?P<deep>[ \t]+)\S[^\n]*(?:\n(?:[ \t]*(?=\n|\Z)|(?P=deep)[^\n]*))*)"
)
_RST = r"(?P<skip_literal>``.*?``)|(?P<skip_link>`[^`\n]*<[^`<>\n]*>`_)|(?P<role>:math:`(?P<role_body>[^`]+)`)"
_ORG_SKIPPED = (
    r"(?P<skip_block>^[ \t]*\#\+begin_(?P<kind>src|example|comment|export)\b.*?(?:^[ \t]*\#\+end_(?P=kind)\b[^\n]*|\Z))"
    r"|(?P<comment>^[ \t]*\#[ ][^\n]*)|(?P<skip_fixed>^[ \t]*:[ ][^\n]*)"
)
_ORG = r"(?P<skip_link>\[\[(?:[a-z]+:|[.~/])[^\]\n]*\])|(?P<skip_code>(?<![^\s(])(?P<quote>[=~])[^\s=~][^=~\n]*(?P=quote)(?![^\s.,;)]))"


@dataclass(frozen=True, slots=True)
class Host:
    """scan finds formulas, comments and what is skipped; cut finds the blank lines that part blocks (group ``blank``)."""

    name: str
    scan: re.Pattern[str]
    long: str
    """Alternatives that may hold blank lines."""
    comment: str
    """A comment on lines of its own, with ``{}`` for its words."""


def _host(name: str, *parts: str, long: str, comment: str) -> Host:
    return Host(name, re.compile("|".join(parts), re.S | re.M), long, comment)


_ESCAPED = r"\\(?P<escaped>[\\$%])"
_TEX_COMMENT = r"%(?P<comment>[^\n]*)"
_TEX_REST = r"\\(?P<skip_rest>end\{document\}.*)"
_CHUNKS = r"<(?P<skip_chunk>(?<=^<)<[^\n]*>>=[ \t]*\n.*?(?:^@|\Z))"
"""Programs of knitr and Sweave in LaTeX."""
HOSTS = {
    "latex": _host(
        "latex", _ESCAPED, _TEX_COMMENT, _VERBATIM, _TEX_REST, _CHUNKS, _TEX, _SINGLE,
        long=f"{_ESCAPED}|{_TEX_COMMENT}|{_VERBATIM}|{_TEX_REST}|{_CHUNKS}", comment="% {}\n",
    ),
    "markdown": _host(
        "markdown", _MARKDOWN_SKIPPED, _MARKDOWN, r"(?P<escaped>\\[\\$`])", _VERBATIM, _TEX, _MARKDOWN_SINGLE,
        long=f"{_MARKDOWN_SKIPPED}|{_VERBATIM}", comment="<!-- {} -->\n",
    ),
    "rst": _host("rst", _RST_SKIPPED, _RST, long=_RST_SKIPPED, comment=".. {}\n\n"),
    "org": _host("org", _ORG_SKIPPED, _ORG, _ESCAPED, _TEX, _MARKDOWN_SINGLE, long=_ORG_SKIPPED, comment="# {}\n"),
}  # fmt: skip
_ENDINGS = {
    ".md": "markdown", ".markdown": "markdown", ".rmd": "markdown", ".qmd": "markdown", ".rnw": "latex", ".myst": "markdown",
    ".rst": "rst", ".org": "org", ".ipynb": "markdown",
}  # fmt: skip
LANGUAGES = {"markdown": "markdown", "quarto": "markdown", "rmd": "markdown", "restructuredtext": "rst", "org": "org"}
"""Names that editors give to languages."""


def host_of(path: str, language: str | None = None) -> str:
    """The host of a document, by the language that an editor names or by the ending of its path."""
    if language in LANGUAGES:
        return LANGUAGES[language]
    dot = path.rfind(".")
    return _ENDINGS.get(path[dot:].lower(), "latex") if dot > path.rfind("/") else "latex"


__all__ = ["DISPLAY", "DISPLAYED", "HOSTS", "INLINE", "Host", "host_of"]
