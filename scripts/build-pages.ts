import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The browser pages: TypeScript and CSS from `src`, bundled into `dist/pages`. */
const pages = { chat: '../src/bot/local/page/main.tsx', desk: '../src/desk/page/main.tsx' };

export async function buildPages(): Promise<void> {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const entries = Object.entries(pages).filter(([, path]) => existsSync(here(path)));
  await build({
    entryPoints: Object.fromEntries(entries.map(([name, path]) => [name, here(path)])),
    outdir: here('../dist/pages'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  });
}

if (import.meta.main) await buildPages();
