/** From the server's answer to what the panel shows: formulas typeset, values as text, buttons for what can be done. */
import type { Counterexample, Derivation } from '../protocol.js';
import { macrosOf, typeset } from '../typeset/typeset.js';
import type { Button, Card, Maths } from './messages.js';

/** The languages that the server writes a result in, as their users call them. */
export const TARGETS: Record<string, string> = { numpy: 'NumPy', jax: 'JAX', torch: 'PyTorch', julia: 'Julia', matlab: 'MATLAB', sympy: 'SymPy' };

/** How the server begins a message that stands alone; the panel's badge has said it. */
const BADGE_SAYS = /^this (step does not hold|cannot be formed): /;

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
    return { latex, text, ...(made ?? {}) };
  };
  const verdict = answer.verdict;
  const steps = answer.steps ?? [];
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
      ? { kind: verdict.kind ?? 'unknown', text: (verdict.text ?? '').replace(BADGE_SAYS, ''), evidence: verdict.evidence ?? [], counterexample: values(verdict.counterexample) }
      : null,
    steps: await Promise.all(steps.map(async (s) => ({ maths: await maths(s.latex ?? '', s.text), rule: s.rule ?? '', status: s.status ?? '' }))),
    at: Math.min(at, steps.length - 1),
    result: answer.result ? await maths(answer.result, answer.resultText ?? answer.result) : null,
    styles: answer.styles ?? [],
    style: answer.style ?? '',
    alternatives: await Promise.all((answer.alternatives ?? []).map(async (a) => ({ name: a.name ?? '', maths: await maths(a.latex ?? '', a.text) }))),
    buttons: await buttons(answer, (latex) => maths(latex, latex, false)),
    copies: copies(answer),
    reason: answer.reason ?? '',
    pinned,
  };
}

export function isInsert(title: string): boolean {
  return /^insert derivative/i.test(title);
}

export function isDerivation(title: string): boolean {
  return /^insert derivation/i.test(title);
}

/** Mends first, then what inserts, then the rest; each named by its place in the answer. */
async function buttons(answer: Derivation, maths: (latex: string) => Promise<Maths>): Promise<Button[]> {
  const rank = (kind = ''): number => (kind.startsWith('quickfix') ? 0 : kind.startsWith('refactor') ? 1 : 2);
  const all = (answer.actions ?? []).map((action, index) => ({ action, index })).sort((a, b) => rank(a.action.kind) - rank(b.action.kind));
  return Promise.all(
    all.map(async ({ action, index }) => {
      const replaced = /^Replace by /.test(action.title) ? action.data?.['replacement'] : undefined;
      return {
        id: `action:${index}`,
        label: action.title,
        key: isInsert(action.title) ? KEYS.insert : isDerivation(action.title) ? KEYS.derivation : '',
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

/** A counterexample, one line for each value. */
export function values(given: Counterexample | string | null | undefined): string[] {
  if (given === null || given === undefined || given === '') {
    return [];
  }
  if (typeof given === 'string') {
    return given.split('\n');
  }
  const out = Object.entries(given.values ?? {}).map(([name, value]) => `${name} = ${rows(value)}`);
  if (given.left !== undefined && given.left !== null) {
    out.push(`left side = ${rows(given.left)}`);
  }
  if (given.right !== undefined && given.right !== null) {
    out.push(`right side = ${rows(given.right)}`);
  }
  return out;
}

/** A number, a vector or a matrix; long decimals are cut. */
function rows(value: unknown): string {
  if (Array.isArray(value)) {
    const inner = value.map(rows);
    return `[${inner.join(value.some(Array.isArray) ? '; ' : ', ')}]`.replace(/\[\[/g, '[').replace(/\]\]/g, ']').replace(/\]; \[/g, '; ');
  }
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value);
}
