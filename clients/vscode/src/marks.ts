/** Quiet marks at steps that were checked: behind the line or in the gutter, in a colour that recedes. */
import * as vscode from 'vscode';
import type { LanguageClient, Range } from 'vscode-languageclient/node';
import { log, words } from './log.js';
import { watched } from './panel/panel.js';
import { MARKS, type Marks } from './protocol.js';
import type { Service } from './server/service.js';

const REST = 700;

interface Sign {
  sign: string;
  colour: string;
  icon: string;
}

/** Refuted steps have their squiggle; of what was not decided, nothing is said in the text. */
const SIGNS: Record<string, Sign> = {
  checked: { sign: '✓', colour: 'nablatex.checked', icon: 'checked' },
  conditional: { sign: '≈', colour: 'nablatex.conditional', icon: 'conditional' },
};
const GROUP: Record<string, string> = { proved: 'checked', holds: 'checked', conditional: 'conditional' };

export class MarkPainter implements vscode.Disposable {
  private types = new Map<string, vscode.TextEditorDecorationType>();
  private place: string;
  private readonly waits = new Map<string, NodeJS.Timeout>();
  /** How many claims each document was last seen to make. */
  private readonly counts = new Map<string, number>();
  private readonly own: vscode.Disposable[];

  constructor(
    private readonly extension: vscode.Uri,
    private readonly service: Service,
  ) {
    this.place = this.prepare();
    this.own = [
      vscode.workspace.onDidChangeTextDocument((event) => event.contentChanges.length > 0 && this.soon(event.document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.all()),
      vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('nablatex') && this.configured()),
      service.onChange(() => this.all()),
    ];
  }

  count(document: vscode.TextDocument): number | undefined {
    return this.counts.get(document.uri.toString());
  }

  private prepare(): string {
    const place = wanted();
    for (const [group, { sign, colour, icon }] of Object.entries(SIGNS)) {
      this.types.get(group)?.dispose();
      const look: vscode.DecorationRenderOptions =
        place === 'gutter'
          ? { gutterIconPath: vscode.Uri.joinPath(this.extension, 'media', `${icon}.svg`), gutterIconSize: '60%' }
          : { after: { contentText: sign, color: new vscode.ThemeColor(colour), margin: '0 0 0 1.2em' } };
      this.types.set(group, vscode.window.createTextEditorDecorationType({ ...look, rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed }));
    }
    return place;
  }

  private configured(): void {
    if (wanted() !== this.place) {
      this.place = this.prepare();
    }
    this.all();
  }

  private all(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (watched(editor.document)) {
        this.soon(editor.document);
      }
    }
  }

  private soon(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.waits.get(key));
    this.waits.set(
      key,
      setTimeout(() => {
        this.waits.delete(key);
        void this.paint(document).catch((error: unknown) => log.debug(`marks: ${words(error)}`));
      }, REST),
    );
  }

  private forget(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.waits.get(key));
    this.waits.delete(key);
    this.counts.delete(key);
  }

  private async paint(document: vscode.TextDocument): Promise<void> {
    const editors = vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
    const client: LanguageClient | undefined = this.service.ready;
    if (editors.length === 0) {
      return;
    }
    let found: Marks = { marks: [] };
    if (client !== undefined && vscode.workspace.getConfiguration('nablatex', document).get('surfaces.marks', true)) {
      const { version } = document;
      const textDocument = client.code2ProtocolConverter.asTextDocumentIdentifier(document);
      found = await client.sendRequest<Marks>(MARKS, { textDocument });
      if (document.version !== version) {
        return;
      }
      this.counts.set(document.uri.toString(), found.marks?.length ?? 0);
    }
    for (const [group, type] of this.types) {
      const lines = new Map<number, string[]>();
      for (const { range, kind, text } of found.marks ?? []) {
        if (range !== undefined && GROUP[kind ?? ''] === group) {
          const line = endLine(range, document);
          lines.set(line, [...(lines.get(line) ?? []), `${kind}${text ? `: ${text}` : ''}`]);
        }
      }
      const options = [...lines].map(([line, said]) => {
        const end = document.lineAt(line).range.end;
        return { range: new vscode.Range(end, end), hoverMessage: said.join('; ') };
      });
      for (const editor of editors) {
        editor.setDecorations(type, options);
      }
    }
  }

  dispose(): void {
    this.waits.forEach((wait) => clearTimeout(wait));
    this.types.forEach((type) => type.dispose());
    vscode.Disposable.from(...this.own).dispose();
  }
}

function wanted(): string {
  return vscode.workspace.getConfiguration('nablatex').get<string>('marks.place', 'lineEnd');
}

function endLine(range: Range, document: vscode.TextDocument): number {
  return Math.min(range.end.line, document.lineCount - 1);
}
