// Markdown, Quarto, R Markdown, and the Markdown cells of a notebook, in a dark theme.
import assert from 'node:assert/strict';
import { open, pause, until } from '../driver.mjs';

const markdown = String.raw`# Notes

Let $A \in \mathbb{R}^{n\times n}$ and $x \in \mathbb{R}^n$. Then

$$
\nabla_x\, \|A x\|^2 = A^\top A x
$$

and $\operatorname{tr}(A A) = \operatorname{tr}(A^\top A^\top)$.
`;
const cell = (type, source) => ({ cell_type: type, id: type, metadata: {}, source, ...(type === 'code' ? { outputs: [], execution_count: null } : {}) });
const notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { language_info: { name: 'python' } },
  cells: [cell('markdown', markdown), cell('code', 'x = 1')],
};

export async function begin() {
  return open({
    documents: { 'notes.md': markdown, 'notes.qmd': markdown, 'notes.Rmd': markdown, 'notes.ipynb': JSON.stringify(notebook) },
    settings: { 'workbench.colorTheme': 'Default Dark Modern', 'editor.inlayHints.enabled': 'off' },
  });
}

export const chapters = {
  async 'sees the wrong step in Markdown'(window) {
    await window.openFile('notes.md');
    await window.ready();
    await until('the error', async () => (await window.problems()) === 1);
    await window.cursor(6, 28);
    await window.command('Show or Focus Hover');
    const image = window.page.locator('.monaco-hover:not(.hidden) .hover-contents img').first();
    await image.waitFor();
    const source = Buffer.from((await image.getAttribute('src')).split(',')[1], 'base64').toString();
    assert.match(source, /#d4d4d4/, "the picture has the theme's colour");
    await window.picture('dark-hover');
    await window.page.keyboard.press('Escape');
  },

  async 'reads the panel in the dark'(window) {
    await window.command('Nablatex: Show Derivation Panel');
    await window.panel.locator('#current .counterexample').waitFor();
    await window.picture('dark-panel');
    await window.page.keyboard.press('Control+1');
    await window.command('View: Close All Editors');
  },

  async 'sees it in Quarto and in R Markdown, whose languages other extensions define'(window) {
    for (const name of ['notes.qmd', 'notes.Rmd']) {
      await window.openFile(name);
      await until(`the error in ${name}`, async () => (await window.problems()) === 1);
      await window.command('View: Close Editor');
      await until('no error', async () => (await window.problems()) === 0);
    }
  },

  async 'sees the wrong step in a Markdown cell'(window) {
    await until('no error', async () => (await window.problems()) === 0);
    await window.page.locator('.explorer-folders-view .monaco-list-row[aria-label^="notes.ipynb"]').dblclick();
    await window.page.locator('.notebookOverlay').first().waitFor();
    await until('the error', async () => (await window.problems()) === 1);
    await window.page.locator('.notebookOverlay .markdown-cell-row').first().waitFor({ state: 'attached' });
    await window.command('Notebook: Focus First Cell');
    await window.page.keyboard.press('Enter');
    await window.page.locator('.notebookOverlay .squiggly-error').first().waitFor();
    await window.picture('notebook');
  },

  async 'is not kept waiting by the extension'(window) {
    const { loadMilliseconds: load, activateMilliseconds: activate } = await window.exports();
    return `its own code took ${load.toFixed(0)} ms to load and ${activate.toFixed(0)} ms to activate`;
  },
};
