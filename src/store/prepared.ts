import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { fromPglite } from 'pg-boss';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { fingerprint, migrate, readMigrations } from './migrate.ts';
import { prepareQueue } from './queue.ts';

/**
 * Making an empty database takes seconds (initdb); unpacking one does not. So `npm ci` prepares one, with the
 * migrations applied, for first starts and for tests. It is a cache: without it everything works, later.
 */

const folder = fileURLToPath(new URL('../../node_modules/.cache/ecadesk/', import.meta.url));
const fileFor = (set: string): string => `${folder}database-${set}.tar.gz`;

/** The database that was prepared for this set of migrations, or undefined where there is none. */
export async function readPrepared(set: string): Promise<Blob | undefined> {
  try {
    return new Blob([await readFile(fileFor(set))]);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Prepares it unless it is there. Safe when several do it at once. */
export async function prepare(): Promise<Blob> {
  const migrations = await readMigrations();
  const set = fingerprint(migrations);
  const there = await readPrepared(set);
  if (there) return there;
  const db = await PGlite.create();
  await migrate(new PrismaPGlite(db), migrations);
  await prepareQueue({ db: fromPglite(db), backend: 'pglite' });
  await db.exec('CHECKPOINT');
  const dump = await db.dumpDataDir('gzip');
  await db.close();
  await mkdir(folder, { recursive: true });
  const unfinished = `${fileFor(set)}.${process.pid}`;
  await writeFile(unfinished, Buffer.from(await dump.arrayBuffer()));
  await rename(unfinished, fileFor(set));
  return dump;
}
