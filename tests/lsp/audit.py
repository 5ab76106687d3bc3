"""Whether a client has announced what a server sent it: the Language Server Protocol 3.17, message by message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Json = Any
REFRESHES = {
    "workspace/inlayHint/refresh": "workspace.inlayHint.refreshSupport",
    "workspace/codeLens/refresh": "workspace.codeLens.refreshSupport",
    "workspace/diagnostic/refresh": "workspace.diagnostics.refreshSupport",
    "workspace/semanticTokens/refresh": "workspace.semanticTokens.refreshSupport",
}
NEEDS = {
    **REFRESHES,
    "workspace/configuration": "workspace.configuration",
    "workspace/applyEdit": "workspace.applyEdit",
    "window/workDoneProgress/create": "window.workDoneProgress",
    "window/showDocument": "window.showDocument.support",
}
ALWAYS = frozenset(
    ("window/showMessage", "window/logMessage", "textDocument/publishDiagnostics", "$/progress", "$/logTrace")
)


def violations(capabilities: Json, received: list[tuple[str, Json]]) -> list[str]:
    """What was sent without having been announced, a line each."""
    said = Announced(capabilities)
    out: list[str] = []
    for method, body in received:
        if method in NEEDS:
            if not said(NEEDS[method]):
                out.append(f"{method} needs {NEEDS[method]}")
        elif method.startswith("answer "):
            check = ANSWERS.get(method.removeprefix("answer "))
            if check is not None and body:
                out.extend(f"{method}: {words}" for words in check(said, body))
        elif method == "textDocument/publishDiagnostics":
            out.extend(f"{method}: {words}" for words in pushed(said, body))
        elif method == "client/registerCapability":
            out.extend(f"{method} needs dynamicRegistration" for r in body["registrations"] if not said.registers(r))
        elif method not in ALWAYS:
            out.append(f"{method} is none of the protocol's")
    return out


class Announced:
    """A client's capabilities by dotted path."""

    def __init__(self, capabilities: Json) -> None:
        self.capabilities = capabilities

    def __call__(self, path: str) -> Json:
        value = self.capabilities
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def registers(self, registration: Json) -> bool:
        section, _, name = registration["method"].partition("/")
        return bool(self(f"{section}.{name}.dynamicRegistration"))


def unless(said: Announced, item: Json, name: str, path: str) -> Iterator[str]:
    if item.get(name) is not None and not said(path):
        yield f"{name} needs {path}"


def diagnostics(said: Announced, items: list[Json], section: str) -> Iterator[str]:
    for d in items:
        yield from unless(said, d, "codeDescription", f"{section}.codeDescriptionSupport")
        yield from unless(said, d, "relatedInformation", f"{section}.relatedInformation")
        yield from unless(said, d, "tags", f"{section}.tagSupport")
        yield from unless(said, d, "data", f"{section}.dataSupport")


def pushed(said: Announced, params: Json) -> Iterator[str]:
    if said("textDocument.diagnostic"):
        yield "the client asks for diagnostics itself"
    yield from unless(said, params, "version", "textDocument.publishDiagnostics.versionSupport")
    yield from diagnostics(said, params["diagnostics"], "textDocument.publishDiagnostics")


def pulled(said: Announced, report: Json) -> Iterator[str]:
    yield from diagnostics(said, report["items"], "textDocument.diagnostic")


def edit(said: Announced, body: Json) -> Iterator[str]:
    changes = body.get("documentChanges")
    if changes is None:
        return
    if not said("workspace.workspaceEdit.documentChanges"):
        yield "documentChanges needs workspace.workspaceEdit.documentChanges"
    for change in changes:
        kind = change.get("kind")
        if kind is not None and kind not in (said("workspace.workspaceEdit.resourceOperations") or ()):
            yield f"{kind} needs workspace.workspaceEdit.resourceOperations"


