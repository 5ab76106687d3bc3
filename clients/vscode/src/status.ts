/** The status item: whether the server is there, what it does, and why it is not. A click leads to everything. */
import * as vscode from 'vscode';

export type State = 'starting' | 'ready' | 'stopped' | 'missing';

export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('nablatex.status', vscode.StatusBarAlignment.Right, 90);
  private state: State = 'starting';
  private detail = '';
  private checking = 0;
  private formulas: number | undefined;
  private quiet: NodeJS.Timeout | undefined;

  constructor() {
    this.item.name = 'Nablatex';
    this.item.command = 'nablatex.menu';
    this.draw();
    this.item.show();
  }

  set(state: State, detail = ''): void {
    this.state = state;
    this.detail = detail;
    if (state !== 'ready') {
      this.checking = 0;
    }
    void vscode.commands.executeCommand('setContext', 'nablatex.running', state === 'ready');
    this.draw();
  }

  get words(): string {
    return { starting: 'starting', ready: 'ready', stopped: 'stopped', missing: 'no server' }[this.state] + (this.detail === '' ? '' : `: ${this.detail}`);
  }

  /** A check begins, of so many formulas where that is known; what is returned ends it. Short checks are not shown: no flicker. */
  busy(formulas?: number): () => void {
    this.checking += 1;
    this.formulas = formulas;
    this.quiet ??= setTimeout(() => this.draw(), 400);
    let open = true;
    return () => {
      if (open) {
        open = false;
        this.checking = Math.max(0, this.checking - 1);
        if (this.checking === 0) {
          clearTimeout(this.quiet);
          this.quiet = undefined;
          this.draw();
        }
      }
    };
  }

  private draw(): void {
    const checking = this.state === 'ready' && this.checking > 0;
    const icon = checking ? '$(sync~spin)' : { starting: '$(loading~spin)', ready: '$(check)', stopped: '$(error)', missing: '$(cloud-download)' }[this.state];
    const what = this.formulas === undefined ? 'the document' : this.formulas === 1 ? '1 formula' : `${this.formulas} formulas`;
    this.item.text = `${icon} Nablatex${checking ? `: checking ${what}` : ''}`;
    this.item.tooltip = `Nablatex: ${checking ? `checking ${what}` : this.words}`;
    this.item.accessibilityInformation = { label: this.item.tooltip, role: 'button' };
    this.item.backgroundColor = this.state === 'stopped' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
  }

  dispose(): void {
    clearTimeout(this.quiet);
    this.item.dispose();
  }
}
