/** What the extension and the panel's page say to each other. */

/** A formula: its LaTeX, and its picture where it could be typeset. Sizes in ex. */
export interface Maths {
  latex: string;
  text: string;
  svg?: string;
  /** A long formula in pieces, between which a line may break. */
  pieces?: { svg: string; depth: number; width: number }[];
  mathml?: string;
  width?: number;
  height?: number;
  depth?: number;
}

export interface SymbolLine {
  maths: Maths;
  shape: string;
  origin: string;
  guessed: boolean;
  /** Whether a click leads to the declaration. */
  leads: boolean;
}

export interface StepLine {
  maths: Maths;
  rule: string;
  status: string;
}

export interface Button {
  id: string;
  label: string;
  key: string;
  /** One of few that are always shown. */
  main?: boolean;
  /** A label that ends in a formula is shown typeset: its words, and the formula. */
  before?: string;
  maths?: Maths;
}

/** All that is shown of one formula. */
export interface Card {
  id: string;
  where: string;
  maths: Maths;
  reading: string;
  symbols: SymbolLine[];
  verdict: { kind: string; text: string; evidence: string[]; counterexample: Maths[] } | null;
  steps: StepLine[];
  /** The step that is looked at, or -1. */
  at: number;
  result: Maths | null;
  styles: { id: string; label: string }[];
  style: string;
  alternatives: { name: string; maths: Maths }[];
  buttons: Button[];
  copies: Button[];
  reason: string;
  pinned: boolean;
}

export type ToPage =
  | { type: 'show'; current: Card | null; pins: Card[]; note: string }
  | { type: 'busy'; busy: boolean }
  | { type: 'say'; text: string; shown: boolean };

export type FromPage =
  | { type: 'ready' }
  | { type: 'do'; what: string; card: string }
  | { type: 'copyText'; latex: string }
  | { type: 'style'; style: string }
  | { type: 'symbol'; card: string; index: number }
  | { type: 'step'; index: number; card: string }
  | { type: 'reveal'; card: string };
