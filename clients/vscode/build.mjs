// Bundles the extension (Node), its typesetter (Node, loaded when first needed) and the panel's script (browser).
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
    external: ['vscode', './mathjax.js'],
    // the clock starts before any module of the bundle runs, so that the activation time in the log counts them
    banner: { js: 'const nablatexLoaded = performance.now();' },
  }),
  build({ ...node, entryPoints: { mathjax: 'src/typeset/mathjax.ts' }, outdir: 'dist' }),
  build({ ...common, platform: 'browser', format: 'iife', entryPoints: { panel: 'src/webview/main.ts' }, outdir: 'dist' }),
]);
await copyFile('src/webview/panel.css', 'dist/panel.css');
