import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * What must be made once after an installation: the database client and the browser pages. `npm ci` runs it; before
 * each start it runs with `--missing`, for installations made with `--ignore-scripts`.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const there = (path: string) => existsSync(new URL(`../${path}`, import.meta.url));
const missingOnly = process.argv.includes('--missing');

if (!missingOnly || !there('src/store/generated/client.ts')) {
  const cli = fileURLToPath(new URL('../node_modules/prisma/build/index.js', import.meta.url));
  execFileSync(process.execPath, [cli, 'generate'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}
if (!missingOnly || !there('dist/pages/chat.js')) {
  const { buildPages } = await import('./build-pages.ts');
  await buildPages();
}
