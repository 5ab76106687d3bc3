/** The one log of the extension and its server: an output channel with levels. */
import * as vscode from 'vscode';

export const log = vscode.window.createOutputChannel('Nablatex', { log: true });

/** What went wrong, in one line. */
export function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
