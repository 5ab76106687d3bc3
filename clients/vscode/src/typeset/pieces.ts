/** A long formula in pieces between which a line may break: before the relations, sums and differences of its outermost level. */

const TOKEN = /\\(?:[A-Za-z]+|.)|\s+|./gsu;
const OPENS = new Set(['{', '(', '[', '\\{', '\\left', '\\langle', '\\lVert', '\\lvert', '\\lfloor', '\\lceil', '\\begin']);
const CLOSES = new Set(['}', ')', ']', '\\}', '\\right', '\\rangle', '\\rVert', '\\rvert', '\\rfloor', '\\rceil', '\\end']);
const RELATIONS = new Set(['=', '<', '>', '\\approx', '\\le', '\\leq', '\\ge', '\\geq', '\\equiv', '\\sim', '\\iff', '\\implies', '\\to']);
const BINARY = new Set(['+', '-', '\\pm', '\\mp']);
/** Behind these a plus or minus is a sign of what follows. */
const STAND_BEFORE_A_SIGN = new Set(['', '^', '_', ',', ...RELATIONS, ...BINARY]);
const BARS = new Set(['|', '\\|', '\\vert', '\\Vert']);

/** The pieces; the formula alone where it has no such place, or where its fences cannot be told apart. */
export function pieces(latex: string): string[] {
  const out: string[] = [];
  let piece = '';
  let depth = 0;
  let bar: string | undefined;
  let last = '';
  let fence = false;
  for (const [token] of latex.matchAll(TOKEN)) {
    if (fence && !/^\s/.test(token)) {
      fence = false; // what \left and \right stretch is no fence of its own
    } else if (BARS.has(token)) {
      if (bar !== undefined && bar !== token) {
        return [latex];
      }
      bar = bar === undefined ? token : undefined;
    } else if (OPENS.has(token)) {
      depth += 1;
      fence = token === '\\left';
    } else if (CLOSES.has(token)) {
      depth -= 1;
      fence = token === '\\right';
    } else if (depth === 0 && bar === undefined && !STAND_BEFORE_A_SIGN.has(last)) {
      if (RELATIONS.has(token) || BINARY.has(token)) {
        out.push(piece);
        piece = '{}';
      }
    }
    if (depth < 0) {
      return [latex];
    }
    piece += token;
    last = /^\s/.test(token) ? last : token;
  }
  return depth === 0 && bar === undefined && !/&|\\\\/.test(latex) ? [...out, piece] : [latex];
}
