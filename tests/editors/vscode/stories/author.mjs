// An author's session: she sees a wrong step, mends it, inserts a derivative, reads its derivation in the panel.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { open, pause, place, until } from '../driver.mjs';

const example = (name) => readFileSync(path.join(place.examples, name), 'utf8');
const mistakes = example('mistakes.tex');
const squares = example('least-squares.tex');

/** The line (from 1) and the column of some words of a text. */
function at(text, words) {
  const lines = text.split('\n');
  const line = lines.findIndex((l) => l.includes(words));
  assert.notEqual(line, -1, words);
  return [line + 1, lines[line].indexOf(words) + 1];
}

export async function begin() {
  const window = await open({
    documents: { 'mistakes.tex': mistakes, 'least-squares.tex': squares },
    settings: { 'editor.inlayHints.enabled': 'off' },
  });
  await window.openFile('mistakes.tex');
  return window;
}

export const chapters = {
  async 'sees the wrong steps, each under its own squiggle'(window) {
    await window.ready();
    await until('three squiggles', async () => (await window.squiggles.count()) >= 3);
    await until('the problem count', async () => (await window.problems()) === 3);
    await window.picture('squiggles');
  },

  async 'reads in the hover why a step is wrong, and what the right side would be'(window) {
    const [line, column] = at(mistakes, '2 A (Ax');
    await window.cursor(line, column);
    await window.command('Show or Focus Hover');
    const hover = window.page.locator('.monaco-hover:not(.hidden)');
    await hover.getByText('cannot be formed').first().waitFor();
    const image = hover.locator('.hover-contents img').first();
    await image.waitFor();
    const size = await until('the picture', () => image.evaluate((img) => img.naturalWidth > 40 && `${img.naturalWidth}x${img.naturalHeight}`));
    assert.match(await image.getAttribute('alt'), /A/);
    await window.picture('hover');
    await window.page.keyboard.press('Escape');
    return `the result as an image of ${size}`;
  },

  async 'sees a quiet mark at the step that holds'(window) {
    await until('a mark', async () => window.page.evaluate(() =>
      [...document.querySelectorAll('.monaco-editor .view-line span')].some((s) => getComputedStyle(s, '::after').content.includes('✓')),
    ));
  },

  async 'mends a step by its quick fix'(window) {
    const [line, column] = at(mistakes, '2 B x');
    await window.cursor(line, column);
    await window.page.keyboard.press('Control+.');
    const row = window.page.locator('.action-widget .monaco-list-row', { hasText: /Replace by.*B\^\\top/ }).first();
    await row.waitFor();
    await window.picture('lightbulb');
    await window.page.keyboard.press('Enter');
    await until('the mended step', async () => !(await window.text()).includes('2 B x'));
    await until('its squiggle to go', async () => (await window.problems()) === 2);
  },

  async 'inserts a derivative by its key'(window) {
    await window.openFile('least-squares.tex');
    const [line] = at(squares, '\\frac{\\partial f}{\\partial S}');
    await window.cursor(line, 8);
    await window.page.keyboard.press('Alt+n');
    await window.page.keyboard.press('d');
    await until('the derivative', async () => /\\partial S\} = w ?w\^\\top/.test(await window.text()));
  },

  async 'opens the panel, which follows the cursor'(window) {
    const [line] = at(squares, '\\frac{\\partial}{\\partial w} \\norm');
    await window.cursor(line, 6);
    await window.page.keyboard.press('Alt+n');
    await window.page.keyboard.press('p');
    const { panel } = window;
    await panel.locator('#current .head .formula svg').first().waitFor();
    await until('the verdict', async () => /proved|holds/.test(await panel.locator('#current .verdict').innerText()));
    assert.match(await panel.locator('#current .symbols').innerText(), /declared in line \d+/);
    assert.equal(await panel.locator('#current .head math').count(), 1, 'MathML for screen readers');
    await window.picture('panel');
    const [other] = at(squares, '\\frac{\\partial}{\\partial X}');
    await window.cursor(other, 6);
    await until('the other formula', async () => /line \d+/.test(await panel.locator('#current .where').innerText()) && (await panel.locator('#current .where').innerText()).endsWith(` ${other}`));
    await panel.locator('#current .result svg').first().waitFor();
    await window.picture('panel-result');
  },

  async 'completes the derivative behind an equals sign'(window) {
    const [line] = at(squares, '\\frac{\\partial}{\\partial X}');
    await window.cursor(line, 1);
    await window.page.keyboard.press('End'); // of the line as it is wrapped
    await window.page.keyboard.press('End');
    await window.page.keyboard.type(' = ');
    await window.page.keyboard.press('Control+Space');
    const row = window.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: /w\^\\top/ }).first();
    await row.waitFor();
    await window.picture('completion');
    const { panel } = window;
    await panel.locator('#current .note', { hasText: 'incomplete' }).waitFor();
    assert.ok((await panel.locator('#current .result svg').count()) > 0, 'what was shown stays while the formula is typed');
    await window.page.keyboard.press('Escape');
    for (const key of ['Backspace', 'Backspace', 'Backspace']) {
      await window.page.keyboard.press(key);
    }
  },

  async 'keeps the panel still while the cursor stays in one formula'(window) {
    const { panel } = window;
    const [line] = at(squares, '\\frac{\\partial}{\\partial X}');
    await window.cursor(line, 6);
    await panel.locator('#current .result svg').first().waitFor();
    await pause(1000);
    await panel.locator('#current .head svg').first().evaluate((svg) => (svg.dataset.same = 'yes'));
    await window.page.keyboard.press('ArrowRight');
    await window.page.keyboard.press('ArrowRight');
    await pause(1000);
    assert.equal(await panel.locator('#current .head svg').first().getAttribute('data-same'), 'yes', 'the formula was not laid anew');
  },

  async 'pins a formula and copies the result'(window) {
    const { panel } = window;
    await window.page.keyboard.press('Alt+n');
    await window.page.keyboard.press('k');
    await panel.locator('#pins article').waitFor();
    const [line] = at(squares, '\\lambda w^\\top w = 2');
    await window.cursor(line, squares.split('\n')[line - 1].indexOf('\\nabla_w') + 3);
    await until('the panel to go on', async () => (await panel.locator('#current .where').innerText()).endsWith(` ${line}`));
    assert.equal(await panel.locator('#pins article').count(), 1);
    await window.picture('pinned');
    await panel.locator('#pins [data-what="copy:latex"]').click();
    await until('the LaTeX', async () => /X ?w - y|Xw - y/.test(await window.clipboard()));
    await panel.locator('#pins [data-what="copy:numpy"]').click();
    await until('the NumPy', async () => /def |@/.test(await window.clipboard()));
    await panel.locator('#pins .pin').click();
    await until('the pin to go', async () => (await panel.locator('#pins article').count()) === 0);
  },

  async 'sees the derivation step by step, and inserts it'(window) {
    const { panel } = window;
    const [line] = at(squares, '\\frac{\\partial}{\\partial X}');
    await window.cursor(line, 6);
    const steps = panel.locator('#current ol.derivation li');
    await steps.first().waitFor();
    const count = await steps.count();
    assert.ok(count >= 2, `${count} steps`);
    assert.ok((await panel.locator('#current li .rule').allInnerTexts()).some((rule) => rule.trim() !== ''), 'rules are named');
    await window.page.keyboard.press('Alt+n');
    await window.page.keyboard.press('n');
    await panel.locator('#current li[aria-current="step"]').waitFor();
    await window.picture('derivation');
    const first = await steps.first().innerText();
    await panel.locator('#current .steps select').selectOption('frobenius');
    await until('the other style', async () => (await panel.locator('#current .steps select').inputValue()) === 'frobenius' && (await steps.allInnerTexts()).length > 0);
    await panel.locator('#current .steps select').selectOption('trace');
    await until('the first style again', async () => (await steps.first().innerText()) === first);
    await window.focusEditor();
    await window.page.keyboard.press('Alt+n');
    await window.page.keyboard.press('s');
    await until('the derivation in the text', async () => /\\begin\{align\*?\}|\\begin\{aligned\}/.test((await window.text()).split('with respect to the data')[1] ?? ''));
    await window.picture('derivation-inserted');
    await window.focusEditor();
    await window.page.keyboard.press('Control+z');
    return `${count} steps`;
  },

  async 'has a panel that asks for nothing its content-security policy refuses'(window) {
    assert.deepEqual(window.refused, []);
  },

  async 'copies the gradient as a program, from the palette'(window) {
    const [line] = at(squares, '\\frac{\\partial}{\\partial w} \\norm');
    await window.cursor(line, 6);
    await window.command('Nablatex: Copy Result as JAX');
    await until('the JAX', async () => /import jax/.test(await window.clipboard()));
    await window.page.keyboard.press('Alt+n');
    await window.page.keyboard.press('y');
    const input = window.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await input.fill('NumPy');
    await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'with a gradient check' }).first().click();
    await until('the check', async () => /def value|check/.test(await window.clipboard()));
  },

  async 'opens the chain in the panel by its lens'(window) {
    await window.openFile('mistakes.tex');
    await window.page.locator('.codelens-decoration a', { hasText: 'steps proved' }).first().click();
    await until('the chain', async () => /mistakes\.tex, line [89]/.test(await window.panel.locator('#current .where').innerText()));
  },

  async 'checks an identity by its key, and is told'(window) {
    const [line, column] = at(mistakes, '\\operatorname{tr}(B B)');
    await window.cursor(line, column + 3);
    await window.page.keyboard.press('Alt+n');
    await window.page.keyboard.press('c');
    await window.page.locator('.notification-list-item', { hasText: /fails/ }).first().waitFor();
    await window.command('Notifications: Clear All Notifications');
  },

  async 'edits while a check runs, and the marks are those of the new text'(window) {
    const [line, column] = at(mistakes, ' A (Ax');
    await window.cursor(line, column + 2);
    await window.page.keyboard.type('^\\top', { delay: 30 });
    await until('one problem to be left', async () => (await window.problems()) === 1);
  },

  async 'changes a setting and sees it work'(window) {
    const before = await window.problems();
    await window.toggle('nablatex.surfaces.diagnostics');
    await until('no error', async () => (await window.problems()) === 0);
    await window.toggle('nablatex.surfaces.diagnostics');
    await until('the errors again', async () => (await window.problems()) === before);
  },

  async 'loses the server, which is started again with all it knew'(window) {
    const before = window.serverProcess();
    process.kill(before, 'SIGKILL');
    await until('another server', () => {
      try {
        return window.serverProcess() !== before;
      } catch {
        return false;
      }
    });
    await window.ready();
    const [line] = at(mistakes, '\\operatorname{tr}(B B)');
    await window.cursor(line, 1);
    await window.page.keyboard.press('End');
    await window.page.keyboard.type(' ');
    await until('the squiggle', async () => (await window.squiggles.count()) > 0);
    const { panel } = window;
    await window.cursor(line, mistakes.split('\n')[line - 1].indexOf('tr}(B B') + 3);
    await until('the panel', async () => (await panel.locator('#current .where').innerText()).endsWith(` ${line}`));
    await until('the counterexample', async () => (await panel.locator('#current .counterexample').count()) > 0);
    await window.picture('counterexample');
  },
};