def action(said: Announced, a: Json) -> Iterator[str]:
    path = "textDocument.codeAction"
    literal = said(f"{path}.codeActionLiteralSupport.codeActionKind.valueSet")
    if isinstance(a.get("command"), str):  # a Command, which every client takes
        return
    if literal is None:
        yield "a CodeAction needs codeActionLiteralSupport"
        return
    kind = a.get("kind") or ""
    if not any(kind == k or kind.startswith(k + ".") for k in literal if k):
        yield f"the kind {kind} is none of the client's"
    yield from unless(said, a, "isPreferred", f"{path}.isPreferredSupport")
    yield from unless(said, a, "disabled", f"{path}.disabledSupport")
    yield from unless(said, a, "data", f"{path}.dataSupport")
    if (
        a.get("edit") is None
        and a.get("command") is None
        and "edit" not in (said(f"{path}.resolveSupport.properties") or ())
    ):
        yield "an action without edit needs resolveSupport"
    yield from edit(said, a.get("edit") or {})


def actions(said: Announced, found: list[Json]) -> Iterator[str]:
    for a in found:
        yield from action(said, a)


def hover(said: Announced, body: Json) -> Iterator[str]:
    contents = body["contents"]
    if contents["kind"] not in (said("textDocument.hover.contentFormat") or ("plaintext",)):
        yield f"the format {contents['kind']} needs contentFormat"


def completion(said: Announced, items: list[Json]) -> Iterator[str]:
    for c in items:
        yield from completed(said, c)


def completed(said: Announced, c: Json) -> Iterator[str]:
    path = "textDocument.completion.completionItem"
    if c.get("insertTextFormat") == 2 and not said(f"{path}.snippetSupport"):
        yield "a snippet needs snippetSupport"
    yield from unless(said, c, "preselect", f"{path}.preselectSupport")
    yield from unless(said, c, "labelDetails", f"{path}.labelDetailsSupport")
    yield from unless(said, c, "commitCharacters", f"{path}.commitCharactersSupport")
    yield from unless(said, c, "tags", f"{path}.tagSupport")
    if "insert" in (c.get("textEdit") or {}) and not said(f"{path}.insertReplaceSupport"):
        yield "an InsertReplaceEdit needs insertReplaceSupport"
    words = c.get("documentation")
    if isinstance(words, dict) and words["kind"] not in (said(f"{path}.documentationFormat") or ()):
        yield f"the format {words['kind']} needs documentationFormat"
    kinds = said("textDocument.completion.completionItemKind.valueSet") or range(1, 19)
    if c.get("kind") not in (None, *kinds):
        yield f"the kind {c['kind']} is none of the client's"


def lenses(said: Announced, found: list[Json]) -> Iterator[str]:
    for x in found:
        yield from lens(said, x)


def lens(said: Announced, x: Json) -> Iterator[str]:
    command = (x.get("command") or {}).get("command")
    own = (said("experimental.commands.commands") or []) if command else []
    if command == "nablatex.showPanel" and command not in own:
        yield f"{command} is no command of the client"


def started(said: Announced, result: Json) -> Iterator[str]:
    server = result["capabilities"]
    encodings = said("general.positionEncodings") or ["utf-16"]
    if server.get("positionEncoding", "utf-16") not in encodings:
        yield f"the encoding {server['positionEncoding']} was not offered"
    if isinstance(server.get("renameProvider"), dict) and not said("textDocument.rename.prepareSupport"):
        yield "RenameOptions need prepareSupport"
    if isinstance(server.get("codeActionProvider"), dict) and not said(
        "textDocument.codeAction.codeActionLiteralSupport"
    ):
        yield "CodeActionOptions need codeActionLiteralSupport"


ANSWERS: dict[str, Callable[[Announced, Json], Iterator[str]]] = {
    "initialize": started,
    "textDocument/diagnostic": pulled,
    "textDocument/codeAction": actions,
    "codeAction/resolve": action,
    "textDocument/hover": hover,
    "textDocument/completion": completion,
    "completionItem/resolve": completed,
    "textDocument/codeLens": lenses,
    "codeLens/resolve": lens,
    "textDocument/rename": edit,
}
