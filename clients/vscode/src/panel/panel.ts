/** The derivation panel: follows the cursor, keeps pinned formulas, passes on what its buttons ask. */
import * as vscode from 'vscode';
import { derivation, perform } from '../commands/ask.js';
import { log, words } from '../log.js';
import { CODE, LANGUAGES, type Code, type Derivation } from '../protocol.js';
import type { Service } from '../server/service.js';
import { card, TARGETS } from './card.js';
import type { Card, FromPage, ToPage } from './messages.js';
import { page } from './page.js';
import { moved, type Place } from './pins.js';

export const VIEW = 'nablatex.derivation';

/** One formula that is shown: where it stands and what the server said of it. */
interface Shown {
  id: string;
  place: Place;
  answer: Derivation;
  card: Card;
}

const BUSY_AFTER = 350;

export class Panel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private view: vscode.WebviewPanel | undefined;
  private current: Shown | undefined;
  private pins: Shown[] = [];
  private place: Place | undefined;
  private style: string | undefined;
  private step = -1;
  private note = '';
  private asked = 0;
  private names = 0;
  private wait: NodeJS.Timeout | undefined;
  private cancel: vscode.CancellationTokenSource | undefined;
  private readonly own: vscode.Disposable[] = [];

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly service: Service,
  ) {
    this.own.push(
      vscode.window.registerWebviewPanelSerializer(VIEW, this),
      vscode.window.onDidChangeTextEditorSelection((event) => this.follow(event.textEditor)),
      vscode.window.onDidChangeActiveTextEditor((editor) => editor && this.follow(editor)),
      vscode.workspace.onDidChangeTextDocument((event) => this.changed(event)),
      vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('nablatex') && this.again()),
      service.onChange((client) => client && this.again()),
    );
  }

  /** Opens the panel beside the text, or brings it up; at a place, when a lens or a link names one. */
  async show(place?: Place): Promise<void> {
    if (this.view === undefined) {
      const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      this.adopt(vscode.window.createWebviewPanel(VIEW, 'Derivation', column, { enableScripts: true, enableFindWidget: true }));
    } else {
      this.view.reveal(undefined, true);
    }
    const editor = vscode.window.activeTextEditor;
    this.place = place ?? (editor && watched(editor.document) ? { uri: editor.document.uri, position: editor.selection.active } : this.place);
    await this.ask();
  }

  /** VS Code brings the panel back after a reload of the window. */
  async deserializeWebviewPanel(view: vscode.WebviewPanel): Promise<void> {
    this.adopt(view);
    const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors.find((e) => watched(e.document));
    if (editor !== undefined) {
      this.follow(editor);
    }
  }

  /** What the panel shows now, for commands that are given while it has the focus. */
  get shown(): { place: Place; answer: Derivation } | undefined {
    return this.view === undefined ? undefined : this.current;
  }

  get active(): boolean {
    return this.view?.active ?? false;
  }

  pin(): void {
    const shown = this.current;
    if (shown === undefined) {
      return;
    }
    const same = this.pins.find((p) => p.place.uri.toString() === shown.place.uri.toString() && p.card.maths.latex === shown.card.maths.latex);
    if (same !== undefined) {
      this.unpin(same.id);
    } else {
      this.names += 1;
      const id = `pin${this.names}`;
      this.pins = [{ ...shown, id, card: { ...shown.card, id, pinned: true } }, ...this.pins];
      this.say('Pinned');
    }
    this.send();
  }

  private unpin(id: string): void {
    this.pins = this.pins.filter((p) => p.id !== id);
    this.say('Unpinned');
  }

  /** Moves to another step of the derivation and reads it out. */
  move(by: number): void {
    const steps = this.current?.card.steps ?? [];
    if (this.current === undefined || steps.length === 0) {
      this.say('There are no steps here');
      return;
    }
    this.step = Math.max(0, Math.min(steps.length - 1, this.step + by));
    this.current.card = { ...this.current.card, at: this.step };
    const step = steps[this.step];
    this.send();
    this.say(`Step ${this.step + 1} of ${steps.length}: ${step?.maths.text ?? ''}, ${step?.rule ?? ''}`, false);
  }

  private adopt(view: vscode.WebviewPanel): void {
    this.view = view;
    const root = vscode.Uri.joinPath(this.context.extensionUri, 'dist');
    view.webview.options = { enableScripts: true, localResourceRoots: [root] };
    view.iconPath = vscode.Uri.joinPath(this.context.extensionUri, 'media', 'icon.png');
    view.webview.html = page(view.webview, this.context.extensionUri);
    view.webview.onDidReceiveMessage((message: FromPage) => void this.heard(message).catch((error: unknown) => log.error(words(error))));
    view.onDidDispose(() => {
      this.view = undefined;
      this.pins = [];
      this.current = undefined;
      void vscode.commands.executeCommand('setContext', 'nablatex.panel', false);
    });
    void vscode.commands.executeCommand('setContext', 'nablatex.panel', true);
  }

  private follow(editor: vscode.TextEditor): void {
    if (this.view === undefined || !watched(editor.document) || !setting('panel.follow', true)) {
      return;
    }
    this.place = { uri: editor.document.uri, position: editor.selection.active };
    this.soon();
  }

  private soon(): void {
    clearTimeout(this.wait);
    this.wait = setTimeout(() => void this.ask(), setting('panel.delay', 120));
  }

  private again(): void {
    if (this.view !== undefined) {
      this.soon();
    }
  }

  private changed(event: vscode.TextDocumentChangeEvent): void {
    if (this.view === undefined || event.contentChanges.length === 0) {
      return;
    }
    const uri = event.document.uri.toString();
    for (const shown of this.pins.filter((p) => p.place.uri.toString() === uri)) {
      // changes are in the coordinates of the text before them all; VS Code gives them from the last to the first
      shown.place = { ...shown.place, position: event.contentChanges.reduce(moved, shown.place.position) };
    }
    if (this.place?.uri.toString() === uri || this.pins.some((p) => p.place.uri.toString() === uri)) {
      this.soon();
    }
  }

  /** Asks for the formula at the place; an answer that comes after a newer question is dropped. */
  private async ask(): Promise<void> {
    clearTimeout(this.wait);
    const client = this.service.ready;
    if (this.view === undefined) {
      return;
    }
    if (client === undefined || this.place === undefined) {
      this.note = client === undefined ? 'The server is not running.' : 'Put the cursor into a formula.';
      this.send();
      return;
    }
    this.asked += 1;
    const turn = this.asked;
    this.cancel?.cancel();
    this.cancel = new vscode.CancellationTokenSource();
    const { token } = this.cancel;
    const busy = setTimeout(() => this.post({ type: 'busy', busy: true }), BUSY_AFTER);
    try {
      const place = this.place;
      const found = await this.look(place, 'current', this.style, token);
      if (turn !== this.asked) {
        return;
      }
      if (found === undefined) {
        // the last formula stays: an author who types beside it wants to go on reading it
        this.note = this.current === undefined ? 'Put the cursor into a formula.' : 'The cursor is outside of formulas.';
      } else if (this.current !== undefined && halfTyped(found, this.current)) {
        this.note = 'The formula is incomplete; this is what it was.';
      } else {
        if (found.card.maths.latex !== this.current?.card.maths.latex) {
          this.step = -1;
          found.card.at = -1;
        }
        this.current = found;
        this.note = '';
      }
      const pins = await Promise.all(this.pins.map(async (pin) => ({ pin, now: await this.look(pin.place, pin.id, undefined, token) })));
      if (turn !== this.asked) {
        return;
      }
      // an unpinned one stays away; one whose formula is half-typed keeps what it showed
      this.pins = this.pins.map((pin) => {
        const now = pins.find((p) => p.pin === pin)?.now;
        return now === undefined ? pin : { ...now, place: pin.place };
      });
    } catch (error) {
      if (turn === this.asked) {
        log.debug(`panel: ${words(error)}`);
      }
      return;
    } finally {
      clearTimeout(busy);
      if (turn === this.asked) {
        this.post({ type: 'busy', busy: false });
      }
    }
    this.send();
  }

  private async look(place: Place, id: string, style: string | undefined, token: vscode.CancellationToken): Promise<Shown | undefined> {
    const client = this.service.ready;
    const document = opened(place.uri);
    if (client === undefined || document === undefined) {
      return undefined;
    }
    const answer = await derivation(client, document, place.position, style, token);
    if (answer === null) {
      return undefined;
    }
    const line = (answer.range?.start.line ?? place.position.line) + 1;
    const where = `${document.uri.path.split('/').pop() ?? ''}, line ${line}`;
    return { id, place, answer, card: await card(answer, id, where, id === 'current' ? this.step : -1, id !== 'current') };
  }

  private send(): void {
    this.post({ type: 'show', current: this.current?.card ?? null, pins: this.pins.map((p) => p.card), note: this.note });
  }

  private say(text: string, shown = true): void {
    this.post({ type: 'say', text, shown });
  }

  private post(message: ToPage): void {
    void this.view?.webview.postMessage(message);
  }

  private of(id: string): Shown | undefined {
    return id === 'current' ? this.current : this.pins.find((p) => p.id === id);
  }

  private async heard(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.send();
        return;
      case 'style':
        this.style = message.style;
        await this.ask();
        return;
      case 'step':
        if (message.card === 'current') {
          this.step = message.index - 1;
          this.move(1);
        }
        return;
      case 'copyText':
        await this.copy(message.latex, 'LaTeX');
        return;
      case 'symbol': {
        const shown = this.of(message.card);
        const range = shown?.answer.symbols?.[message.index]?.range;
        if (shown !== undefined && range) {
          await reveal(shown.place.uri, new vscode.Position(range.start.line, range.start.character));
        }
        return;
      }
      case 'reveal': {
        const shown = this.of(message.card);
        if (shown !== undefined) {
          await reveal(shown.place.uri, shown.place.position);
        }
        return;
      }
      case 'do':
        await this.perform(message.what, message.card);
    }
  }

  private async perform(what: string, id: string): Promise<void> {
    const shown = this.of(id);
    if (shown === undefined) {
      return;
    }
    const [kind, name = ''] = what.split(':');
    const client = this.service.ready;
    if (kind === 'pin') {
      if (id === 'current') {
        this.pin();
      } else {
        this.unpin(id);
        this.send();
      }
    } else if (kind === 'copy') {
      await this.copyAs(name, shown);
    } else if (kind === 'action' && client !== undefined) {
      const action = shown.answer.actions?.[Number(name)];
      const document = opened(shown.place.uri);
      if (action !== undefined && document !== undefined && (await perform(client, document, action))) {
        this.say('Done');
      }
    }
  }

  /** The result in a language, with a gradient check if wanted; `latex` is the result, or the formula where there is none. */
  async copyAs(language: string, shown: { place: Place; answer: Derivation }, check = false): Promise<void> {
    const name = language === 'latex' ? 'LaTeX' : (TARGETS[language] ?? language);
    let source = language === 'latex' ? (shown.answer.result ?? shown.answer.formula) : (shown.answer.codes ?? {})[language];
    let why = shown.answer.reason ?? '';
    const client = this.service.ready;
    const document = opened(shown.place.uri);
    if ((check || source === undefined) && language !== 'latex' && client !== undefined && document !== undefined) {
      const params = { ...client.code2ProtocolConverter.asTextDocumentPositionParams(document, shown.place.position), language, check };
      const made = await client.sendRequest<Code | null>(CODE, params);
      source = made?.code ?? undefined;
      why = made?.message ?? why;
    }
    if (source === undefined || source === '') {
      void vscode.window.showInformationMessage(`Nablatex: there is no ${name} for this formula${why === '' ? '' : `: ${why}`}.`);
      return;
    }
    await this.copy(source, name);
  }

  private async copy(text: string, name: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
    this.say(`Copied as ${name}`);
    vscode.window.setStatusBarMessage(`Nablatex: copied as ${name}`, 3000);
  }

  dispose(): void {
    clearTimeout(this.wait);
    this.cancel?.cancel();
    this.view?.dispose();
    vscode.Disposable.from(...this.own).dispose();
  }
}

/** Whether nothing can be said of a formula that stands where another was shown: its author is at work on it. */
function halfTyped(now: Shown, before: Shown): boolean {
  const { result, verdict, symbols = [] } = now.answer;
  const [here, there] = [now.answer.range, before.answer.range];
  if (result || verdict || symbols.length > 0 || here === undefined || there === undefined) {
    return false;
  }
  const inside = here.start.line <= there.start.line && there.start.line <= here.end.line;
  return inside && now.place.uri.toString() === before.place.uri.toString();
}

export function watched(document: vscode.TextDocument): boolean {
  return LANGUAGES.includes(document.languageId);
}

function opened(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((d) => d.uri.toString() === uri.toString());
}

async function reveal(uri: vscode.Uri, position: vscode.Position): Promise<void> {
  const seen = vscode.window.visibleTextEditors.find((e) => e.document.uri.toString() === uri.toString());
  const column = seen?.viewColumn ?? vscode.ViewColumn.One;
  await vscode.window.showTextDocument(uri, { viewColumn: column, selection: new vscode.Range(position, position) });
}

function setting<T>(name: string, otherwise: T): T {
  return vscode.workspace.getConfiguration('nablatex').get(name, otherwise);
}
