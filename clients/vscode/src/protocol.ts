/** What the server answers beyond the Language Server Protocol (docs/protocol.md). Any field may be missing. */
import type { Range } from 'vscode-languageclient/node';

export interface SymbolRow {
  name?: string;
  latex?: string;
  shape?: string;
  origin?: string;
  guessed?: boolean;
  range?: Range | null;
}

export interface Counterexample {
  values?: Record<string, unknown>;
  left?: unknown;
  right?: unknown;
  sizes?: Record<string, unknown>;
}

export interface Verdict {
  kind?: string;
  text?: string;
  evidence?: string[];
  counterexample?: Counterexample | string | null;
}

export interface Step {
  latex?: string;
  text?: string;
  rule?: string;
  status?: string;
}

export interface Alternative {
  name?: string;
  latex?: string;
  text?: string;
}

export interface OfferedAction {
  title: string;
  kind?: string;
  data?: Record<string, unknown>;
}

export interface AuthorMacro {
  name?: string;
  parameters?: number;
  default?: string | null;
  body?: string;
}

export interface Derivation {
  version?: number | null;
  range?: Range;
  formula?: string;
  text?: string;
  reading?: string;
  symbols?: SymbolRow[];
  verdict?: Verdict | null;
  steps?: Step[];
  result?: string | null;
  resultText?: string | null;
  styles?: string[];
  style?: string | null;
  alternatives?: Alternative[];
  actions?: OfferedAction[];
  codes?: Record<string, string>;
  macros?: AuthorMacro[];
  reason?: string;
}

export const DERIVATION = 'nablatex/derivation';
export const LANGUAGES = ['latex', 'tex', 'markdown', 'quarto', 'rmd'];
export const MARKS = 'nablatex/marks';

export interface Marks {
  version?: number | null;
  marks?: { range?: Range; kind?: string; text?: string }[];
}

export const CODE = 'nablatex/code';

/** A formula as a program; `code` is null where there is none, and `message` says why. */
export interface Code {
  language?: string;
  code?: string | null;
  message?: string;
}
