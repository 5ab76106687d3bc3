/** The one log of the extension and its server: an output channel with levels, made when it is first written to. */
import * as vscode from 'vscode';

let made: vscode.LogOutputChannel | undefined;

export const log = {
  get channel(): vscode.LogOutputChannel {
    return (made ??= vscode.window.createOutputChannel('Nablatex', { log: true }));
  },
  debug: (text: string): void => log.channel.debug(text),
  info: (text: string): void => log.channel.info(text),
  warn: (text: string): void => log.channel.warn(text),
  error: (text: string): void => log.channel.error(text),
  show: (): void => log.channel.show(),
  dispose: (): void => {
    made?.dispose();
    made = undefined;
  },
};

/** What went wrong, in one line. */
export function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
