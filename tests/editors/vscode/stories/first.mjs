// A new user's way, as the README tells it: from nothing to the first inserted derivative. Each action is counted.
import assert from 'node:assert/strict';
import { open, until } from '../driver.mjs';

const document = String.raw`\documentclass{article}
\begin{document}
Let $X \in \mathbb{R}^{m\times n}$, $w \in \mathbb{R}^n$ and $y \in \mathbb{R}^m$.
\[
  \frac{\partial}{\partial w} \|Xw - y\|^2
\]
\end{document}
`;
let actions = 0;

export async function begin() {
  const window = await open({
    documents: { 'first.tex': document },
    machine: { 'nablatex.server.path': '' },
    // a machine with a Python, on which nothing of Nablatex is installed
    environment: { PATH: `${process.env.NABLATEX_BASE_PYTHON}:/usr/bin:/bin`, PYTHONPATH: undefined, VIRTUAL_ENV: undefined },
  });
  actions += 2; // the extension is packaged, and installed
  return window;
}

export const chapters = {
  async 'opens a document, and is asked once whether to install the server'(window) {
    await window.openFile('first.tex');
    actions += 1;
    await window.page.locator('.notification-list-item', { hasText: 'Nablatex needs its server' }).waitFor();
    assert.match(await window.state(), /no server/);
    await window.picture('offer');
  },

  async 'installs it by one click'(window) {
    const start = Date.now();
    await window.page.locator('.notification-list-item .monaco-button', { hasText: 'Install' }).first().click();
    actions += 1;
    await until('the server to be ready', async () => /ready/.test(await window.state()), 400_000);
    assert.match(await window.state(), /own environment/);
    return `${((Date.now() - start) / 1000).toFixed(0)} s`;
  },

  async 'puts the cursor into a formula and presses the key: the derivative stands there'(window) {
    await window.page.locator('.view-line', { hasText: 'Xw - y' }).first().click();
    actions += 1;
    await window.page.keyboard.press('Alt+n');
    await window.page.keyboard.press('d');
    actions += 1;
    await until('the derivative', async () => /\^2 = 2 ?X\^\\top \(Xw - y\)/.test(await window.text()));
    await window.picture('first-derivative');
    assert.ok(actions <= 6, `${actions} actions`);
    return `${actions} actions from nothing to the first derivative`;
  },
};
