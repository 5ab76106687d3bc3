/** From the server's answer to what the panel shows: formulas typeset, values as text, buttons for what can be done. */
import type { Counterexample, Derivation, OfferedAction } from '../protocol.js';
import { pieces } from '../typeset/pieces.js';
import { macrosOf, typeset } from '../typeset/typeset.js';
import type { Button, Card, Maths } from './messages.js';

/** The languages that the server writes a result in, as their users call them. */
export const TARGETS: Record<string, string> = { numpy: 'NumPy', jax: 'JAX', torch: 'PyTorch', julia: 'Julia', matlab: 'MATLAB', sympy: 'SymPy' };

/** In ex: a formula that may be wider than a narrow panel. */
const LONG = 30;

/** The styles of a derivation by the names of their settings' descriptions. */
const STYLES: Record<string, string> = { trace: 'trace trick', frobenius: 'products A : B', perturbation: 'perturbation', maps: 'linear maps', components: 'indices' };

/** How the server begins a message that stands alone; the panel's badge has said it. */
const BADGE_SAYS = /^this (step does not hold|cannot be formed): /;
/** The values in such a message, which the panel shows as matrices. */
const VALUES = /^(the sides differ): .*$/s;

export interface Keys {
  insert: string;
  derivation: string;
  pin: string;
  copy: string;
}

const alt = process.platform === 'darwin' ? '⌃⌘N ' : 'Alt+N ';
export const KEYS: Keys = { insert: `${alt}D`, derivation: `${alt}S`, pin: `${alt}K`, copy: `${alt}Y` };

export async function card(answer: Derivation, id: string, where: string, at: number, pinned: boolean): Promise<Card> {
  const macros = macrosOf(answer.macros);
  const maths = async (latex: string, text = latex, display = true): Promise<Maths> => {
    const made = latex === '' ? null : await typeset(latex, macros, display);
    const parts = display && made !== null && made.width > LONG ? await Promise.all(pieces(latex).map((piece) => typeset(piece, macros, true))) : [];
    const whole = parts.length > 1 && parts.every((part) => part !== null);
    return { latex, text, ...(made ?? {}), ...(whole ? { pieces: parts.map(({ svg, depth, width }) => ({ svg, depth, width })) } : {}) };
  };
  const verdict = answer.verdict;
  const steps = answer.steps ?? [];
  const example = await Promise.all(values(verdict?.counterexample).map(({ latex, text }) => (latex === '' ? { latex: text, text } : maths(latex, text, false))));
  return {
    id,
    where,
    maths: await maths(answer.formula ?? '', answer.text),
    reading: answer.reading ?? '',
    symbols: await Promise.all(
      (answer.symbols ?? []).map(async (s) => ({
        maths: await maths(s.latex ?? s.name ?? '', s.name, false),
        shape: s.shape ?? '',
        origin: s.origin ?? '',
        guessed: s.guessed ?? false,
        leads: s.range != null,
      })),
    ),
    verdict: verdict
      ? { kind: verdict.kind ?? 'unknown', text: said(verdict.text ?? '', example.length > 0), evidence: verdict.evidence ?? [], counterexample: example }
      : null,
    steps: await Promise.all(steps.map(async (s) => ({ maths: await maths(s.latex ?? '', s.text), rule: s.rule ?? '', status: s.status ?? '' }))),
    at: Math.min(at, steps.length - 1),
    result: answer.result ? await maths(answer.result, answer.resultText ?? answer.result) : null,
    styles: (answer.styles ?? []).map((id) => ({ id, label: STYLES[id] ?? id })),
    style: answer.style ?? '',
    alternatives: await Promise.all((answer.alternatives ?? []).map(async (a) => ({ name: a.name ?? '', maths: await maths(a.latex ?? '', a.text) }))),
    buttons: await buttons(answer, (latex) => maths(latex, latex, false)),
    copies: copies(answer),
    reason: answer.reason ?? '',
    pinned,
  };
}

function said(text: string, example: boolean): string {
  const words = text.replace(BADGE_SAYS, '');
  return example ? words.replace(VALUES, '$1') : words;
}

