/** Installs the server that the extension carries into an environment of its own; only when the author says so. */
import { readdir, rm } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { log } from '../log.js';
import { ownEnvironment } from './locate.js';
import { findPython, inside, run } from './python.js';

const OFFERED = 'nablatex.installOffered';
const INSTALL = 'Install';

/** Offers to install, once in the life of this extension; true when the author agrees. */
export async function offer(context: vscode.ExtensionContext): Promise<boolean> {
  if (context.globalState.get<boolean>(OFFERED) === true) {
    return false;
  }
  await context.globalState.update(OFFERED, true);
  const answer = await vscode.window.showInformationMessage(
    'Nablatex needs its server. Install it into an environment of its own? It runs on this machine only and needs Python 3.11 or later.',
    INSTALL,
    'Not Now',
  );
  return answer === INSTALL;
}

/** Makes the environment; true when the server is in it. What fails is said, with the next thing to do. */
export async function install(context: vscode.ExtensionContext, cwd: string): Promise<boolean> {
  const python = await findPython(cwd);
  if (python === undefined) {
    const download = 'Get Python';
    const settings = 'Open Settings';
    const chosen = await vscode.window.showErrorMessage(
      'Nablatex needs Python 3.11 or later, and none was found on the PATH. Install Python, or say in the setting nablatex.server.path where it is.',
      download,
      settings,
    );
    if (chosen === download) {
      await vscode.env.openExternal(vscode.Uri.parse('https://www.python.org/downloads/'));
    } else if (chosen === settings) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'nablatex.server.path');
    }
    return false;
  }
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Nablatex: installing the server', cancellable: true },
    (progress, token) => steps(context, python, cwd, progress, token),
  );
}

async function steps(
  context: vscode.ExtensionContext,
  python: string,
  cwd: string,
  progress: vscode.Progress<{ message?: string }>,
  token: vscode.CancellationToken,
): Promise<boolean> {
  const environment = ownEnvironment(context);
  const carried = path.join(context.extensionPath, 'server');
  const wheel = (await readdir(carried).catch(() => [])).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) {
    return failed('this build of the extension carries no server; install it with pip, and set nablatex.server.path');
  }
  await rm(environment, { recursive: true, force: true });
  progress.report({ message: 'making an environment' });
  const line = (text: string): void => log.info(text);
  const made = await run(python, ['-m', 'venv', environment], { cwd, token, line });
  if (token.isCancellationRequested) {
    return undone(environment);
  }
  if (made.code !== 0) {
    await undone(environment);
    const hint = /ensurepip|python3-venv/.test(made.out) ? 'this Python has no venv module; on Debian and Ubuntu: apt install python3-venv' : 'the environment could not be made';
    return failed(hint);
  }
  progress.report({ message: 'installing nablatex and what it needs' });
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', path.join(carried, wheel)];
  const done = await run(inside(environment), pip, { cwd, token, line });
  if (token.isCancellationRequested) {
    return undone(environment);
  }
  if (done.code !== 0) {
    await undone(environment);
    return failed('pip could not install it (is there a network?)');
  }
  return true;
}

async function undone(environment: string): Promise<false> {
  await rm(environment, { recursive: true, force: true });
  return false;
}

function failed(why: string): false {
  log.error(`installation: ${why}`);
  void vscode.window.showErrorMessage(`Nablatex: the server was not installed: ${why}.`, 'Show Log').then((chosen) => chosen && log.show());
  return false;
}
