// Bundles the extension, what it loads when it is first needed (the language client, the typesetter), and the panel's script.
import { build } from 'esbuild';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
const common = { bundle: true, minify: true, metafile: true, logLevel: 'info', target: 'es2022', legalComments: 'none' };
const node = { ...common, platform: 'node', format: 'cjs' };
const built = await Promise.all([
  build({
    ...node,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    external: ['vscode', './client.js', './mathjax.js'],
    // the clock starts before any module of the bundle runs, so that the loading time in the log counts them
    banner: { js: 'const nablatexBegun = performance.now();' },
  }),
  build({ ...node, entryPoints: { client: 'src/server/client.ts', mathjax: 'src/typeset/mathjax.ts' }, outdir: 'dist', external: ['vscode'] }),
  build({ ...common, platform: 'browser', format: 'iife', entryPoints: { panel: 'src/webview/main.ts' }, outdir: 'dist' }),
]);
await copyFile('src/webview/panel.css', 'dist/panel.css');
await writeFile('dist/third-party-notices.txt', await notices(built.flatMap(({ metafile }) => Object.keys(metafile.inputs))));

/** The licences of the packages whose files went into the bundles. */
async function notices(files) {
  const folders = new Set(files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]).filter(Boolean));
  const parts = [];
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
    const words = file === undefined ? '' : await readFile(path.join(folder, file), 'utf8');
    parts.push(`${name} ${version} (${license})\n\n${words.trim()}\n`);
  }
  return parts.join(`\n${'-'.repeat(80)}\n\n`);
}
