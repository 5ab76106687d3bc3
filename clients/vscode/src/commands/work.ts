/** *Evaluate*, *Simplify*, *Export as…*: on what is selected, or the formula at the cursor. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { TARGETS } from '../panel/card.js';
import { CODE, type Code } from '../protocol.js';

/** A part of a document: a selection, or a cursor. */
export interface Part {
  document: vscode.TextDocument;
  range: vscode.Range;
}

/** Puts the result of an operation behind a whole formula, or in the place of a selected part; the server says why there is none. */
export async function evaluate(client: LanguageClient, { document, range }: Part, operation: string): Promise<void> {
  const asked = { uri: client.code2ProtocolConverter.asUri(document.uri), range: client.code2ProtocolConverter.asRange(range), operation, how: 'either' };
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: 'Nablatex: working out' }, () =>
    client.sendRequest('workspace/executeCommand', { command: 'nablatex.evaluate', arguments: [asked] }),
  );
}

/** As VS Code calls them; what it does not know it shows as plain text. */
const SHOWN_AS: Record<string, string> = { julia: 'julia', matlab: 'matlab' };
const CHECKED = 'with its value beside it and a gradient check';

/** Asks for a language and for a place, and puts the program there. */
export async function exportAs(client: LanguageClient, part: Part): Promise<void> {
  const languages = Object.entries(TARGETS).map(([id, label]) => ({ id, label }));
  const language = await vscode.window.showQuickPick(languages, { placeHolder: 'Export the formula as' });
  if (language === undefined) {
    return;
  }
  const file = '$(new-file) New file';
  const clipboard = '$(clippy) Clipboard';
  const places = [file, clipboard].flatMap((label) => [
    { label, check: false },
    { label, description: CHECKED, check: true },
  ]);
  const place = await vscode.window.showQuickPick(places, { placeHolder: `${language.label}: where to` });
  if (place === undefined) {
    return;
  }
  const made = await program(client, part, language.id, place.check);
  if (made.code === undefined || made.code === null) {
    void vscode.window.showInformationMessage(`Nablatex: there is no ${language.label} for this formula${made.message ? `: ${made.message}` : ''}.`);
  } else if (place.label === clipboard) {
    await vscode.env.clipboard.writeText(made.code);
    vscode.window.setStatusBarMessage(`Nablatex: copied as ${language.label}`, 3000);
  } else {
    const known = await vscode.languages.getLanguages();
    const shown = SHOWN_AS[language.id] ?? 'python';
    const untitled = await vscode.workspace.openTextDocument({ content: made.code, language: known.includes(shown) ? shown : 'plaintext' });
    await vscode.window.showTextDocument(untitled, { viewColumn: vscode.ViewColumn.Beside });
  }
}

async function program(client: LanguageClient, { document, range }: Part, language: string, check: boolean): Promise<Code> {
  const place = client.code2ProtocolConverter.asTextDocumentPositionParams(document, range.start);
  const selected = range.isEmpty ? {} : { range: client.code2ProtocolConverter.asRange(range) };
  return (await client.sendRequest<Code | null>(CODE, { ...place, ...selected, language, check, value: check })) ?? {};
}
