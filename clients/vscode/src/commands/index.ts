/** The commands of the palette, each on the formula at the cursor or, where the panel has the focus, on the panel's. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { log, words } from '../log.js';
import { isDerivation, isInsert, TARGETS } from '../panel/card.js';
import type { Panel } from '../panel/panel.js';
import type { Place } from '../panel/pins.js';
import type { Derivation } from '../protocol.js';
import type { Service } from '../server/service.js';
import type { Status } from '../status.js';
import { derivation, perform } from './ask.js';
import { Author } from './author.js';
import { evaluate, exportAs, type Part } from './work.js';

interface Target {
  document: vscode.TextDocument;
  place: Place;
  answer: Derivation;
}

/** Where the cursor stands in the sample: the next thing that it tells the author to do. */
const FIRST_DERIVATIVE = '\\frac{\\partial}{\\partial w}';

export function commands(context: vscode.ExtensionContext, service: Service, panel: Panel, status: Status): vscode.Disposable {
  const author = new Author();
  const asked = (): LanguageClient | undefined => {
    if (service.ready === undefined) {
      void vscode.window.showWarningMessage(`Nablatex is not ready (${status.words}).`);
    }
    return service.ready;
  };

  const target = async (): Promise<Target | undefined> => {
    const client = asked();
    if (client === undefined) {
      return undefined;
    }
    const shown = panel.active ? panel.shown : undefined;
    if (shown !== undefined) {
      const document = await vscode.workspace.openTextDocument(shown.place.uri);
      return { document, place: shown.place, answer: shown.answer };
    }
    const editor = await author.editor();
    if (editor === undefined) {
      return undefined;
    }
    const answer = await derivation(client, editor.document, editor.selection.active);
    if (answer === null) {
      void vscode.window.showInformationMessage('Nablatex: put the cursor into a formula.');
      return undefined;
    }
    return { document: editor.document, place: { uri: editor.document.uri, position: editor.selection.active }, answer };
  };

  const act = async (fits: (title: string) => boolean, what: string): Promise<void> => {
    const found = await target();
    const client = service.ready;
    if (found === undefined || client === undefined) {
      return;
    }
    const action = found.answer.actions?.find((a) => fits(a.title));
    if (action === undefined) {
      const why = found.answer.reason ? `: ${found.answer.reason}` : '';
      void vscode.window.showInformationMessage(`Nablatex: ${what} is not possible here${why}.`);
      return;
    }
    await perform(client, found.document, action);
  };

  const copy = async (language: string): Promise<void> => {
    const found = await target();
    if (found !== undefined) {
      await panel.copyAs(language, found);
    }
  };

  const copyAs = async (): Promise<void> => {
    const found = await target();
    if (found === undefined) {
      return;
    }
    const items: (vscode.QuickPickItem & { id: string; check: boolean })[] = [{ id: 'latex', label: 'LaTeX', check: false }];
    for (const [id, label] of Object.entries(TARGETS)) {
      items.push({ id, label, check: false }, { id, label, description: 'with a gradient check', check: true });
    }
    const chosen = await vscode.window.showQuickPick(items, { placeHolder: 'Copy the result as' });
    if (chosen !== undefined) {
      await panel.copyAs(chosen.id, found, chosen.check);
    }
  };

  /** What is selected in the text, or the formula at the cursor; where the panel has the focus, the panel's. */
  const onPart = async (work: (client: LanguageClient, part: Part) => Promise<void>): Promise<void> => {
    const client = asked();
    const shown = panel.active ? panel.shown : undefined;
    if (client === undefined) {
      return;
    }
    if (shown !== undefined) {
      const document = await vscode.workspace.openTextDocument(shown.place.uri);
      await work(client, { document, range: new vscode.Range(shown.place.position, shown.place.position) });
      return;
    }
    const editor = await author.editor();
    if (editor !== undefined) {
      await work(client, { document: editor.document, range: editor.selection });
    }
  };
  const working = (operation: string) => (): Promise<void> => onPart((client, part) => evaluate(client, part, operation));

  const sample = async (): Promise<void> => {
    const file = vscode.Uri.joinPath(context.extensionUri, 'sample', 'least-squares.tex');
    const content = Buffer.from(await vscode.workspace.fs.readFile(file)).toString('utf8');
    const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'latex', content }));
    const place = editor.document.positionAt(content.indexOf(FIRST_DERIVATIVE));
    editor.selection = new vscode.Selection(place, place);
  };

  const menu = async (): Promise<void> => {
    const items: (vscode.QuickPickItem & { command: string })[] = [
      { label: '$(open-preview) Show derivation panel', command: 'nablatex.showPanel' },
      { label: '$(debug-restart) Restart server', command: 'nablatex.restart' },
      { label: '$(output) Show log', command: 'nablatex.showLog' },
      { label: '$(cloud-download) Install the server', description: 'into an environment of its own', command: 'nablatex.installServer' },
      { label: '$(gear) Settings', command: 'workbench.action.openSettings' },
    ];
    const chosen = await vscode.window.showQuickPick(items, { title: `Nablatex: ${status.words}` });
    if (chosen !== undefined) {
      await vscode.commands.executeCommand(chosen.command, ...(chosen.command === 'workbench.action.openSettings' ? ['@ext:nablatex.nablatex'] : []));
    }
  };

  const all: Record<string, (...given: never[]) => unknown> = {
    insertDerivative: () => act(isInsert, 'inserting a derivative'),
    insertDerivation: () => act(isDerivation, 'inserting a derivation'),
    checkIdentity: () => act((title) => /^check/i.test(title), 'checking'),
    showPanel: (uri?: unknown, position?: unknown) => panel.show(placeOf(uri, position)),
    pin: () => panel.pin(),
    nextStep: () => panel.move(1),
    previousStep: () => panel.move(-1),
    evaluateFormula: working('evaluate'),
    evaluateNumerically: working('numerically'),
    simplify: working('simplify'),
    exportAs: () => onPart(exportAs),
    copyAs,
    copyLatex: () => copy('latex'),
    copyNumpy: () => copy('numpy'),
    copyJax: () => copy('jax'),
    copyTorch: () => copy('torch'),
    copyJulia: () => copy('julia'),
    copyMatlab: () => copy('matlab'),
    copySympy: () => copy('sympy'),
    installServer: () => service.install(),
    restart: () => service.restart(),
    showLog: () => log.show(),
    openSample: sample,
    menu,
  };
  return vscode.Disposable.from(
    author,
    ...Object.entries(all).map(([name, work]) =>
      vscode.commands.registerCommand(`nablatex.${name}`, async (...given: unknown[]) => {
        try {
          return await work(...(given as never[]));
        } catch (error) {
          log.error(`${name}: ${words(error)}`);
          void vscode.window.showWarningMessage(`Nablatex: ${words(error)}`);
          return undefined;
        }
      }),
    ),
  );
}

/** A lens names its place in the terms of the protocol: a URI and a position of plain numbers. */
function placeOf(uri: unknown, position: unknown): { uri: vscode.Uri; position: vscode.Position } | undefined {
  const given = position as { line?: unknown; character?: unknown } | undefined;
  if (typeof uri !== 'string' || typeof given?.line !== 'number' || typeof given.character !== 'number') {
    return undefined;
  }
  return { uri: vscode.Uri.parse(uri), position: new vscode.Position(given.line, given.character) };
}
