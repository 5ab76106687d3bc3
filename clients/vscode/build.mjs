// Bundles the extension, what it loads when it is first needed (the language client, the typesetter), and the panel's script.
import { build } from 'esbuild';
import { copyFile, mkdir, rm } from 'node:fs/promises';

await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
const common = { bundle: true, minify: true, logLevel: 'info', target: 'es2022', legalComments: 'none' };
const node = { ...common, platform: 'node', format: 'cjs' };
await Promise.all([
  build({
    ...node,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    external: ['vscode', './client.js', './mathjax.js'],
    // the clock starts before any module of the bundle runs, so that the activation time in the log counts them
    banner: { js: 'const nablatexBegun = performance.now();' },
  }),
  build({ ...node, entryPoints: { client: 'src/server/client.ts', mathjax: 'src/typeset/mathjax.ts' }, outdir: 'dist', external: ['vscode'] }),
  build({ ...common, platform: 'browser', format: 'iife', entryPoints: { panel: 'src/webview/main.ts' }, outdir: 'dist' }),
]);
await copyFile('src/webview/panel.css', 'dist/panel.css');
