/** The server's life: found, started, restarted when it dies, stopped; its state is the status item's. */
import { mkdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { LanguageClient, Middleware } from 'vscode-languageclient/node';
import { log, words } from '../log.js';
import type { Status } from '../status.js';
import type { Watcher } from './client.js';
import { install, offer } from './install.js';
import { locate, type Start } from './locate.js';
import { tracing } from './trace.js';

const CRASHES = 5;
const WITHIN = 3 * 60_000;

export class Service implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private running = false;
  private crashes: number[] = [];
  private traced: ReturnType<typeof tracing> | undefined;
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
    return this.running ? this.client : undefined;
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
    const { makeClient } = await import('./client.js');
    const watcher: Watcher = {
      state: (state) => this.client === client && this.heard(state, client, start),
      error: (message) => log.error(message),
      ended: () => this.ended(),
    };
    this.traced?.stop.dispose();
    this.traced = tracing(log.channel);
    const channels = { outputChannel: log.channel, traceOutputChannel: this.traced.channel };
    const client = makeClient(start, cwd, channels, this.middleware, watcher);
    this.client = client;
    await client.start();
  }

  private heard(state: 'starting' | 'running' | 'stopped', client: LanguageClient, start: Start): void {
    this.running = state === 'running';
    if (this.running) {
      const version = client.initializeResult?.serverInfo?.version ?? 'unknown';
      log.info(`the server is ready (version ${version})`);
      this.status.set('ready', `server ${version} from ${start.from}`);
      this.changed.fire(client);
    } else if (state === 'starting') {
      this.status.set('starting');
    } else {
      this.changed.fire(undefined);
    }
  }

  /** After a crash: again, unless it goes on crashing. */
  private ended(): boolean {
    const now = Date.now();
    this.crashes = [...this.crashes.filter((time) => now - time < WITHIN), now];
    if (this.crashes.length < CRASHES) {
      log.warn('the server ended; it is started again');
      this.status.set('starting');
      return true;
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
    return false;
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.running = false;
    this.changed.fire(undefined);
    if (client !== undefined) {
      await client.dispose(3000).catch((error: unknown) => log.warn(words(error)));
    }
  }

  async dispose(): Promise<void> {
    await this.next(() => this.end());
    this.changed.dispose();
    this.traced?.stop.dispose();
  }
}
