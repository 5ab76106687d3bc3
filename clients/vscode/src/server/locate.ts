/** How the server is started: the setting, the selected Python environment, the PATH, its own environment; in that order. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { log, words } from '../log.js';
import { executable, hasServer, inside, newEnough, onPath, selected } from './python.js';

export interface Start {
  command: string;
  args: string[];
  /** Where it was found, for the status item and the log. */
  from: string;
}

export type Located = { start: Start } | { missing: string };

const MODULE = ['-P', '-m', 'nablatex.cli.main', 'lsp'];

/** The environment that *Install the server* makes. */
export function ownEnvironment(context: vscode.ExtensionContext): string {
  return path.join(context.globalStorageUri.fsPath, 'server');
}

/** Finds the server; `cwd` is a folder that holds no code. A setting that leads nowhere is an answer, not passed over. */
export async function locate(context: vscode.ExtensionContext, cwd: string): Promise<Located> {
  const set = vscode.workspace.getConfiguration('nablatex').get<string>('server.path', '').trim();
  if (set !== '') {
    return fromSetting(set, cwd);
  }
  // the workspace may choose its environment, and what is in it: only where it is trusted
  if (vscode.workspace.isTrusted) {
    try {
      const python = await selected(vscode.window.activeTextEditor?.document.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri);
      if (python !== undefined && (await newEnough(python, cwd)) && (await hasServer(python, cwd))) {
        return { start: { command: python, args: MODULE, from: 'the selected Python environment' } };
      }
    } catch (error) {
      log.warn(`the Python extension did not say which environment is selected: ${words(error)}`);
    }
  }
  const program = await onPath('nablatex');
  if (program !== undefined) {
    return { start: { command: program, args: ['lsp'], from: 'the PATH' } };
  }
  const own = inside(ownEnvironment(context));
  if ((await executable(own)) && (await hasServer(own, cwd))) {
    return { start: { command: own, args: MODULE, from: "Nablatex's own environment" } };
  }
  return { missing: 'the server is not installed' };
}

async function fromSetting(set: string, cwd: string): Promise<Located> {
  const file = path.isAbsolute(set) ? set : set.includes('/') || set.includes('\\') ? undefined : await onPath(set);
  const where = 'the setting nablatex.server.path';
  if (file === undefined || !(await executable(file))) {
    return { missing: `${where} leads to no program: ${set}` };
  }
  if (!/^(python|pypy)/i.test(path.basename(file))) {
    return { start: { command: file, args: ['lsp'], from: where } };
  }
  if (!(await newEnough(file, cwd))) {
    return { missing: `${where} leads to a Python that is older than 3.11` };
  }
  if (!(await hasServer(file, cwd))) {
    return { missing: `${where} leads to a Python in which nablatex is not installed` };
  }
  return { start: { command: file, args: MODULE, from: where } };
}
