// A real VS Code workbench: code-server in a folder of its own, and a headless Chromium that looks at it.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where code-server and playwright-core are installed, the extension's package, the server's Python, the artefacts. */
export const place = {
  tools: process.env.NABLATEX_VSCODE_TOOLS,
  vsix: process.env.NABLATEX_VSIX,
  python: process.env.NABLATEX_PYTHON,
  artefacts: process.env.NABLATEX_ARTEFACTS,
  browser: process.env.NABLATEX_CHROMIUM,
  examples: process.env.NABLATEX_EXAMPLES,
};
const { chromium } = createRequire(path.join(place.tools, 'package.json'))('playwright-core');
const PATIENCE = Number(process.env.NABLATEX_PATIENCE ?? 120_000);

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until `ask` answers something true, and returns it. */
export async function until(what, ask, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`waited in vain for ${what}`);
    }
    await pause(50);
  }
}

async function freePort() {
  return new Promise((done) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** Every process with its group and its arguments; a bare machine has /proc and no ps, another kind of machine ps alone. */
function processes() {
  if (!existsSync('/proc/self/stat')) {
    const listed = spawnSync('ps', ['-eo', 'pid=,pgid=,args='], { encoding: 'utf8' }).stdout;
    const rows = listed.split('\n').map((row) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row));
    return rows.filter(Boolean).map(([, pid, group, words]) => ({ pid: Number(pid), group: Number(group), words }));
  }
  const found = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      // pid (name) state parent group …: the name may hold anything
      const group = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[2]);
      found.push({ pid: Number(pid), group, words });
    } catch {
      // it has ended meanwhile
    }
  }
  return found;
}

const SETTINGS = {
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'editor.accessibilitySupport': 'off',
  'editor.minimap.enabled': false,
  'editor.fontSize': 14,
  'editor.wordWrap': 'on',
  'editor.stickyScroll.enabled': false,
  'files.autoSave': 'off',
  'git.enabled': false,
  'remote.autoForwardPorts': false, // other programs of this machine are none of the author's
  'window.menuBarVisibility': 'hidden',
  'security.workspace.trust.enabled': false,
};

