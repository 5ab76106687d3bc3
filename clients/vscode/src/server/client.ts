/** The language client for one start of the server. The library behind it is loaded with this file, after activation. */
import type * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  State,
  TransportKind,
  type LanguageClientOptions,
  type Middleware,
  type StaticFeature,
} from 'vscode-languageclient/node';
import { LANGUAGES } from '../protocol.js';
import type { Start } from './locate.js';

/** Files, unsaved documents, Markdown cells of notebooks; in remote and web-served windows these are files, too. */
const DOCUMENTS = LANGUAGES.flatMap((language) => ['file', 'untitled', 'vscode-notebook-cell'].map((scheme) => ({ scheme, language })));

/** Tells the server which commands of its lenses this client carries out itself (docs/protocol.md). */
const announcement: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), commands: { commands: ['nablatex.showPanel'] } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: 'static' }),
  clear: () => undefined,
};

/** What the client tells of itself. */
export interface Watcher {
  state: (state: 'starting' | 'running' | 'stopped') => void;
  error: (message: string) => void;
  /** The server has ended by itself: whether it is to be started again. */
  ended: () => boolean;
}

/** The channels for the log and for what is traced. */
export interface Channels {
  outputChannel: vscode.LogOutputChannel;
  traceOutputChannel: vscode.LogOutputChannel;
}

export function makeClient(start: Start, cwd: string, channels: Channels, middleware: Middleware, watcher: Watcher): LanguageClient {
  const options: LanguageClientOptions = {
    documentSelector: DOCUMENTS,
    ...channels,
    middleware,
    errorHandler: {
      error: (error) => {
        watcher.error(error.message);
        return { action: ErrorAction.Continue, handled: true };
      },
      closed: () => ({ action: watcher.ended() ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true }),
    },
    initializationFailedHandler: () => false,
    markdown: { supportHtml: false, isTrusted: { enabledCommands: ['nablatex.showPanel'] } },
    synchronize: { configurationSection: 'nablatex' },
  };
  const server = { command: start.command, args: start.args, options: { cwd }, transport: TransportKind.stdio };
  const client = new LanguageClient('nablatex', 'Nablatex', server, options);
  client.registerFeature(announcement);
  client.onDidChangeState(({ newState }) =>
    watcher.state(newState === State.Running ? 'running' : newState === State.Starting ? 'starting' : 'stopped'),
  );
  return client;
}
