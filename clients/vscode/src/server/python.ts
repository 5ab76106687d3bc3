/** Pythons of this machine: running one, finding one that is new enough, asking the Python extension for the selected one. */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';

export const OLDEST = [3, 11] as const;
const windows = process.platform === 'win32';

export interface Ran {
  code: number;
  out: string;
}

/** Runs a program without a shell, in a folder where nothing of a workspace can be imported. */
export function run(program: string, args: string[], options: { cwd: string; token?: vscode.CancellationToken; line?: (text: string) => void }): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { cwd: options.cwd, maxBuffer: 1 << 24, windowsHide: true }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 127;
      resolve({ code, out: stdout + stderr + (code === 127 && error !== null ? error.message : '') });
    });
    const stop = options.token?.onCancellationRequested(() => child.kill());
    child.on('close', () => stop?.dispose());
    const line = options.line;
    if (line !== undefined) {
      child.stdout?.on('data', (chunk) => String(chunk).split(/\r?\n/).filter(Boolean).forEach(line));
      child.stderr?.on('data', (chunk) => String(chunk).split(/\r?\n/).filter(Boolean).forEach(line));
    }
  });
}

async function executable(file: string): Promise<boolean> {
  return access(file, windows ? constants.F_OK : constants.X_OK).then(() => true, () => false);
}

/** A program on the PATH, by its absolute path; relative entries of the PATH are passed over. */
export async function onPath(name: string): Promise<string | undefined> {
  const endings = windows ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    for (const ending of path.isAbsolute(folder) ? endings : []) {
      const file = path.join(folder, name + ending);
      if (await executable(file)) {
        return file;
      }
    }
  }
  return undefined;
}

/** The interpreter of the selected Python environment, where the Python extension is there to say it. */
export async function selected(resource: vscode.Uri | undefined): Promise<string | undefined> {
  const python = vscode.extensions.getExtension('ms-python.python');
  if (python === undefined) {
    return undefined;
  }
  const api = (await python.activate()) as
    | { environments?: { getActiveEnvironmentPath?: (resource?: vscode.Uri) => { path?: string } | undefined } }
    | undefined;
  const file = api?.environments?.getActiveEnvironmentPath?.(resource)?.path;
  return file !== undefined && path.isAbsolute(file) ? file : undefined;
}

/** Whether an interpreter is new enough; -P keeps the working folder out of its imports. */
export async function newEnough(python: string, cwd: string): Promise<boolean> {
  const question = `import sys; sys.exit(sys.version_info < (${OLDEST.join(', ')}))`;
  return (await run(python, ['-c', question], { cwd })).code === 0;
}

/** Whether the package is installed for an interpreter. */
export async function hasServer(python: string, cwd: string): Promise<boolean> {
  const question = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("nablatex") is None)';
  return (await run(python, ['-P', '-c', question], { cwd })).code === 0;
}

/** A Python from which the server's own environment can be made. */
export async function findPython(cwd: string): Promise<string | undefined> {
  const names = windows ? ['python', 'python3'] : ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];
  for (const name of names) {
    const file = await onPath(name);
    if (file !== undefined && (await newEnough(file, cwd))) {
      return file;
    }
  }
  return undefined;
}

/** The interpreter inside a virtual environment. */
export function inside(environment: string): string {
  return windows ? path.join(environment, 'Scripts', 'python.exe') : path.join(environment, 'bin', 'python');
}

export { executable };
