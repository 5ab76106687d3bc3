"""The reader's vocabulary: relations, infix products, fonts, accents, fences, big operators."""

from __future__ import annotations

MAX_DEPTH = 90
ARROWS = frozenset(
    r"\Rightarrow \implies \Longrightarrow \iff \Leftrightarrow \Longleftrightarrow \therefore \Leftarrow".split()
)
RELATIONS = frozenset(
    (
        r"= < > \approx \in \leq \le \geq \ge \neq \ne \propto \equiv \to \rightarrow \mapsto \leftarrow \sim \simeq"
        r" \coloneqq \triangleq \longrightarrow \subset \subseteq \succ \succeq \prec \preceq \ll \gg \gets \cong \perp"
        r" \lesssim \gtrsim \longmapsto \mid \notin \doteq \colon \leqslant \geqslant \searrow \nearrow \downarrow \uparrow \lneq \gneq \nless"
    ).split()
)
INFIX = frozenset(r"\odot \circ \otimes \oslash : \ast .* \oplus \star \bullet \boxtimes \wedge".split())
CLOSERS = frozenset(r") ] } \} \rangle \rvert \rVert \right. \rfloor \rceil \end".split())
FONTS = {
    "\\mathbf": "bold", "\\bm": "bold", "\\boldsymbol": "bold", "\\textbf": "bold", "\\pmb": "bold", "\\symbf": "bold",
    "\\mathrm": "rm", "\\operatorname": "rm", "\\operatorname*": "rm", "\\textrm": "rm", "\\text": "rm", "\\mathop": "rm", "\\mbox": "rm",
    "\\mathsf": "sf", "\\textsf": "sf", "\\mathit": "it", "\\textit": "it", "\\mathcal": "cal", "\\mathscr": "cal", "\\mathbb": "bb", "\\mathfrak": "frak",
    "\\mathtt": "tt", "\\mathnormal": "", "\\ensuremath": "", "\\rm": "rm", "\\bf": "bold",
}  # fmt: skip
ACCENTS = {"\\" + a: a for a in ("hat", "tilde", "bar", "dot", "ddot", "vec", "mathring", "check", "breve")}
ACCENTS.update({"\\widehat": "hat", "\\widetilde": "tilde", "\\overline": "bar", "\\underline": "underline"})
OPENERS = {
    "(": ("paren", ")"), "[": ("bracket", "]"), "\\{": ("brace", "\\}"), "\\lbrace": ("brace", "\\rbrace"), "\\langle": ("angle", "\\rangle"),
    "\\lvert": ("bar", "\\rvert"), "\\lVert": ("norm", "\\rVert"), "\\lfloor": ("floor", "\\rfloor"), "\\lceil": ("ceil", "\\rceil"),
}  # fmt: skip
BIG = {
    "\\sum": "sum", "\\prod": "prod", "\\int": "int", "\\lim": "lim", "\\argmin": "argmin", "\\argmax": "argmax", "\\sup": "sup",
    "\\inf": "inf", "\\iint": "int", "\\oint": "int", "\\bigoplus": "oplus", "\\bigotimes": "otimes",
}  # fmt: skip
FRACTIONS = frozenset(r"\frac \tfrac \dfrac \cfrac \nicefrac \sfrac".split())
WHOLE_OPERAND = frozenset(r"tr Tr trace Trace Sp Spur det Det logdet vec Vec vech rank diag Diag".split())
"""Operators whose operand without parentheses is all that follows; functions such as log stop earlier."""
NO_NAMES = frozenset(
    "\\cup \\cap \\setminus \\vee \\land \\lor \\forall \\exists \\neg \\lnot \\emptyset \\angle \\colon \\backslash"
    " \\div \\amalg \\uplus \\sqcup \\models \\vdash \\parallel \\ominus \\diamond \\Box \\triangle".split()
)
"""Signs that name nothing: a formula that holds one is not read."""
TEXT = frozenset(("\\text", "\\mbox", "\\textrm", "\\textit", "\\textbf", "\\mathrm"))
WORDS = frozenset(
    (
        r"tr Tr trace Trace Sp Spur det Det logdet log ln exp sin cos tan sinh cosh tanh arctan diag Diag vec Vec vech rank"
        r" max min sign sgn softmax relu ReLU LSE lse logsumexp sigmoid softplus sqrt abs norm adj adjugate cof pinv tril triu expm logm sqrtm"
        r" etr dg erf cot sec csc arcsin arccos arccot coth arsinh arcosh artanh arcsinh arccosh arctanh gcd lcm binom"
    ).split()
)
GRADIENTS = {"grad": 1, "Grad": 1, "Hess": 2}
"""Words for ∇ and ∇^2, set upright."""
SPELLED = ("dist",)
"""Names of several letters that authors set in italics, and that begin like a differential."""
PLAIN_ENVIRONMENTS = frozenset(
    (
        r"aligned split gathered alignedat align align* equation equation* gather gather* eqnarray eqnarray* multline"
        r" multline* displaymath math"
    ).split()
)
SYMBOLS = frozenset(
    (
        r"\alpha \beta \gamma \delta \epsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi \omicron \pi \rho \sigma \tau"
        r" \upsilon \phi \chi \psi \omega \Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi \Psi \Omega \varepsilon"
        r" \vartheta \varpi \varrho \varsigma \varphi \varkappa \digamma \ell \hbar \imath \jmath \Re \Im \aleph \infty \top"
        r" \intercal \prime \dagger \ddagger \partial \nabla \bot \wp \mho \complement \varGamma \varDelta \varTheta \varLambda"
        r" \varXi \varPi \varSigma \varUpsilon \varPhi \varPsi \varOmega \star \ast \natural \sharp \flat \Tau \transpose \T"
    ).split()
)
"""Commands that are a symbol in every document; any other that is read as one is the author's, or unknown."""
CONJUNCTIONS = frozenset(
    (
        "and or if iff for so let as but by on in is are we to of at it where with when then thus hence since because which"
        " that also while unless else otherwise whenever therefore such assuming given from all any some each every subject"
    ).split()
)
"""Words that stand between formulas and name nothing."""
