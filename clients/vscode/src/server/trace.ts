/** The setting `nablatex.trace.server`: what is said between the client and the server, written to the one log. */
import * as vscode from 'vscode';

/**
 * The log as the client's library sees it when it traces: at level "trace" as soon as the setting asks for it.
 * The library looks at the level alone, and at the setting only for how much is to be said.
 */
export function tracing(log: vscode.LogOutputChannel): { channel: vscode.LogOutputChannel; stop: vscode.Disposable } {
  const changed = new vscode.EventEmitter<vscode.LogLevel>();
  const level = (): vscode.LogLevel =>
    vscode.workspace.getConfiguration('nablatex').get('trace.server', 'off') === 'off' ? log.logLevel : vscode.LogLevel.Trace;
  const own: Partial<vscode.LogOutputChannel> = {
    onDidChangeLogLevel: changed.event,
    trace: (message) => log.info(message),
  };
  const channel = new Proxy(log, {
    get: (target, name) => (name === 'logLevel' ? level() : (Reflect.get(own, name) ?? Reflect.get(target, name, target))),
  });
  const stop = vscode.Disposable.from(
    changed,
    log.onDidChangeLogLevel(() => changed.fire(level())),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('nablatex.trace') && changed.fire(level())),
  );
  return { channel, stop };
}
