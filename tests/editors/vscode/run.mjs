// Runs one story, a list of chapters in one window, and prints a line of JSON for each: node run.mjs STORY
import { place } from './driver.mjs';

const { chapters, begin } = await import(`./stories/${process.argv[2]}.mjs`);
const tell = (name, outcome) => console.log(JSON.stringify({ chapter: name, ...outcome }));
const only = process.argv.slice(3);
let window;
let failed = false;
try {
  const started = Date.now();
  window = await begin().catch((error) => {
    console.error(`the window did not open, once more: ${error.message.slice(0, 300)}`);
    return begin(); // a browser may die while it starts; what the chapters see is never tried twice
  });
  tell('begin', { ok: true, ms: Date.now() - started });
  for (const [name, chapter] of Object.entries(chapters)) {
    if (only.length > 0 && !only.includes(name)) {
      continue;
    }
    const start = Date.now();
    try {
      const words = await chapter(window);
      tell(name, { ok: true, ms: Date.now() - start, ...(words === undefined ? {} : { words }) });
    } catch (error) {
      failed = true;
      await window.picture(`failed-${process.argv[2]}-${name.replaceAll(/\W+/g, '-')}`).catch(() => undefined);
      const state = [await window.state().catch(() => ''), ...(await window.messages().catch(() => []))].join('\n');
      tell(name, { ok: false, ms: Date.now() - start, error: `${error.stack}`, state, artefacts: place.artefacts });
      break; // the next chapters go on from here
    }
  }
} catch (error) {
  failed = true;
  tell('begin', { ok: false, error: `${error.stack}`, said: window?.said() });
} finally {
  await window?.close();
}
process.exit(failed ? 1 : 0);
