// An author's session: she sees a wrong step, mends it, inserts a derivative, reads its derivation in the panel.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { open, pause, place, until } from '../driver.mjs';

const example = (name) => readFileSync(path.join(place.examples, name), 'utf8');
const lineOf = (text, words) => text.split('\n').findIndex((line) => line.includes(words)) + 1;
const mistakes = example('mistakes.tex');
const squares = example('least-squares.tex');

export async function begin() {
  const window = await open({ documents: { 'mistakes.tex': mistakes, 'least-squares.tex': squares } });
  await window.openFile('mistakes.tex');
  return window;
}

export const chapters = {
  async 'sees the wrong steps'(window) {
    await window.ready();
    await until('three squiggles', async () => (await window.squiggles.count()) >= 3);
    await window.picture('squiggles');
  },
};
