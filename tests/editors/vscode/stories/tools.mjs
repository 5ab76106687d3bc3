// What an author does with the palette: works formulas out, exports them, looks at the sample and at the log.
import assert from 'node:assert/strict';
import { open, until } from '../driver.mjs';

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

export async function begin() {
  const window = await open({ documents: { 'sheet.tex': sheet }, settings: { 'editor.inlayHints.enabled': 'off' } });
  await window.openFile('sheet.tex');
  await window.ready();
  return window;
}

export const chapters = {
  async 'evaluates the formula at the cursor by its key'(window) {
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
};
