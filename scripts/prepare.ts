import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What must be made once after an installation: the database client, the browser pages, the service in few files, the
 * empty database that a first start unpacks, and the compiled code that each start loads (`NODE_COMPILE_CACHE` of
 * `npm start`). `npm ci` runs it; a start that misses one of the first three runs it with `--missing`: installed with
 * `--ignore-scripts`, say, or a source is newer than what was made of it.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const there = (path: string) => existsSync(new URL(`../${path}`, import.meta.url));
/** Not there, or older than a source. */
function isStale(path: string): boolean {
  if (!there(path)) return true;
  const made = statSync(join(root, path)).mtimeMs;
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true });
  return sources.some((one) => statSync(join(one.parentPath, one.name)).mtimeMs > made);
}
const missingOnly = process.argv.includes('--missing');

if (!missingOnly || !there('src/store/generated/client.ts')) {
  const cli = fileURLToPath(new URL('../node_modules/prisma/build/index.js', import.meta.url));
  // It says much while all is well; when it fails, the error carries what it said.
  execFileSync(process.execPath, [cli, 'generate'], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
}
if (!missingOnly || isStale('dist/pages/chat.js')) {
  const { buildPages } = await import('./build-pages.ts');
  await buildPages();
}
if (!missingOnly || isStale('dist/server/main.js')) {
  const { buildFlows } = await import('./build-flows.ts');
  await buildFlows();
  const { buildServer } = await import('./build-server.ts');
  await buildServer();
}
// A start that finds none makes its own database in less time than preparing one would take.
if (!missingOnly) {
  enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/ecadesk/compiled', import.meta.url)));
  const { prepare } = await import('../src/store/prepared.ts');
  await prepare();
  const built: string = new URL('../dist/server/', import.meta.url).href;
  await import(`${built}app.js`);
  await import(`${built}embedded.js`);
  flushCompileCache();
}
