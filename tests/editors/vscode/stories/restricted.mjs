// A workspace that nobody trusts, on a machine without Python: what it says is not run, and the author is told what to do.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { open, pause, until } from '../driver.mjs';

let trap;

export async function begin() {
  return open({
    documents: { 'paper.tex': '\\[ \\frac{\\partial}{\\partial x} x^\\top x \\]\n' },
    settings: { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' },
    machine: { 'nablatex.server.path': '' },
    // started from a terminal, VS Code takes the PATH as it is, and asks no shell for a better one
    environment: { PATH: '/nonexistent', VSCODE_CLI: '1' },
    prepare: (folder) => {
      // the workspace says which program is the server: one that leaves a trace
      trap = path.join(folder, 'trap');
      writeFileSync(path.join(folder, 'server'), `#!/bin/sh\n: > '${trap}'\n`);
      chmodSync(path.join(folder, 'server'), 0o755);
      mkdirSync(path.join(folder, '.vscode'));
      writeFileSync(path.join(folder, '.vscode', 'settings.json'), JSON.stringify({ 'nablatex.server.path': path.join(folder, 'server') }));
    },
  });
}

export const chapters = {
  async 'does not run what the workspace names'(window) {
    await window.openFile('paper.tex');
    await until('the state', async () => /no server/.test(await window.state()));
    await pause(1000);
    assert.ok(!existsSync(trap), 'the program of the workspace was run');
  },

  async 'is told plainly that there is no Python'(window) {
    await window.page.locator('.notification-list-item .monaco-button', { hasText: 'Install' }).first().click();
    await window.page.locator('.notification-list-item', { hasText: 'needs Python 3.11 or later, and none was found' }).waitFor();
    await window.picture('no-python');
  },
};
