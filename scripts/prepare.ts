import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * What must be made once after an installation: the database client, the browser pages, the empty database that a
 * first start unpacks, and the compiled code that each start loads (`NODE_COMPILE_CACHE` of `npm start`). `npm ci` runs
 * it; a start that misses the first two runs it with `--missing`, for installations made with `--ignore-scripts`.
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
  enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/ecadesk/compiled', import.meta.url)));
  const { prepare } = await import('../src/store/prepared.ts');
  await prepare();
  await import('../src/app.ts');
  await import('../src/store/embedded.ts');
  flushCompileCache();
}
