/** One formula on the page: its parts in the order in which an author asks for them. */
import type { Button, Card, FromPage } from '../panel/messages.js';
import { el, formula, section } from './dom.js';

export type Post = (message: FromPage) => void;

const SIGNS: Record<string, string> = { proved: '✓', holds: '✓', conditional: '≈', fails: '✗', 'ill-shaped': '✗', unknown: '?' };
const NAMES: Record<string, string> = {
  proved: 'proved',
  holds: 'holds',
  conditional: 'holds only under a condition',
  fails: 'does not hold',
  'ill-shaped': 'cannot be formed',
  unknown: 'not decided',
};

export function draw(root: HTMLElement, card: Card, post: Post): void {
  root.dataset['card'] = card.id;
  section(root, 'head', [card.maths, card.where, card.pinned], () => head(card, post));
  section(root, 'verdict', card.verdict, () => verdict(card));
  section(root, 'result', [card.result, card.reason, card.steps.length], () => result(card));
  section(root, 'bar', [card.buttons, card.copies, card.result === null], () => bar(card, post));
  section(root, 'steps', [card.steps, card.at, card.styles, card.style], () => steps(card, post));
  section(root, 'alternatives', card.alternatives, () => alternatives(card, post));
  section(root, 'symbols', [card.symbols, card.reading], () => symbols(card, post));
}

function head(card: Card, post: Post): (Node | null)[] {
  const place = el('button', { class: 'link where', 'data-focus': 'where', title: 'Go to the formula' }, card.where);
  place.addEventListener('click', () => post({ type: 'reveal', card: card.id }));
  const pin = el('button', { class: 'link pin', 'data-focus': 'pin', 'aria-pressed': String(card.pinned), title: 'Pin or unpin this formula' }, card.pinned ? 'Unpin' : 'Pin');
  pin.addEventListener('click', () => post({ type: 'do', what: 'pin', card: card.id }));
  return [el('div', { class: 'line' }, place, pin), el('div', { class: 'formula' }, formula(card.maths))];
}

function verdict(card: Card): (Node | null)[] {
  const v = card.verdict;
  if (v === null) {
    return [];
  }
  const badge = el('span', { class: `badge ${v.kind}` }, `${SIGNS[v.kind] ?? '?'} ${NAMES[v.kind] ?? v.kind}`);
  const out: Node[] = [el('p', {}, badge, v.text === '' ? null : el('span', { class: 'words' }, `: ${v.text}`))];
  if (v.counterexample.length > 0) {
    out.push(
      el('details', { class: 'counterexample', open: '' }, el('summary', {}, 'Counterexample'), el('div', { class: 'values' }, ...v.counterexample.map((value) => formula(value, false)))),
    );
  }
  if (v.evidence.length > 0) {
    out.push(el('details', { class: 'evidence' }, el('summary', {}, 'How it was decided'), el('ul', {}, ...v.evidence.map((line) => el('li', {}, line)))));
  }
  return out;
}

function result(card: Card): (Node | null)[] {
  if (card.result === null) {
    return card.reason === '' ? [] : [el('p', { class: 'reason' }, card.reason)];
  }
  return [el('h2', {}, 'Result'), el('div', { class: 'formula' }, formula(card.result))];
}

function button(given: Button, card: Card, post: Post, kind = ''): HTMLElement {
  const title = given.key === '' ? given.label : `${given.label} (${given.key})`;
  const made = el('button', { class: kind, title, 'aria-label': title, 'data-focus': given.id, 'data-what': given.id });
  made.append(...(given.maths === undefined ? [given.label] : [given.before ?? '', formula(given.maths, false)]));
  made.addEventListener('click', () => post({ type: 'do', what: given.id, card: card.id }));
  return made;
}

function bar(card: Card, post: Post): (Node | null)[] {
  const acts = card.buttons.filter((b) => b.main).map((b, k) => button(b, card, post, k === 0 ? 'first' : ''));
  const rest = card.buttons.filter((b) => !b.main).map((b) => button(b, card, post));
  const copies = card.copies.map((b) => button(b, card, post, 'quiet'));
  return [
    acts.length > 0 ? el('div', { class: 'buttons', role: 'toolbar', 'aria-label': 'Actions' }, ...acts) : null,
    rest.length > 0 ? el('details', { class: 'more' }, el('summary', {}, 'More actions'), el('div', { class: 'buttons', role: 'toolbar', 'aria-label': 'More actions' }, ...rest)) : null,
    card.result === null ? null : el('div', { class: 'buttons', role: 'toolbar', 'aria-label': 'Copy as' }, el('span', { class: 'label' }, 'Copy as'), ...copies),
  ];
}

function steps(card: Card, post: Post): (Node | null)[] {
  if (card.steps.length === 0) {
    return [];
  }
  const list = el('ol', { class: 'derivation' });
  card.steps.forEach((step, index) => {
    const checked = /^(proved|holds|checked|ok)$/.test(step.status);
    const row = el('li', { class: index === card.at ? 'at' : '', tabindex: '0', 'data-focus': `step${index}`, ...(index === card.at ? { 'aria-current': 'step' } : {}) });
    row.append(el('div', { class: 'formula' }, formula(step.maths)), el('div', { class: 'rule' }, checked ? el('span', { class: 'tick', title: step.status }, '✓ ') : null, step.rule));
    row.addEventListener('click', () => post({ type: 'step', index, card: card.id }));
    row.addEventListener('keydown', (event) => event.key === 'Enter' && post({ type: 'step', index, card: card.id }));
    list.append(row);
  });
  const out: Node[] = [el('h2', {}, 'Derivation')];
  if (card.styles.length > 1 && !card.pinned) {
    const choice = el('select', { 'aria-label': 'Style of the derivation', 'data-focus': 'style' }) as HTMLSelectElement;
    choice.append(...card.styles.map(({ id, label }) => el('option', { value: id, ...(id === card.style ? { selected: '' } : {}) }, label)));
    choice.addEventListener('change', () => post({ type: 'style', style: choice.value }));
    out.push(choice);
  }
  return [el('div', { class: 'line' }, ...out), list];
}

function alternatives(card: Card, post: Post): (Node | null)[] {
  if (card.alternatives.length === 0) {
    return [];
  }
  const rows = card.alternatives.map(({ name, maths }, index) => {
    const copy = el('button', { class: 'quiet', 'data-focus': `alternative${index}`, 'aria-label': `Copy ${name} as LaTeX` }, 'Copy');
    copy.addEventListener('click', () => post({ type: 'copyText', latex: maths.latex }));
    return el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, formula(maths, false)), el('td', {}, copy));
  });
  return [el('h2', {}, 'Also written'), el('table', {}, ...rows)];
}

function symbols(card: Card, post: Post): (Node | null)[] {
  const rows = card.symbols.map((s, index) => {
    const origin = s.guessed ? `${s.origin} (guessed)` : s.origin;
    const from = s.leads ? el('button', { class: 'link', 'data-focus': `symbol${index}` }, origin) : el('span', {}, origin);
    from.addEventListener('click', () => s.leads && post({ type: 'symbol', card: card.id, index }));
    return el('tr', s.guessed ? { class: 'guessed' } : {}, el('th', { scope: 'row' }, formula(s.maths, false)), el('td', {}, s.shape), el('td', {}, from));
  });
  if (rows.length === 0 && card.reading === '') {
    return [];
  }
  return [
    el('h2', {}, 'Reading'),
    card.reading === '' ? null : el('p', { class: 'reading' }, card.reading),
    rows.length === 0 ? null : el('table', { 'aria-label': 'Symbols, their shapes and where these are from' }, ...rows),
  ];
}
