/** Which text a command is about: that with the focus, else the one that had it last (a walkthrough's button takes it away). */
import * as vscode from 'vscode';
import { watched } from '../panel/panel.js';

export class Author implements vscode.Disposable {
  private last: { document: vscode.TextDocument; selection: vscode.Selection } | undefined;
  private readonly own = vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
    const selection = selections[0];
    if (selection !== undefined && watched(textEditor.document)) {
      this.last = { document: textEditor.document, selection };
    }
  });

  /** The editor, brought up where it was hidden; where there is none, the author is told. */
  async editor(): Promise<vscode.TextEditor | undefined> {
    const active = vscode.window.activeTextEditor;
    if (active !== undefined) {
      return watched(active.document) ? active : undefined;
    }
    const last = this.last;
    if (last === undefined || last.document.isClosed) {
      void vscode.window.showInformationMessage('Nablatex: open a LaTeX or Markdown document, and put the cursor into a formula.');
      return undefined;
    }
    return vscode.window.showTextDocument(last.document, { selection: last.selection });
  }

  dispose(): void {
    this.own.dispose();
  }
}
