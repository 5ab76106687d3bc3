/** Elements, and sections that are laid anew only when what they show has changed: nothing flickers, the place is kept. */
import type { Maths } from '../panel/messages.js';

type Child = Node | string | null;

export function el(name: string, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.append(...children.filter((child): child is Node | string => child !== null));
  return made;
}

/** Shows `value` in the section of this name inside `parent`; the section is made anew only when the value is another. */
export function section(parent: Element, name: string, value: unknown, make: () => Child[]): void {
  const key = JSON.stringify(value);
  let found = [...parent.children].find((child): child is HTMLElement => child instanceof HTMLElement && child.dataset['section'] === name);
  if (found === undefined) {
    found = el('div', { 'data-section': name, class: name });
    parent.append(found);
  }
  if (found.dataset['shows'] !== key) {
    const active = found.contains(document.activeElement) ? document.activeElement?.getAttribute('data-focus') : null;
    found.replaceChildren(...make().filter((child): child is Node | string => child !== null));
    found.dataset['shows'] = key;
    if (active) {
      found.querySelector<HTMLElement>(`[data-focus="${CSS.escape(active)}"]`)?.focus();
    }
  }
}

function parsed(source: string, type: 'image/svg+xml' | 'application/xml'): Element | null {
  const root = new DOMParser().parseFromString(source, type).documentElement;
  return root.nodeName === 'parsererror' || root.querySelector('parsererror') !== null ? null : document.importNode(root, true);
}

let names = 0;

/** Glyphs are named inside each picture: names made different, for pictures that stand on one page. */
function apart(svg: Element): Element {
  names += 1;
  const prefix = `p${names}-`;
  for (const glyph of svg.querySelectorAll('[id]')) {
    glyph.id = prefix + glyph.id;
  }
  for (const use of svg.querySelectorAll('use')) {
    for (const name of ['href', 'xlink:href']) {
      const value = use.getAttribute(name);
      if (value?.startsWith('#')) {
        use.setAttribute(name, `#${prefix}${value.slice(1)}`);
      }
    }
  }
  return svg;
}

/** How much smaller than the others a line may be that does not fit. */
const SMALLEST = 0.75;

function picture(source: string, depth = 0, width = 0): SVGElement | null {
  const svg = parsed(source, 'image/svg+xml');
  if (svg === null) {
    return null;
  }
  apart(svg);
  svg.setAttribute('aria-hidden', 'true');
  svg.removeAttribute('role');
  const made = svg as unknown as SVGElement;
  made.style.verticalAlign = `${-depth}ex`;
  if (width > 0) {
    made.style.minWidth = `${SMALLEST * width}ex`;
  }
  return made;
}

/** A typeset formula with its MathML for screen readers; its LaTeX where it could not be typeset. */
export function formula(maths: Maths, display = true): HTMLElement {
  const whole = maths.svg === undefined ? null : picture(maths.svg, maths.depth, display ? maths.width : 0);
  if (whole === null) {
    return el('code', { class: 'latex' }, maths.latex);
  }
  const holder = el('span', { class: display ? 'maths display' : 'maths', title: maths.latex });
  const parts = (maths.pieces ?? []).map(({ svg, depth, width }) => picture(svg, depth, width));
  if (parts.length > 1 && parts.every((part) => part !== null)) {
    holder.classList.add('broken');
    parts.forEach((part) => holder.append(el('span', { class: 'piece' }, part), document.createElement('wbr')));
  } else {
    holder.append(whole);
  }
  const spoken = maths.mathml === undefined ? null : parsed(maths.mathml, 'application/xml');
  holder.append(el('span', { class: 'spoken' }, spoken ?? maths.text));
  return holder;
}
