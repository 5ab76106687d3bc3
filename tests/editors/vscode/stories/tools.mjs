// What an author does with the palette: works formulas out, exports them, looks at the sample and at the log.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { open, place, until } from '../driver.mjs';

const sheet = String.raw`\documentclass{article}
\begin{document}
Let $A = \begin{pmatrix} 1 & 2 \\ 0 & 3 \end{pmatrix}$. Then
\[
  A^2 =
\]
and $\sqrt{2} + \sqrt{8}$ is a number. Let $B \in \mathbb{R}^{n\times n}$ and $x \in \mathbb{R}^n$; then
\[
  B (B + B) x
\]
\[
  \nabla_x\, x^\top B x
\]
\end{document}
`;

/** The line and the column (from 1) of some words. */
function at(words) {
  const lines = sheet.split('\n');
  const line = lines.findIndex((l) => l.includes(words));
  assert.notEqual(line, -1, words);
  return [line + 1, lines[line].indexOf(words) + 1];
}

/** A program `nablatex` that writes down what it is sent. */
function recorded(home) {
  const program = path.join(home, 'nablatex');
  writeFileSync(program, `#!/bin/sh\ntee -a '${home}/wire' | '${place.python}' -m nablatex.cli.main "$@"\n`);
  chmodSync(program, 0o755);
  return { 'nablatex.server.path': program };
}

export async function begin() {
  const window = await open({
    documents: { 'sheet.tex': sheet },
    machine: recorded,
    settings: { 'editor.inlayHints.enabled': 'off', 'nablatex.marks.place': 'gutter', 'nablatex.trace.server': 'messages' },
  });
  await window.openFile('sheet.tex');
  return window;
}