/** The folder of extensions with the package in it; VS Code installs it once for each build, and windows get copies. */
function unpacked(entry, env) {
  const { mtimeMs, size } = statSync(place.vsix);
  const folder = path.join(place.tools, 'unpacked', `${size}-${Math.round(mtimeMs)}`);
  if (!existsSync(folder)) {
    const making = mkdtempSync(path.join(place.tools, 'making-'));
    const where = ['--config', '/dev/null', '--user-data-dir', path.join(making, 'data'), '--extensions-dir', path.join(making, 'extensions')];
    const done = spawnSync(process.execPath, [entry, ...where, '--install-extension', place.vsix], { env, encoding: 'utf8' });
    if (done.status !== 0) {
      throw new Error(`the extension could not be installed: ${done.stdout}${done.stderr}`);
    }
    // an unpacked extension is found when there is no list of the installed ones
    rmSync(path.join(making, 'extensions', 'extensions.json'), { force: true });
    mkdirSync(path.dirname(folder), { recursive: true });
    try {
      renameSync(path.join(making, 'extensions'), folder);
    } catch (error) {
      if (!existsSync(folder)) {
        throw error; // another story was not faster
      }
    }
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Opens a window on a new folder that holds `documents`; settings and environment add to the ordinary ones.
 * `machine` are the settings of the machine, or what makes them in the folder where all of the window lives.
 */
export async function open({ documents = {}, settings = {}, machine = {}, environment = {}, prepare = () => undefined, size = { width: 1280, height: 800 } } = {}) {
  const home = mkdtempSync(path.join(tmpdir(), 'nablatex-vscode-'));
  const folder = path.join(home, 'paper');
  const data = path.join(home, 'data');
  mkdirSync(folder);
  mkdirSync(path.join(data, 'User'), { recursive: true });
  const user = path.join(data, 'User', 'settings.json');
  writeFileSync(user, JSON.stringify({ ...SETTINGS, ...settings }, null, 2));
  // where the server is, is a setting of the machine: a remote window reads it from the machine's own file
  mkdirSync(path.join(data, 'Machine'));
  const ofMachine = typeof machine === 'function' ? machine(home) : machine;
  writeFileSync(path.join(data, 'Machine', 'settings.json'), JSON.stringify({ 'nablatex.server.path': place.python, ...ofMachine }));
  for (const [name, content] of Object.entries(documents)) {
    writeFileSync(path.join(folder, name), content);
  }
  prepare(folder);
  const entry = path.join(place.tools, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  const common = ['--config', '/dev/null', '--user-data-dir', data, '--extensions-dir', path.join(home, 'extensions')];
  const env = { ...process.env, ...environment };
  const extensions = path.join(home, 'extensions');
  cpSync(unpacked(entry, env), extensions, { recursive: true });
  cpSync(new URL('probe', import.meta.url), path.join(extensions, 'local.probe-0.0.1'), { recursive: true });
  const probe = path.join(home, 'probe.json');
  env.NABLATEX_PROBE = probe;
  const port = await freePort();
  const trust = settings['security.workspace.trust.enabled'] ? [] : ['--disable-workspace-trust'];
  const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--ignore-last-opened', ...trust];
  const server = spawn(process.execPath, [entry, ...common, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, ...quiet], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  server.stdout.on('data', (chunk) => (said += chunk));
  server.stderr.on('data', (chunk) => (said += chunk));
  const window = new Window({ home, folder, data, server, probe, said: () => said });
  try {
    await until('code-server', async () => fetch(`http://127.0.0.1:${port}/healthz`).then((r) => r.ok, () => false));
    const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
    window.browser = await chromium.launch({ executablePath: place.browser, args: flags });
    const context = await window.browser.newContext({ viewport: size, permissions: ['clipboard-read', 'clipboard-write'] });
    window.page = await context.newPage();
    window.page.setDefaultTimeout(PATIENCE);
    window.page.on('crash', () => (window.crashed = true));
    window.browser.on('disconnected', () => (window.crashed = true));
    window.page.on('console', (message) => /Content.Security.Policy/i.test(message.text()) && window.refused.push(`${message.text()} (${message.location().url})`));
    await window.page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`);
    await window.page.locator('.monaco-workbench').waitFor();
    await window.page.locator('.explorer-folders-view').first().waitFor();
    return window;
  } catch (error) {
    await window.close();
    throw error;
  }
}

/** What an author does with a window, and what she sees in it. */
export class Window {
  constructor(parts) {
    Object.assign(this, parts);
    /** Whether the browser has died: nothing that Nablatex could do or mend. */
    this.crashed = false;
    /** What the browser refused by a page's content-security policy. */
    this.refused = [];
  }

  /** Runs a command of the palette by its title. */
  async command(title) {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await input.fill(`>${title}`);
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    await row.waitFor();
    await this.page.keyboard.press('Enter');
    // the command may ask for something at the same place
    await until('the palette to close', async () => !(await input.isVisible()) || !(await input.inputValue().catch(() => '')).startsWith('>'));
  }

  async openFile(name) {
    await this.page.keyboard.press('Control+p');
    const input = this.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await input.fill(name);
    await this.page.locator(`.quick-input-list .monaco-list-row.focused[aria-label*="${name}"]`).first().waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.editor.waitFor();
  }

  get editor() {
    return this.page.locator('.editor-group-container.active .monaco-editor .view-lines, .monaco-editor .view-lines').first();
  }

  /** What stands in the editor, as far as it is shown. */
  async text() {
    const lines = await this.page.locator('.monaco-editor .view-line').evaluateAll((all) =>
      all.map((line) => [line.getBoundingClientRect().top, line.textContent.replaceAll('\u00a0', ' ')]),
    );
    return lines.sort((a, b) => a[0] - b[0]).map((line) => line[1]).join('\n');
  }

  /** Puts the cursor into the first editor group, at a line and column (counted from 1). */
  async cursor(line, column = 1) {
    await this.focusEditor();
    await this.page.keyboard.press('Control+g');
    const input = this.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  async focusEditor() {
    await this.page.keyboard.press('Control+1');
    await until('the editor to have the focus', () => this.page.evaluate(() => document.activeElement?.closest('.monaco-editor') !== null));
  }

  /** Selects words of a line, which are on the screen. */
  async select(line, column, length) {
    await this.cursor(line, column);
    for (let k = 0; k < length; k += 1) {
      await this.page.keyboard.press('Shift+ArrowRight');
    }
  }

  /** Presses keys one after another, as a chord. */
  async keys(...names) {
    for (const name of names) {
      await this.page.keyboard.press(name);
    }
  }

  /** Chooses the row with these words in a list that VS Code shows at the top. */
  async choose(words) {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: words }).first();
    await row.waitFor();
    await row.click();
  }

  get squiggles() {
    return this.page.locator('.monaco-editor .squiggly-error, .monaco-editor .squiggly-warning');
  }

  /** Switches a setting in the settings editor, and closes it again. */
  async toggle(setting) {
    await this.focusEditor();
    await this.command('Preferences: Open Settings (UI)');
    await this.page.locator('.settings-editor .suggest-input-container').click();
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.type(setting);
    const row = this.page.locator(`.settings-editor .setting-item-bool[data-key="${setting}"], .settings-editor .setting-item-bool`).first();
    await row.waitFor();
    await until('the one setting', async () => (await this.page.locator('.settings-editor .setting-item-bool').count()) === 1);
    await pause(500); // the list is laid out once more when the search is done
    const box = row.locator('.setting-value-checkbox');
    const before = await box.getAttribute('aria-checked');
    await box.click();
    await until('the box to change', async () => (await box.getAttribute('aria-checked')) !== before);
    await pause(1500); // the settings editor writes a change only after a while, and not when it is closed before
    await this.picture(`setting-${setting}`);
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('Escape');
    await this.page.locator('.settings-editor').waitFor({ state: 'hidden' });
  }

  /** How many errors and warnings the window counts. */
  async problems() {
    const words = await this.page.locator('[id="status.problems"]').first().innerText();
    return (words.match(/\d+/g) ?? []).reduce((sum, count) => sum + Number(count), 0);
  }

  /** The panel's page. */
  get panel() {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  get status() {
    return this.page.locator('#nablatex\\.nablatex\\.nablatex\\.status, [id*="nablatex.status"]').first();
  }

  async ready() {
    await until('the server to be ready', async () => /ready|checking/.test(await this.state()));
  }

  async clipboard() {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** The status item's words: what the server does, or why it does nothing. */
  async state() {
    return (await this.status.locator("xpath=self::*[@aria-label] | .//*[@aria-label]").first().getAttribute("aria-label", {timeout: 1000}).catch(() => '')) ?? '';
  }

  /** What the extension tells other extensions. */
  async exports() {
    return JSON.parse(await until('the probe', () => existsSync(this.probe) && readFileSync(this.probe, 'utf8')));
  }

  /** What VS Code has told the author in messages. */
  async messages() {
    await this.command('Notifications: Show Notifications');
    const found = await this.page.locator('.notifications-center .notification-list-item-message').allInnerTexts();
    await this.page.keyboard.press('Escape');
    return found;
  }

  /** The process of the language server of this window: the one in code-server's group whose arguments name it. */
  serverProcess() {
    const found = processes().find(({ group, words }) => group === this.server.pid && words.includes('nablatex.cli.main lsp'));
    if (!found) {
      throw new Error('the server does not run');
    }
    return found.pid;
  }

  async picture(name, clip) {
    mkdirSync(place.artefacts, { recursive: true });
    const file = path.join(place.artefacts, `${name}.png`);
    await this.page.screenshot({ path: file, ...(clip ? { clip } : {}) });
    return file;
  }

  async close() {
    await this.browser?.close().catch(() => undefined);
    const ended = new Promise((done) => this.server.once('exit', done));
    try {
      process.kill(-this.server.pid, 'SIGTERM');
    } catch {
      return;
    }
    await Promise.race([ended, pause(5000)]);
    try {
      process.kill(-this.server.pid, 'SIGKILL');
    } catch {
      // it has ended
    }
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
