/** The server's life: found, started, restarted when it dies, stopped; its state is the status item's. */
import { mkdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  State as ClientState,
  TransportKind,
  type CloseHandlerResult,
  type ErrorHandler,
  type ErrorHandlerResult,
  type LanguageClientOptions,
  type Middleware,
  type StaticFeature,
} from 'vscode-languageclient/node';
import { log, words } from '../log.js';
import { LANGUAGES } from '../protocol.js';
import type { Status } from '../status.js';
import { install, offer } from './install.js';
import { locate, type Start } from './locate.js';

const CRASHES = 5;
const WITHIN = 3 * 60_000;

/** Files, unsaved documents, Markdown cells of notebooks, documents of remote and web-served windows. */
const DOCUMENTS = LANGUAGES.flatMap((language) => ['file', 'untitled', 'vscode-notebook-cell', 'vscode-userdata'].map((scheme) => ({ scheme, language })));

/** Tells the server which commands of its lenses this client carries out itself (docs/protocol.md). */
const announcement: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), commands: { commands: ['nablatex.showPanel'] } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: 'static' }),
  clear: () => undefined,
};

export class Service implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private crashes: number[] = [];
  /** One start or stop at a time. */
  private turn: Promise<void> = Promise.resolve();
  private readonly changed = new vscode.EventEmitter<LanguageClient | undefined>();
  /** Fires with the client when it is ready, without one when it is gone. */
  readonly onChange = this.changed.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly status: Status,
    private readonly middleware: Middleware,
  ) {}

  /** The client, where it can be asked now. */
  get ready(): LanguageClient | undefined {
    return this.client?.state === ClientState.Running ? this.client : undefined;
  }

  start(): Promise<void> {
    return this.next(() => this.begin(true));
  }

  restart(): Promise<void> {
    this.crashes = [];
    return this.next(async () => {
      await this.end();
      await this.begin(false);
    });
  }

  install(): Promise<void> {
    return this.next(async () => {
      await this.end();
      if (await install(this.context, await this.folder())) {
        await this.begin(false);
      } else {
        this.status.set('missing', 'click to install it');
      }
    });
  }

  private next(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(work).catch((error: unknown) => {
      log.error(words(error));
      this.status.set('stopped', words(error));
    });
    return this.turn;
  }

  /** A folder of our own to run in: the workspace's may hold files that Python would import. */
  private async folder(): Promise<string> {
    const folder = this.context.globalStorageUri.fsPath;
    await mkdir(folder, { recursive: true });
    return folder;
  }

  private async begin(mayOffer: boolean): Promise<void> {
    this.status.set('starting');
    const cwd = await this.folder();
    const found = await locate(this.context, cwd);
    if ('start' in found) {
      await this.run(found.start, cwd);
      return;
    }
    log.warn(found.missing);
    this.status.set('missing', `${found.missing}; click for what can be done`);
    if (mayOffer) {
      // not awaited: the offer may stand for hours, and must not hold up a restart
      void offer(this.context).then((agreed) => (agreed ? this.install() : undefined));
    }
  }

  private async run(start: Start, cwd: string): Promise<void> {
    log.info(`starting ${start.command} ${start.args.join(' ')} (from ${start.from})`);
    const options: LanguageClientOptions = {
      documentSelector: DOCUMENTS,
      outputChannel: log,
      middleware: this.middleware,
      errorHandler: this.errors(),
      initializationFailedHandler: () => false,
      markdown: { supportHtml: false, isTrusted: { enabledCommands: ['nablatex.showPanel'] } },
      synchronize: { configurationSection: 'nablatex' },
    };
    const server = { command: start.command, args: start.args, options: { cwd }, transport: TransportKind.stdio };
    const client = new LanguageClient('nablatex', 'Nablatex', server, options);
    this.client = client;
    client.registerFeature(announcement);
    client.onDidChangeState(({ newState }) => {
      if (this.client !== client) {
        return;
      }
      if (newState === ClientState.Running) {
        const version = client.initializeResult?.serverInfo?.version ?? 'unknown';
        log.info(`the server is ready (version ${version})`);
        this.status.set('ready', `server ${version} from ${start.from}`);
        this.changed.fire(client);
      } else if (newState === ClientState.Starting) {
        this.status.set('starting');
      } else {
        this.changed.fire(undefined);
      }
    });
    try {
      await client.start();
    } catch (error) {
      this.status.set('stopped', words(error));
      throw error;
    }
  }

  private errors(): ErrorHandler {
    return {
      error: (error): ErrorHandlerResult => {
        log.error(error.message);
        return { action: ErrorAction.Continue, handled: true };
      },
      closed: (): CloseHandlerResult => {
        const now = Date.now();
        this.crashes = [...this.crashes.filter((time) => now - time < WITHIN), now];
        if (this.crashes.length < CRASHES) {
          log.warn('the server ended; it is started again');
          this.status.set('starting');
          return { action: CloseAction.Restart, handled: true };
        }
        const why = `the server ended ${CRASHES} times in ${WITHIN / 60_000} minutes`;
        log.error(why);
        this.status.set('stopped', why);
        void vscode.window.showErrorMessage(`Nablatex: ${why}.`, 'Restart Server', 'Show Log').then((chosen) => {
          if (chosen === 'Restart Server') {
            void this.restart();
          } else if (chosen !== undefined) {
            log.show();
          }
        });
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    };
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.changed.fire(undefined);
    if (client !== undefined) {
      await client.dispose(3000).catch((error: unknown) => log.warn(words(error)));
    }
  }

  async dispose(): Promise<void> {
    await this.next(() => this.end());
    this.changed.dispose();
  }
}
