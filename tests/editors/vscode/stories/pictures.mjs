// Makes the pictures of the README files: what an author sees, without what is around it.
import { open, pause, until } from '../driver.mjs';

const paper = String.raw`\documentclass{article}
\usepackage{amsmath,amssymb}
\begin{document}
Let $X \in \mathbb{R}^{m\times n}$, $w \in \mathbb{R}^n$, $y \in \mathbb{R}^m$.
The residual has the gradient
\begin{align}
  \nabla_w\, \|Xw - y\|^2 &= 2 X^\top (Xw - y) \\
     &= 2 X^\top X w - X^\top y .
\end{align}
With respect to the data we find
\[
  \frac{\partial}{\partial X} \|Xw - y\|^2
\]
\end{document}
`;
const line = (words) => paper.split('\n').findIndex((l) => l.includes(words)) + 1;
const size = { width: 1060, height: 760 };
/** The editors without the title bar and the status bar. */
const inside = { x: 0, y: 36, width: size.width, height: size.height - 36 - 32 };

export async function begin() {
  const window = await open({
    documents: { 'paper.tex': paper },
    settings: {
      'editor.inlayHints.enabled': 'off',
      'editor.lineNumbers': 'off',
      'editor.folding': false,
      'editor.glyphMargin': false,
      'editor.occurrencesHighlight': 'off',
      'breadcrumbs.enabled': false,
      'workbench.activityBar.location': 'hidden',
      'editor.overviewRulerBorder': false,
      'editor.scrollbar.vertical': 'hidden',
      'editor.scrollbar.horizontal': 'hidden',
      'editor.matchBrackets': 'never',
      'editor.hover.above': false,
    },
    size,
  });
  await window.openFile('paper.tex');
  await window.command('View: Toggle Primary Side Bar Visibility');
  return window;
}

export const chapters = {
  async 'a wrong step, why it is wrong, and its mend'(window) {
    await window.ready();
    await until('the wrong step', async () => (await window.problems()) === 1);
    await until('the mark', () => window.page.evaluate(() =>
      [...document.querySelectorAll('.monaco-editor .view-line span')].some((s) => getComputedStyle(s, '::after').content.includes('✓')),
    ));
    await window.page.locator('.codelens-decoration a').first().waitFor();
    const wrong = line('X w - X^');
    await window.cursor(wrong, paper.split('\n')[wrong - 1].indexOf('2 X') + 6);
    await window.command('Show or Focus Hover');
    await window.page.locator('.monaco-hover:not(.hidden)').getByText('does not hold').first().waitFor();
    await pause(500);
    await window.picture('readme-wrong-step', { ...inside, width: 900, height: 340 });
    await window.page.keyboard.press('Escape');
    await window.page.keyboard.press('Control+.');
    await window.page.locator('.action-widget .monaco-list-row', { hasText: 'Replace by' }).first().waitFor();
    await window.page.keyboard.press('Escape');
  },

  async 'a derivation in the panel'(window) {
    await window.cursor(line('\\frac{\\partial}'), 8);
    await window.page.keyboard.press('Alt+n');
    await window.page.keyboard.press('p');
    await window.panel.locator('#current ol.derivation li').first().waitFor();
    await pause(500);
    await window.picture('readme-derivation', inside);
  },
};
