/** The panel's page: shows what the extension sends, tells it what was clicked. */
import type { Card, FromPage, ToPage } from '../panel/messages.js';
import { draw } from './card.js';
import { el, section } from './dom.js';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const host = acquireVsCodeApi();
const post = (message: FromPage): void => host.postMessage(message);
const current = document.getElementById('current') as HTMLElement;
const pins = document.getElementById('pins') as HTMLElement;

function show(card: Card | null, pinned: Card[], note: string): void {
  section(current, 'note', note, () => (note === '' ? [] : [el('p', {}, note)]));
  current.classList.toggle('beside', note !== '');
  let box = current.querySelector<HTMLElement>(':scope > article');
  if (card === null) {
    box?.remove();
  } else {
    box ??= current.appendChild(el('article', { 'aria-label': 'Formula' }));
    draw(box, card, post);
  }
  section(pins, 'title', pinned.length > 0, () => (pinned.length > 0 ? [el('h2', {}, 'Pinned')] : []));
  const wanted = new Set(pinned.map((p) => p.id));
  for (const old of [...pins.querySelectorAll<HTMLElement>(':scope > article')]) {
    if (!wanted.has(old.dataset['card'] ?? '')) {
      old.remove();
    }
  }
  for (const pin of pinned) {
    const held = [...pins.querySelectorAll<HTMLElement>(':scope > article')].find((a) => a.dataset['card'] === pin.id);
    draw(held ?? pins.appendChild(el('article', { 'aria-label': 'Pinned formula' })), pin, post);
  }
}

let fading: number | undefined;

/** Said to screen readers; shown, too, where nothing else on the page shows it. */
function say(text: string, shown: boolean): void {
  const said = document.getElementById('say');
  if (said !== null) {
    said.textContent = text;
    said.className = shown ? 'shown' : 'spoken';
    window.clearTimeout(fading);
    fading = window.setTimeout(() => (said.className = 'spoken'), 2500);
  }
}

window.addEventListener('message', (event: MessageEvent<ToPage>) => {
  const message = event.data;
  if (message.type === 'show') {
    show(message.current, message.pins, message.note);
    current.querySelector('li.at')?.scrollIntoView({ block: 'nearest' });
  } else if (message.type === 'busy') {
    document.getElementById('busy')?.classList.toggle('on', message.busy);
  } else {
    say(message.text, message.shown);
  }
});

post({ type: 'ready' });
