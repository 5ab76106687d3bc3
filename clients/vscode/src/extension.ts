/** Starts Nablatex in a window: the status item, the server, the panel, the commands. */
import * as vscode from 'vscode';
import type { LanguageClient, Middleware } from 'vscode-languageclient/node';
import { commands } from './commands/index.js';
import { hovers } from './hover.js';
import { log } from './log.js';
import { MarkPainter } from './marks.js';
import { Panel } from './panel/panel.js';
import { Service } from './server/service.js';
import { Status } from './status.js';

/** Set by the bundle's first line (build.mjs), before its modules run. */
declare const nablatexBegun: number;

let running: Service | undefined;

/** What other extensions are told: how long the extension's own code took to load and to activate. */
export interface Exports {
  loadMilliseconds: number;
  activateMilliseconds: number;
}

/** VS Code does other work between loading and activating. */
const loadMilliseconds = performance.now() - nablatexBegun;

export function activate(context: vscode.ExtensionContext): Exports {
  const begun = performance.now();
  const status = new Status();
  const client = (): LanguageClient | undefined => running?.ready;
  const middleware: Middleware = {
    ...hovers(client),
    provideDiagnostics: async (document, previous, token, next) => {
      const done = status.busy('uri' in document ? marks.count(document) : undefined);
      try {
        return await next(document, previous, token);
      } finally {
        done();
      }
    },
  };
  const started = new Service(context, status, middleware);
  running = started;
  const panel = new Panel(context, started);
  const marks = new MarkPainter(context.extensionUri, started);
  context.subscriptions.push(log, status, panel, marks, commands(context, started, panel, status));
  context.subscriptions.push(
    vscode.workspace.onDidGrantWorkspaceTrust(() => void started.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('nablatex.server')) {
        void started.restart();
      }
    }),
  );
  void started.start();
  const took = { loadMilliseconds, activateMilliseconds: performance.now() - begun };
  // VS Code makes the log's file when it is first written to: after activation
  setImmediate(() => log.info(`loaded in ${took.loadMilliseconds.toFixed(0)} ms, activated in ${took.activateMilliseconds.toFixed(0)} ms`));
  return took;
}

/** VS Code waits for this, so that the server can end in order. */
export async function deactivate(): Promise<void> {
  await running?.dispose();
  running = undefined;
}