export function isInsert(title: string): boolean {
  return /^insert derivative/i.test(title);
}

export function isDerivation(title: string): boolean {
  return /^insert derivation/i.test(title);
}

/** How many actions are shown at once: mends and what inserts, else what comes first; the others unfold. */
const MAIN = 3;
const ELSE = 2;

/** Mends first, then what inserts, then the rest; each named by its place in the answer. */
async function buttons(answer: Derivation, maths: (latex: string) => Promise<Maths>): Promise<Button[]> {
  const rank = ({ title, kind = '' }: OfferedAction): number =>
    /^ignore /i.test(title) ? 3 : kind.startsWith('quickfix') ? 0 : title === 'Insert derivative' || isDerivation(title) ? 1 : 2;
  const all = (answer.actions ?? []).map((action, index) => ({ action, index })).sort((a, b) => rank(a.action) - rank(b.action));
  const inserting = all.filter(({ action }) => rank(action) < 2).length;
  const main = inserting > 0 ? Math.min(inserting, MAIN) : ELSE;
  return Promise.all(
    all.map(async ({ action, index }, place) => {
      const replaced = /^Replace by /.test(action.title) ? action.data?.['replacement'] : undefined;
      return {
        id: `action:${index}`,
        label: action.title,
        key: action.title === 'Insert derivative' ? KEYS.insert : isDerivation(action.title) ? KEYS.derivation : '',
        main: place < main || all.length === main + 1,
        ...(typeof replaced === 'string' ? { before: 'Replace by ', maths: await maths(replaced) } : {}),
      };
    }),
  );
}

function copies(answer: Derivation): Button[] {
  const out: Button[] = [{ id: 'copy:latex', label: 'LaTeX', key: KEYS.copy }];
  for (const language of Object.keys(answer.codes ?? {})) {
    out.push({ id: `copy:${language}`, label: TARGETS[language] ?? language, key: '' });
  }
  return out;
}

/** A counterexample, a formula for each value; without LaTeX where it is only text. */
export function values(given: Counterexample | string | null | undefined): { latex: string; text: string }[] {
  if (given === null || given === undefined || given === '') {
    return [];
  }
  if (typeof given === 'string') {
    return given.split('\n').map((text) => ({ latex: '', text }));
  }
  const sides = [given.left, given.right].map((value, k) => [k === 0 ? '\\text{left side}' : '\\text{right side}', value] as const);
  return [...Object.entries(given.values ?? {}), ...sides.filter(([, value]) => value !== undefined && value !== null)].map(([name, value]) => {
    const latex = matrix(value);
    const words = name.replace(/^\\text\{(.*)\}$/, '$1');
    return { latex: latex === '' ? '' : `${name} = ${latex}`, text: `${words} = ${rows(value)}` };
  });
}

const LARGEST = 8;

/** A number, a vector or a matrix in LaTeX; nothing for what is large, or no number. */
function matrix(value: unknown): string {
  if (typeof value === 'number') {
    return short(value);
  }
  const lines = Array.isArray(value) ? value.map((row: unknown): unknown[] => (Array.isArray(row) ? row : [row])) : [];
  const cells = lines.flat();
  if (cells.length === 0 || lines.length > LARGEST || cells.length > LARGEST * LARGEST || cells.some((cell) => typeof cell !== 'number')) {
    return '';
  }
  return `\\begin{bmatrix}${lines.map((row) => row.map((cell) => short(cell as number)).join(' & ')).join(' \\\\ ')}\\end{bmatrix}`;
}

/** Long decimals are cut. */
function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** The same on one line of text. */
function rows(value: unknown): string {
  if (Array.isArray(value)) {
    const inner = value.map(rows);
    return `[${inner.join(value.some(Array.isArray) ? '; ' : ', ')}]`.replace(/\[\[/g, '[').replace(/\]\]/g, ']').replace(/\]; \[/g, '; ');
  }
  return typeof value === 'number' ? short(value) : String(value);
}
