import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * What must be made once after an installation: the database client, the browser pages, and the empty database that a
 * first start unpacks. `npm ci` runs it; before each start it runs with `--missing`, for installations made with
 * `--ignore-scripts`.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const there = (path: string) => existsSync(new URL(`../${path}`, import.meta.url));
const missingOnly = process.argv.includes('--missing');

if (!missingOnly || !there('src/store/generated/client.ts')) {
  const cli = fileURLToPath(new URL('../node_modules/prisma/build/index.js', import.meta.url));
  // It says much while all is well; when it fails, the error carries what it said.
  execFileSync(process.execPath, [cli, 'generate'], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
}
if (!missingOnly || !there('dist/pages/chat.js')) {
  const { buildPages } = await import('./build-pages.ts');
  await buildPages();
}
// A start that finds none makes its own database in less time than preparing one would take.
if (!missingOnly) {
  const { prepare } = await import('../src/store/prepared.ts');
  await prepare();
}
