/** Typesetting for the hover and the panel: the author's macros, a cache, and MathJax loaded when first needed. */
import { log, words } from '../log.js';
import type { AuthorMacro } from '../protocol.js';
import type { Macros, Typeset } from './mathjax.js';

export type { Typeset } from './mathjax.js';

const KEPT = 500;
const cache = new Map<string, Typeset | null>();

/** MathJax is 1 MB: its file is read when the first formula is shown, not when the extension starts. */
async function engine(): Promise<typeof import('./mathjax.js')> {
  return import('./mathjax.js');
}

/** The server's macros as MathJax takes them. */
export function macrosOf(given: AuthorMacro[] | undefined): Macros {
  const out: Macros = {};
  for (const { name, body, parameters = 0, default: first } of given ?? []) {
    if (name === undefined || body === undefined) {
      continue;
    }
    const plain = name.replace(/^\\/, '');
    out[plain] = parameters === 0 ? body : typeof first === 'string' ? [body, parameters, first] : [body, parameters];
  }
  return out;
}

/** A formula as SVG; null where it cannot be typeset, and its LaTeX is shown instead. */
export async function typeset(latex: string, macros: Macros = {}, display = true): Promise<Typeset | null> {
  const key = JSON.stringify([latex, macros, display]);
  const known = cache.get(key);
  if (known !== undefined) {
    return known;
  }
  let made: Typeset | null = null;
  try {
    made = (await engine()).typeset(latex, macros, display);
  } catch (error) {
    log.warn(`typesetting: ${words(error)}`);
  }
  if (cache.size >= KEPT) {
    cache.delete(cache.keys().next().value ?? key);
  }
  cache.set(key, made);
  return made;
}

/** The picture with its colour and its size in pixels written in: an image inherits neither. */
export function image(formula: Typeset, colour: string, exPixels: number): string {
  const pixels = (ex: number): string => `${(ex * exPixels).toFixed(1)}px`;
  const svg = formula.svg
    .replace(/\bwidth="[^"]*"/, `width="${pixels(formula.width)}"`)
    .replace(/\bheight="[^"]*"/, `height="${pixels(formula.height)}"`)
    .replaceAll('currentColor', colour);
  return `data:image/svg+xml;base64,${Buffer.from(svg, 'utf8').toString('base64')}`;
}
