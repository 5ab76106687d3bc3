// Runs one story, a list of chapters in one window, and prints a line of JSON for each: node run.mjs STORY [CHAPTER…]
import { place } from './driver.mjs';

const [story, ...only] = process.argv.slice(2);
const { chapters, begin } = await import(`./stories/${story}.mjs`);
const tell = (name, outcome) => console.log(JSON.stringify({ chapter: name, ...outcome }));
/** A browser may die: its story is told again from the beginning. What fails in a living one is never tried twice. */
const BROWSERS = 2;

/** Opens the window and goes through the chapters; the outcomes, and the window. */
async function read() {
  const outcomes = [];
  let window;
  try {
    const started = Date.now();
    window = await begin();
    outcomes.push(['begin', { ok: true, ms: Date.now() - started }]);
  } catch (error) {
    return { window, outcomes: [['begin', { ok: false, error: `${error.stack}`, opened: false }]] };
  }
  for (const [name, chapter] of Object.entries(chapters)) {
    if (only.length > 0 && !only.includes(name)) {
      continue;
    }
    const start = Date.now();
    try {
      const words = await chapter(window);
      outcomes.push([name, { ok: true, ms: Date.now() - start, ...(words === undefined ? {} : { words }) }]);
    } catch (error) {
      await window.picture(`failed-${story}-${name.replaceAll(/\W+/g, '-')}`).catch(() => undefined);
      const state = [await window.state().catch(() => ''), ...(await window.messages().catch(() => []))].join('\n');
      outcomes.push([name, { ok: false, ms: Date.now() - start, error: `${error.stack}`, state, artefacts: place.artefacts }]);
      break; // the next chapters go on from here
    }
  }
  return { window, outcomes };
}

let failed = true;
for (let browser = 1; failed && browser <= BROWSERS; browser += 1) {
  const { window, outcomes } = await read();
  const died = window === undefined || window.crashed;
  failed = outcomes.some(([, outcome]) => !outcome.ok);
  await window?.close();
  if (failed && died && browser < BROWSERS) {
    console.error(`the browser died or did not open, once more: ${JSON.stringify(outcomes.at(-1)).slice(0, 600)}`);
    continue;
  }
  outcomes.forEach(([name, outcome]) => tell(name, outcome));
  break;
}
process.exit(failed ? 1 : 0);
