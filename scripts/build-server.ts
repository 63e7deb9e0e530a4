import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/**
 * The service in a few files, `dist/server`: some 1,500 modules that each start would look for and load one by one
 * took a third of its time. `npm start` runs it, and makes it anew where a source is newer; `node src/main.ts` runs the
 * sources themselves.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const entries = { main: 'src/main.ts', app: 'src/app.ts', embedded: 'src/store/embedded.ts' };

/** They find files of their own (native code, WebAssembly, workers), or are loaded only where they are used. */
const apart = [
  '@electric-sql/*',
  '@prisma/*',
  'prisma',
  'pglite-prisma-adapter',
  'koffi',
  'pg',
  'pg-boss',
  'pino',
  'esbuild',
  '@slack/*',
  '@microsoft/*',
  'botbuilder*',
  'botframework-*',
  'openid-client',
];

/** A source looks for its files beside itself, wherever its code has gone. */
const placed: Plugin = {
  name: 'placed',
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const place = JSON.stringify(`../../${relative(root, path).replaceAll('\\', '/')}`);
      const contents = source.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
      return { contents, loader: 'ts' };
    });
  },
};

export async function buildServer(): Promise<void> {
  await rm(join(root, 'dist/server'), { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: 'dist/server',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    // Half of it is white space, which each start would read.
    minifyWhitespace: true,
    external: apart,
    plugins: [placed],
    // What was written for `require` asks for Node's own modules with it.
    banner: {
      js: `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);`,
    },
    logLevel: 'warning',
  });
}

if (import.meta.main) await buildServer();