export const chapters = {
  async 'evaluates the formula at the cursor by its key'(window) {
    await window.ready();
    const [line, column] = at('A^2 =');
    await window.cursor(line, column + 1);
    await window.keys('Alt+n', 'e');
    await until('the square', async () => /A\^2 = \\begin\{pmatrix\} 1 & 8 \\\\ 0 & 9 \\end\{pmatrix\}/.test(await window.text()));
  },

  async 'evaluates a formula numerically, from the palette'(window) {
    const [line, column] = at('\\sqrt{2} +');
    await window.cursor(line, column + 1);
    await window.command('Nablatex: Evaluate Numerically');
    await until('the number', async () => /\\sqrt\{8\} \\approx 4\.24264/.test(await window.text()));
  },

  async 'simplifies what is selected, and the formula'(window) {
    const [line, column] = at('B (B + B) x');
    await window.select(line, column + 2, '(B + B)'.length);
    await window.keys('Alt+n', 'm');
    await until('the sum', async () => /B \\left\(2B\\right\) x/.test(await window.text()));
    await window.keys('Control+z');
    await window.cursor(line, column);
    await window.keys('Alt+n', 'm');
    await until('the product', async () => /B \(B \+ B\) x = 2B/.test(await window.text()));
  },

  async 'is told why a formula cannot be evaluated'(window) {
    const [line, column] = at('\\mathbb{R}^n$; then');
    await window.cursor(line, column);
    await window.keys('Alt+n', 'e');
    await window.page.locator('.notification-list-item', { hasText: /Nablatex|nablatex/ }).first().waitFor();
    await window.picture('cannot-evaluate');
    await window.command('Notifications: Clear All Notifications');
  },

  async 'exports a gradient to the clipboard, and as a new file'(window) {
    const [line, column] = at('\\nabla_x');
    await window.cursor(line, column + 2);
    await window.keys('Alt+n', 'x');
    await window.choose('Julia');
    await window.picture('export');
    await window.choose('Clipboard');
    await until('the Julia', async () => /^function/m.test(await window.clipboard()));
    await window.command('Nablatex: Export As…');
    await window.choose('JAX');
    await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'New file' }).filter({ hasText: 'gradient check' }).click();
    await until('the program', async () => /def check_derivative|import jax/.test(await window.text()));
    await window.picture('exported');
    await window.command('View: Revert and Close Editor');
  },

  async 'copies the result in every language that there is'(window) {
    const [line, column] = at('\\nabla_x');
    await window.openFile('sheet.tex');
    await window.cursor(line, column + 2);
    const signs = { LaTeX: /^\(B \+ B\^\\top\) ?x$/, NumPy: /import numpy/, JAX: /import jax/, PyTorch: /import torch/, Julia: /^function|^using/m, MATLAB: /^function/m, SymPy: /import sympy|from sympy/ };
    for (const [language, sign] of Object.entries(signs)) {
      await window.command(`Nablatex: Copy Result as ${language}`);
      await until(language, async () => sign.test(await window.clipboard()));
    }
  },

  async 'completes the variable of a derivative, and the names of its snippets'(window) {
    const line = sheet.split('\n').findIndex((l) => l.includes('end{document}')) + 1;
    await window.cursor(line, 1);
    await window.page.keyboard.type('$\\frac{\\partial x^\\top B x}{\\partial ');
    await window.page.keyboard.press('Control+Space');
    const row = (words) => window.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: words }).first();
    await row(/^x/).waitFor();
    await row(/^B/).waitFor();
    await window.picture('completion-variable');
    await window.page.keyboard.press('Escape');
    await window.page.keyboard.type('B}$ ');
    await window.page.keyboard.press('Escape');
    await window.page.keyboard.type('nbgrad');
    await window.page.keyboard.press('Control+Space');
    await row('nbgrad').waitFor();
    await window.page.keyboard.press('Enter');
    await until('the snippet', async () => (await window.text()).includes('\\nabla_{x} f'));
    await window.page.keyboard.press('Escape');
  },

  async 'marks what was checked in the gutter, where the setting says so'(window) {
    await until('a mark', () => window.page.evaluate(() =>
      [...document.querySelectorAll('.monaco-editor .glyph-margin-widgets .cgmr')].some((mark) => getComputedStyle(mark).backgroundImage.includes('checked.svg')),
    ));
  },

  async 'goes on from the hover to the panel'(window) {
    const [line, column] = at('\\nabla_x');
    await window.cursor(line, column + 2);
    await window.command('Show or Focus Hover');
    await window.page.locator('.monaco-hover:not(.hidden) a', { hasText: 'Derivation' }).first().click();
    await window.panel.locator('#current ol.derivation li').first().waitFor();
    await window.page.keyboard.press('Escape');
    await window.picture('hover-to-panel');
  },

  async 'exports by the lightbulb, into a file beside the document'(window) {
    const [line, column] = at('\\nabla_x');
    await window.cursor(line, column + 2);
    await window.keys('Control+.');
    const row = window.page.locator('.action-widget .monaco-list-row', { hasText: 'Export as NumPy' }).first();
    await row.waitFor();
    await window.picture('lightbulb-export');
    await row.click();
    await window.page.locator('.explorer-folders-view .monaco-list-row[aria-label^="sheet_derivative.py"]').waitFor();
  },

  async 'is led by the walkthrough to the sample, and to its first derivative'(window) {
    await window.command('Welcome: Open Walkthrough');
    await window.choose('Matrix calculus in your document');
    const page = window.page.locator('.gettingStartedContainer');
    const step = (title) => page.locator('.getting-started-step', { hasText: title }).first();
    await step('Install the server').click();
    await page.locator('.monaco-button', { hasText: 'Install the server' }).waitFor();
    await step('Open the sample document').click();
    await page.locator('.monaco-button', { hasText: 'Open the sample' }).click();
    await until('the wrong step', async () => (await window.problems()) === 1);
    await window.page.locator('.tab', { hasText: /Welcome|Walkthrough/ }).click();
    await step('Insert a derivative').click();
    await page.locator('.monaco-button', { hasText: 'Insert derivative' }).click();
    await until('the derivative', async () => /\^2\s*= 2 ?X\^\\top\s*\(Xw - y\)/.test(await window.text()));
    await window.picture('sample');
    await window.page.locator('.tab', { hasText: /Welcome|Walkthrough/ }).click();
    await step('See the derivation').waitFor();
    await window.picture('walkthrough');
  },

  async 'restarts the server from the status item'(window) {
    const before = window.serverProcess();
    await window.status.click();
    await window.choose('Restart server');
    await until('another server', () => {
      try {
        return window.serverProcess() !== before;
      } catch {
        return false;
      }
    });
    await window.ready();
  },

  async 'shows the log, and tells the server what is traced'(window) {
    await window.command('Nablatex: Show Log');
    await until('its log', () => window.page.locator('.panel select').evaluateAll((all) => all.some((select) => select.value === 'Nablatex')));
    await window.picture('log');
    const starts = readFileSync(path.join(window.home, 'wire'), 'utf8').match(/"trace":"\w+"/g) ?? [];
    assert.deepEqual(new Set(starts), new Set(['"trace":"messages"']), 'what each start of the server was told');
  },
};
